#!/usr/bin/env node
// Runs every benchmark, one after the other, each in a process of its own. A benchmark prints its figures beside what
// they are held to, and exits non-zero when one is missed. Words after `npm run bench --` select files by name.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("dist/", import.meta.url));
const words = process.argv.slice(2);
const programs = readdirSync(dist, { recursive: true })
  .filter((path) => path.endsWith(".bench.js") && (words.length === 0 || words.some((word) => path.includes(word))))
  .sort();
if (programs.length === 0) {
  console.error(`bench: no benchmark${words.length > 0 ? ` is named like ${words.join(" or ")}` : ""}`);
  process.exit(1);
}
const missed = programs.filter((program) => {
  console.log(`\n> ${program.replace(/\.js$/, "")}`);
  return spawnSync(process.execPath, ["--expose-gc", join(dist, program)], { stdio: "inherit" }).status !== 0;
});
console.log(`\n${programs.length - missed.length} of ${programs.length} benchmarks hold their figures`);
for (const program of missed) console.log(`missed: ${program.replace(/\.js$/, "")}`);
process.exitCode = missed.length > 0 ? 1 : 0;

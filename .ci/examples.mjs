// Runs every example from dist/ as a user would run it; each one checks itself and exits non-zero when it is wrong.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../dist/examples/", import.meta.url));
const programs = readdirSync(folder, { recursive: true }).filter((path) => /(^|[\\/])(main|tour)\.js$/.test(path));
if (programs.length === 0) {
  console.error("dist/examples holds no program named main.js or tour.js");
  process.exit(1);
}
for (const program of programs.sort()) {
  console.log(`\n> ${program}`);
  const { status, signal } = spawnSync(process.execPath, [join(folder, program)], { stdio: "inherit" });
  if (status !== 0) {
    console.error(`${program} ended with ${signal ?? status}`);
    process.exit(1);
  }
}
console.log(`\n${programs.length} examples passed`);

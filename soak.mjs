#!/usr/bin/env node
// Runs the tests that ASAP_SOAK makes longer once, 25 times as long as they are otherwise: 200 killed writers and 100,000
// moved snapshots among them. Then runs the randomised tests again and again, each round with new seeds, until the rounds
// are done or one fails. `npm run soak -- 100` runs a hundred rounds; twenty is the default. A failure prints the seed
// that repeats it.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const rounds = Number(process.argv[2] ?? 20);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error("soak: the number of rounds must be a whole number from 1");
  process.exit(64);
}
const tests = ["codegen", "runtime", "conformance", ".ci"].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => join(room, path)),
);
const that = (have) => tests.filter((path) => readFileSync(join(root, path), "utf8").includes(have));
const run = (files, reporter, env = {}) => {
  const words = [join(root, "node_modules/vitest/vitest.mjs"), "run", `--reporter=${reporter}`, ...files];
  return spawnSync(process.execPath, words, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } }).status;
};

const long = that('process.env["ASAP_SOAK"]');
console.log(`soak: ${long.length} files that run longer`);
if (run(long, "verbose", { ASAP_SOAK: process.env.ASAP_SOAK ?? "25" }) !== 0) {
  console.error("soak: the tests that run longer failed");
  process.exit(1);
}
const files = that('from "fast-check"');
for (let round = 1; round <= rounds; round++) {
  console.log(`soak: round ${round} of ${rounds}, ${files.length} files`);
  if (run(files, "dot") !== 0) {
    console.error(`soak: round ${round} failed`);
    process.exit(1);
  }
}
console.log(`soak: ${rounds} rounds passed`);

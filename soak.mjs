#!/usr/bin/env node
// Runs the randomised tests again and again, each round with new seeds, until the rounds are done or one fails.
// `npm run soak -- 100` runs a hundred rounds; twenty is the default. A failure prints the seed that repeats it.
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
const files = ["codegen", "runtime", "conformance", ".ci"].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => join(room, path))
    .filter((path) => readFileSync(join(root, path), "utf8").includes('from "fast-check"')),
);
for (let round = 1; round <= rounds; round++) {
  console.log(`soak: round ${round} of ${rounds}, ${files.length} files`);
  const words = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--reporter=dot", ...files];
  const { status } = spawnSync(process.execPath, words, { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    console.error(`soak: round ${round} failed`);
    process.exit(1);
  }
}
console.log(`soak: ${rounds} rounds passed`);

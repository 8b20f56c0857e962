#!/usr/bin/env node
// Compiles the rooms to dist/, adds the generated validators, which are JavaScript already, and removes what an
// earlier build left behind. Files are replaced in place, so a program that runs from dist/ is never left without it.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const bin = join(dist, "runtime", "cli", "main.js");

const tsc = spawnSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--listEmittedFiles"],
  { cwd: root, encoding: "utf8" },
);
const lines = `${tsc.stdout}${tsc.stderr}`.split("\n");
const kept = new Set(lines.filter((line) => line.startsWith("TSFILE: ")).map((line) => line.slice(8).trim()));
if (tsc.status !== 0) {
  const faults = lines.filter((line) => line.trim() !== "" && !line.startsWith("TSFILE: "));
  process.stderr.write(`${faults.join("\n")}\nbuild: the compiler found faults; dist/ is as it was\n`);
  process.exit(1);
}

const validators = join(root, "generated", "validators");
for (const file of readdirSync(validators)) {
  if (!file.endsWith(".js") && !file.endsWith(".d.ts")) continue;
  const target = join(dist, "generated", "validators", file);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(validators, file), target);
  kept.add(target);
}

removeStrays(dist);
if (existsSync(bin)) chmodSync(bin, 0o755);
process.stdout.write(`build: ${kept.size} files in ${relative(process.cwd(), dist) || "."}\n`);

function removeStrays(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      removeStrays(path);
      if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
    } else if (!kept.has(path)) {
      rmSync(path);
    }
  }
}

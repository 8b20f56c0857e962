#!/usr/bin/env node
// Compiles the rooms to dist/, generates the code of the extended spec with them, compiles the examples, adds the
// generated validators, which are JavaScript already, and removes what an earlier build left behind. Files are replaced
// in place, so a program that runs from dist/ is never left without it.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const bin = join(dist, "runtime", "cli", "main.js");
const kept = new Set();

compile("tsconfig.build.json");
copyValidators("generated/validators");
run(process.execPath, ["examples/extended-spec/extend.mjs"]);
compile("examples/tsconfig.json");
copyValidators("examples/extended-spec/generated/validators");
removeStrays(dist);
chmodSync(bin, 0o755);
console.log(`build: ${kept.size} files in ${relative(process.cwd(), dist) || "."}`);

function compile(project) {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", project, "--listEmittedFiles"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const lines = `${stdout}${stderr}`.split("\n");
  for (const line of lines) if (line.startsWith("TSFILE: ")) kept.add(line.slice(8).trim());
  if (status === 0) return;
  console.error(lines.filter((line) => line.trim() !== "" && !line.startsWith("TSFILE: ")).join("\n"));
  console.error(`build: the compiler found faults in ${project}; what is in dist/ is older`);
  process.exit(1);
}

function copyValidators(folder) {
  const target = join(dist, folder);
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(join(root, folder))) {
    if (!file.endsWith(".js") && !file.endsWith(".d.ts")) continue;
    copyFileSync(join(root, folder, file), join(target, file));
    kept.add(join(target, file));
  }
}

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

function run(command, words) {
  const { status } = spawnSync(command, words, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

#!/usr/bin/env node
// Everything CI runs, in order. `node check.mjs` runs all steps; `node check.mjs lint types` runs those named.
// The first step that fails ends the run with its name and its command.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const tool = (path) => join(root, "node_modules", path);
const asap = join(root, "dist/runtime/cli/main.js");
const report = join(root, ".asap/tests.json");

const steps = {
  build: () => node("build.mjs"),
  generated: () => {
    node(asap, "generate", "--check");
    node("docs/pages.mjs", "--check");
  },
  lint: () => node(tool("@biomejs/biome/bin/biome"), "ci", "."),
  types: () => node(tool("typescript/bin/tsc"), "--noEmit", "-p", "tsconfig.json"),
  tests: () => {
    if (process.env.ASAP_TESTS_DONE === "1" && reportIsCurrent()) {
      console.log("the tests of this tree have just run; their report is .asap/tests.json");
    } else {
      mkdirSync(dirname(report), { recursive: true });
      node(tool("vitest/vitest.mjs"), "run", { ASAP_TEST_REPORT: "1" });
    }
  },
  conformance: () => node(".ci/judge.mjs"),
  examples: () => node(".ci/examples.mjs"),
  package: () => node(".ci/package.mjs"),
  action: () => node(".ci/action.mjs"),
};

const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : Object.keys(steps);
const unknown = wanted.filter((name) => !Object.hasOwn(steps, name));
if (unknown.length > 0) {
  console.error(`check: no step named ${unknown.join(", ")}; the steps are ${Object.keys(steps).join(", ")}`);
  process.exit(64);
}
for (const [index, name] of wanted.entries()) {
  const start = performance.now();
  console.log(`\n=== ${index + 1}/${wanted.length} ${name}`);
  try {
    steps[name]();
  } catch (cause) {
    console.error(`\ncheck: step "${name}" failed: ${cause.message}`);
    process.exit(1);
  }
  console.log(`--- ${name} passed in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
console.log(`\ncheck: ${wanted.length} of ${wanted.length} steps passed`);
if (wanted.includes("tests")) console.log(counts());

function node(...words) {
  const env = typeof words.at(-1) === "object" ? words.pop() : {};
  const { status, signal } = spawnSync(process.execPath, words, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status !== 0) {
    const command = words.map((word) => word.replace(`${root}/`, "")).join(" ");
    throw new Error(`\`node ${command}\` ended with ${signal ?? status}`);
  }
}

/** The report counts for this tree when it says success and no source is newer than it. */
function reportIsCurrent() {
  if (!existsSync(report) || JSON.parse(readFileSync(report, "utf8")).success !== true) return false;
  const written = statSync(report).mtimeMs;
  const rooms = ["spec", "codegen", "generated", "runtime", "conformance", "examples", ".ci", "docs"];
  return rooms.every((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/[\\/]extended-spec[\\/](spec|generated)[\\/]/.test(path))
      .every((path) => statSync(path).mtimeMs <= written),
  );
}

function counts() {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
  return `${numPassedTests} passed, ${numFailedTests} failed`;
}

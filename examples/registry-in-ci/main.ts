// Runs the command of validate-registry.yml as CI would, on a good registry and on one with a fault.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.resolve("asap-kit/package.json")));
const workflow = readFileSync(join(root, "examples/registry-in-ci/validate-registry.yml"), "utf8");
const command = /- run: npx --yes --package \S+ asap (.+)/.exec(workflow)?.[1];
assert.ok(command !== undefined, "the workflow runs asap");

const folder = mkdtempSync(join(tmpdir(), "asap-registry-in-ci-"));
const registry = readFileSync(join(root, "examples/registry.json"), "utf8");

function run(text: string): { status: number | null; stdout: string } {
  writeFileSync(join(folder, "registry.json"), text);
  const bin = join(root, "dist/runtime/cli/main.js");
  return spawnSync(process.execPath, [bin, ...String(command).split(" ")], { cwd: folder, encoding: "utf8" });
}

try {
  const good = run(registry);
  console.log(`asap ${command}: exit code ${good.status}`);
  assert.equal(good.status, 0);

  const bad = run(registry.replace("urn:asap:agent:greeter", "greeter"));
  console.log(`the same with a wrong id: exit code ${bad.status}\n> ${bad.stdout.trim()}`);
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /^::error file=registry\.json,line=\d+,col=\d+/m);
} finally {
  rmSync(folder, { recursive: true });
}

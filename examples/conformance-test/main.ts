// Runs suite.ts twice as its author would: on an agent that conforms, and on one that does not answer HEAD.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

interface Run {
  readonly status: number | null;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly output: string;
}

function run(env: Record<string, string>): Run {
  const suite = fileURLToPath(new URL("suite.js", import.meta.url));
  const words = ["--test-reporter=tap", suite];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, ...env },
  });
  const named = (result: string) =>
    [...stdout.matchAll(new RegExp(`^${result} \\d+ - (\\S+)$`, "gm"))].map(([, id = ""]) => id);
  return { status, passed: named("ok"), failed: named("not ok"), output: `${stdout}${stderr}` };
}

const good = run({});
console.log(`the agent as it is: exit code ${good.status}, ${good.passed.length} tests passed`);
assert.equal(good.status, 0, good.output.slice(0, 4000));
assert.ok(good.passed.includes("verdict") && good.passed.includes("discovery.head"));

const bad = run({ BROKEN: "1" });
console.log(`without an answer to HEAD: exit code ${bad.status}, failed: ${bad.failed.join(", ")}`);
assert.equal(bad.status, 1);
assert.deepEqual(bad.failed, ["discovery.head"]);
assert.match(bad.output, /MAN-010/);
assert.match(bad.output, /405/);

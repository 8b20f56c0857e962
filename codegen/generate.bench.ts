import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "dist/runtime/cli/main.js");
const spec = join(root, "spec");
if (!existsSync(program)) throw new Error(`${program} is not there: run the build first`);

let missed = 0;

function figure(name: string, ms: number, atMost: number): void {
  if (!(ms <= atMost)) missed += 1;
  console.log(`${name.padEnd(30)} ${ms.toFixed(0).padStart(5)} ms (at most ${atMost} ms)`);
}

/** Wall time of `asap generate` from start to end, in milliseconds. */
function generateMs(out: string): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [program, "generate", "--spec", spec, "--out", out], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`asap generate ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const folder = mkdtempSync(join(tmpdir(), "asap-generate-"));
try {
  const outs = Array.from({ length: 5 }, (_, at) => join(folder, `out-${at}`));
  figure("asap generate, cold", median(outs.map(generateMs)), 2000);
  figure("asap generate, unchanged", median(outs.map(generateMs)), 300);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed > 0 ? 1 : 0;

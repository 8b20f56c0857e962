import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createAgent } from "./agent.js";
import { connect } from "./client.js";
import { healthCheck } from "./discovery/health.js";
import { discover } from "./discovery/manifest.js";
import { skill } from "./skill.js";
import { serve } from "./transport/node.js";

/** Times each of many runs, in milliseconds, and returns their median and 95th percentile. */
async function timed(times: number, run: () => Promise<unknown>): Promise<{ p50: number; p95: number }> {
  const took: number[] = [];
  for (let count = 0; count < times; count++) {
    const startedAt = performance.now();
    await run();
    took.push(performance.now() - startedAt);
  }
  took.sort((a, b) => a - b);
  return { p50: took[Math.floor(times * 0.5)] ?? Number.NaN, p95: took[Math.floor(times * 0.95)] ?? Number.NaN };
}

let missed = 0;

function figure(name: string, ms: number, atMost: number): void {
  if (!(ms <= atMost)) missed += 1;
  console.log(`  ${name.padEnd(44)} ${ms.toFixed(1).padStart(8)} ms (at most ${atMost} ms)`);
}

/** Wall time of a Node program from start to end, the best of five. */
function programMs(...args: readonly string[]): number {
  const runs = Array.from({ length: 5 }, () => {
    const startedAt = performance.now();
    const { status } = spawnSync(process.execPath, [...args], { stdio: "ignore" });
    if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}`);
    return performance.now() - startedAt;
  });
  return Math.min(...runs);
}

const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
const agent = createAgent({ id: "urn:asap:agent:bench", skills: { echo } });
await using server = await serve(agent, { port: 0, rateLimit: "off" });
await using peer = await connect(server.url, { transport: "http", recipient: agent.id });

const startedAt = performance.now();
await discover(server.url);
figure("manifest fetch, first", performance.now() - startedAt, 500);

const health = await timed(500, () => healthCheck(server.url));
figure("health p50", health.p50, 10);
figure("health p95", health.p95, 10);

const message = await timed(500, () => peer.run("echo", { message: "hello" }));
figure("message p50, one at a time", message.p50, 50);
figure("message p95, one at a time", message.p95, 50);

let inFlight: number[] = [];
await Promise.all(
  Array.from({ length: 20 }, async () => {
    for (let count = 0; count < 50; count++) {
      const sentAt = performance.now();
      await peer.run("echo", { message: "hello" });
      inFlight.push(performance.now() - sentAt);
    }
  }),
);
inFlight = inFlight.toSorted((a, b) => a - b);
figure("message p95, 20 in flight, client included", inFlight[Math.floor(inFlight.length * 0.95)] ?? Number.NaN, 50);

const bin = fileURLToPath(new URL("cli/main.js", import.meta.url));
const root = new URL("index.js", import.meta.url).href;
figure("asap --help, whole process", programMs(bin, "--help"), 150);
console.log(`  ${"node alone, for comparison".padEnd(44)} ${programMs("-e", "0").toFixed(1).padStart(8)} ms`);
figure(
  "importing the root export, whole process",
  programMs("--input-type=module", "-e", `await import(${JSON.stringify(root)})`),
  300,
);

process.exitCode = missed === 0 ? 0 : 1;

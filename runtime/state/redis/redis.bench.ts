import { randomUUID } from "node:crypto";
import { createClient } from "redis";
import type { StateSnapshot } from "../../../generated/models.js";
import { compare, type Measure } from "../../testing/measured-process.js";
import { joined } from "./keys.js";
import { redisState } from "./open.js";
import { lastSnapshotsScript, saveSnapshotsScript } from "./scripts.js";
import { isServerThere, removePrefix, testUrl } from "./testing/redis-place.js";

const callers = 64;
const tasks = 1_000;

const snapshotOf = (count: number): StateSnapshot => ({
  id: `snapshot-${count}`,
  task_id: `task-${count % tasks}`,
  version: 1,
  data: { step: count, text: "x".repeat(300), list: [1, 2, 3] },
  checkpoint: true,
  created_at: "2026-01-02T03:04:05.123456+00:00",
});

/** Lets callers do one thing after the other for a second. */
async function measure(work: (count: number) => Promise<unknown>): Promise<Measure> {
  let count = 0;
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const call = async () => {
    while (performance.now() - startedAt < 1_000) {
      count += 1;
      await work(count);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuMicroseconds: (user + system) / count };
}

async function ratios(prefix: string): Promise<boolean> {
  const client = createClient({ url: testUrl, commandOptions: { timeout: 0 } });
  await client.connect();
  const store = await redisState({ prefix });
  const keys = ["snapshots", "snapshots:order"].map((name) => `{${prefix}-bare}:${name}`);
  for (const { text } of [saveSnapshotsScript, lastSnapshotsScript]) await client.scriptLoad(text);

  const bareSave = (count: number) => {
    const snapshot = snapshotOf(count);
    const place = joined(snapshot.task_id, "0000000000000001");
    return client.evalSha(saveSnapshotsScript.sha, { keys, arguments: [place, JSON.stringify(snapshot)] });
  };
  const bareGet = async (count: number) => {
    const id = `task-${count % tasks}`;
    const found = await client.evalSha(lastSnapshotsScript.sha, { keys, arguments: [`[${id}\0`, `(${id}\u0001`] });
    return JSON.parse((found as string[][])[0]?.[1] ?? "");
  };
  const { snapshots } = store;
  const sides = (bare: (count: number) => Promise<unknown>, ours: (count: number) => Promise<unknown>) =>
    [
      { name: "bare redis client", measure: () => measure(bare) },
      { name: "asap-kit", measure: () => measure(ours) },
    ] as const;
  try {
    for (let count = 1; count <= tasks; count += 1) {
      await Promise.all([bareSave(count), snapshots.save(snapshotOf(count))]);
    }
    const held = [
      await compare(
        `snapshot save on Redis, ${callers} callers`,
        sides(bareSave, (count) => snapshots.save(snapshotOf(count))),
        0.7,
      ),
      await compare(
        `snapshot get on Redis, ${callers} callers`,
        sides(bareGet, (count) => snapshots.get(`task-${count % tasks}`)),
        0.7,
      ),
    ];
    return held.every(Boolean);
  } finally {
    await store.close();
    client.destroy();
  }
}

if (await isServerThere()) {
  const prefix = `asap-bench-${randomUUID()}`;
  try {
    process.exitCode = (await ratios(prefix)) ? 0 : 1;
  } finally {
    for (const each of [prefix, `${prefix}-bare`]) await removePrefix(each);
  }
} else {
  console.log(`skipped: no Redis server at ${testUrl}`);
}

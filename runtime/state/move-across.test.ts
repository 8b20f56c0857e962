import { afterAll, describe, expect, test } from "vitest";
import { progressBar } from "../cli/state-migrate.js";
import { filePlace, type PlaceKind, prefixPlace, type StatePlace, schemaPlace } from "../testing/state-places.js";
import { memoryState } from "./memory.js";
import { moveState, type StateKind } from "./move.js";
import { openState } from "./open-state.js";
import type { StateStore } from "./state-store.js";

const soak = Number(process.env["ASAP_SOAK"] ?? 1);
const count = soak > 1 ? 4_000 * soak : 2_000;
const others = Math.ceil(count / 10);

/** Where to move to; a store is opened once it is its turn. */
interface Stop {
  readonly name: string;
  readonly isThere: boolean;
  open(): Promise<StateStore>;
}

const places: StatePlace[] = [];
const opened: StateStore[] = [];
afterAll(async () => {
  for (const store of opened) await store.close();
  for (const place of places) await place.remove();
});

const stopAt = ({ name, isThere, fresh }: PlaceKind): Stop => ({
  name,
  isThere,
  open() {
    const place = fresh();
    places.push(place);
    return openState(place.location);
  },
});
const memory: Stop = { name: "memory", isThere: true, open: async () => memoryState() };
const route: readonly Stop[] = [memory, ...[filePlace, schemaPlace, prefixPlace, filePlace].map(stopAt)];

const time = "2026-01-02T03:04:05.678Z";

async function fill(store: StateStore): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await store.snapshots.save({
      id: `snap-${index}`,
      task_id: `task-${index % others}`,
      version: 1 + Math.floor(index / others),
      data: { step: index, note: "half way through ✓", items: [1, 2.5, null], nested: { b: 1, a: true } },
      checkpoint: index % 2 === 0,
      created_at: time,
    });
  }
  for (let index = 0; index < others; index += 1) {
    const id = `task-${index}`;
    await store.tasks.put({
      task: { id, conversation_id: "c", status: "working", created_at: time, updated_at: time },
      agent: "agent",
      owner: "owner",
      version: 1 + index,
      envelopeId: `envelope-${index}`,
      idempotencyKey: null,
      request: "{}",
      answer: null,
      deadlineMs: null,
      lease: null,
    });
  }
  const events = Array.from({ length: others }, (_, index) => ({
    task_id: `task-${index}`,
    agent_id: "agent",
    consumer_id: "consumer",
    metrics: { tokens_in: index, duration_ms: 5 },
    timestamp: time,
  }));
  await store.metering.record(...events);
}

const there = route.filter(({ isThere }) => isThere);
const absent = route.filter(({ isThere }) => !isThere).map(({ name }) => name);

describe("state on its way through every backend", () => {
  for (const name of new Set(absent)) test.skip(`${name} is not there`, () => {});

  test(`arrives as it was: ${there.map(({ name }) => name).join(" -> ")}`, { timeout: 900_000 }, async () => {
    const digests: Partial<Record<StateKind, Set<string>>> = {};
    let from: StateStore | undefined;
    let fromName = "";
    for (const { name, open } of there) {
      const to = await open();
      opened.push(to);
      if (from === undefined) {
        await fill(to);
      } else {
        const shown = new Map<StateKind, string>();
        const startedAt = performance.now();
        const onProgress = (progress: Parameters<typeof progressBar>[0]) =>
          void shown.set(progress.kind, progressBar(progress));
        const moved = await moveState(from, to, { onProgress });
        const seconds = (performance.now() - startedAt) / 1_000;
        for (const [kind, each] of Object.entries(moved) as [StateKind, (typeof moved)[StateKind]][]) {
          const wanted = kind === "snapshots" ? count : others;
          expect(each).toMatchObject({ count: wanted, written: wanted, extra: 0, targetDigest: each.sourceDigest });
          digests[kind] = (digests[kind] ?? new Set()).add(each.sourceDigest);
        }
        const sum = moved.snapshots.targetDigest.slice(0, 16);
        process.stdout.write(`move: ${fromName} -> ${name} in ${seconds.toFixed(1)} s, sha256 ${sum}\n`);
        for (const line of shown.values()) process.stdout.write(`  ${line}\n`);
      }
      from = to;
      fromName = name;
    }
    for (const [kind, each] of Object.entries(digests)) expect([kind, each.size]).toEqual([kind, 1]);
    expect(await from?.snapshots.listVersions("task-1")).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
  });
});

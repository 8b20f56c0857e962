import { describe, expect, test } from "vitest";
import { deadLetter } from "../testing/webhook-places.js";
import { memoryWebhooks } from "./queue/memory.js";
import { deadIds, type ReplayProgress, replayDead } from "./replay.js";

async function queueWith(count: number, maxPending?: number) {
  const { queue } = memoryWebhooks(maxPending === undefined ? {} : { maxPending });
  const dead = Array.from({ length: count }, (_, index) => deadLetter(`d${index}`, { diedMs: 5_000 + (index % 2) }));
  await queue.restore({ dead });
  return queue;
}

describe("replayDead()", () => {
  test("spreads deliveries over time, in the order given, each once, and tells which are no dead letters", async () => {
    const queue = await queueWith(5);
    const shown: ReplayProgress[] = [];
    const given = ["d4", "none", "d0", "d4", "d1"];
    const replayed = await replayDead(queue, given, { perSecond: 1_000, onProgress: (one) => void shown.push(one) });
    expect(replayed).toEqual({ replayed: 3, missing: ["none"], left: 0 });
    expect(shown).toEqual([{ total: 4, done: 4, replayed: 3 }]);
    const { items } = await queue.list();
    const [first, second, third] = items;
    expect(items.map(({ id }) => id)).toEqual(["d4", "d0", "d1"]);
    expect([(second?.dueMs ?? 0) - (first?.dueMs ?? 0), (third?.dueMs ?? 0) - (first?.dueMs ?? 0)]).toEqual([2, 3]);
  });

  test("stops before the first where its signal was given before", async () => {
    const queue = await queueWith(3);
    const replayed = await replayDead(queue, ["d0", "d1"], { signal: AbortSignal.abort() });
    expect(replayed).toEqual({ replayed: 0, missing: [], left: 2 });
    expect((await queue.stats()).dead).toBe(3);
  });

  test("ends where the queue is full, and leaves what did not fit with the dead letters", async () => {
    const queue = await queueWith(10, 4);
    const shown: ReplayProgress[] = [];
    const ids = await deadIds(queue, {});
    const failing = replayDead(queue, ids, { perSecond: 3, onProgress: (one) => void shown.push(one) });
    await expect(failing).rejects.toMatchObject({ code: "asap:webhook/queue_full" });
    expect(shown).toEqual([{ total: 10, done: 3, replayed: 3 }]);
    expect(await queue.stats()).toMatchObject({ pending: 3, dead: 7 });
  });

  test.each([0, 1.5, 10_001])("takes no rate of %s in a second", async (perSecond) => {
    const failing = replayDead(await queueWith(0), [], { perSecond });
    await expect(failing).rejects.toMatchObject({ code: "asap:config/invalid_option", data: { option: "perSecond" } });
  });
});

test("deadIds() gives those that were given up first before others, then those made first", async () => {
  const queue = await queueWith(0);
  await queue.restore({
    dead: [
      deadLetter("late", { diedMs: 9_000, createdMs: 1 }),
      deadLetter("b", { diedMs: 5_000, createdMs: 2 }),
      deadLetter("a", { diedMs: 5_000, createdMs: 2 }),
      deadLetter("first", { diedMs: 5_000, createdMs: 1 }),
      deadLetter("other", { diedMs: 1_000, url: "https://other.example/" }),
    ],
  });
  expect(await deadIds(queue, { url: "https://hooks.example/a" })).toEqual(["first", "a", "b", "late"]);
});

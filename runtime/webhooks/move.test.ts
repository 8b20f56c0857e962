import { afterEach, describe, expect, test } from "vitest";
import { memoryState } from "../state/memory.js";
import { openState } from "../state/open-state.js";
import { attemptOf, deadLetter, webhookPlaces } from "../testing/webhook-places.js";
import type { Delivery } from "./delivery.js";
import { moveWebhooks, type WebhookMoveProgress } from "./move.js";
import type { SubscriptionRecord } from "./subscription-store.js";
import { deliveryTo } from "./testing/sending.js";
import type { WebhookStore } from "./webhook-store.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const kinds = [
  {
    name: "memory",
    isThere: true,
    fresh: () => ({ location: "memory:", remove: async () => {} }),
  },
  ...webhookPlaces,
].filter(({ isThere }) => isThere);

async function opened(name: string): Promise<WebhookStore> {
  const kind = kinds.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`there is no ${name}`);
  const place = kind.fresh();
  const state = name === "memory" ? memoryState() : await openState(place.location);
  closing.push(
    () => place.remove(),
    () => state.close(),
  );
  if (state.webhooks === undefined) throw new Error("the place keeps no webhooks");
  return state.webhooks;
}

const subscription = (id: string, more: Partial<SubscriptionRecord> = {}): SubscriptionRecord => ({
  id,
  owner: "urn:asap:agent:echo-agent",
  taskId: null,
  url: "https://hooks.example/a",
  events: ["task.completed"],
  secrets: [{ value: "sealed:v1:00000000:canary", untilMs: null }],
  auth: null,
  ordered: true,
  batch: { size: 10, waitMs: 50 },
  disabled: null,
  createdMs: 1_000,
  version: 3,
  ...more,
});

const queued = (id: string, more: Partial<Delivery> = {}): Delivery => ({
  ...deliveryTo({ id: "sub", url: "https://hooks.example/a" }, { createdMs: 1_000 }),
  id,
  state: "pending",
  attempts: 0,
  replays: 0,
  dueMs: 2_000,
  ...more,
});

const count = 1_200;

/** Fills a store with enough of every kind for several pages; many records are of one moment. */
async function fill({ subscriptions, queue }: WebhookStore): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => `${(index * 7_919) % count}-${index}`);
  await subscriptions.restore(
    ids.slice(0, 30).map((id, index) => subscription(id, { createdMs: 1_000 + (index % 3) })),
  );
  await queue.restore({
    deliveries: ids.map((id, index) =>
      queued(`w${id}`, {
        attempts: index % 4,
        replays: index % 2,
        dueMs: 2_000 + index,
        orderKey: index % 5 === 0 ? "task-1" : null,
        batchSize: index % 3 === 0 ? 10 : 1,
        batchMs: index % 3 === 0 ? 50 : 0,
        expiresMs: index % 2 === 0 ? 9_000_000_000_000 : null,
        body: JSON.stringify({ text: "ä\u2028\u0001".repeat(index % 7) }),
      }),
    ),
    dead: ids.map((id, index) => deadLetter(`d${id}`, { diedMs: 1_000 + (index % 400), replays: index % 3 })),
    attempts: ids.map((id, index) =>
      attemptOf(`a${id}`, {
        startedMs: 1_000 + (index % 10),
        attempt: 1 + (index % 3),
        outcome: index % 2 === 0 ? "delivered" : "retry",
        elapsedMs: index / 4,
        response: index % 2 === 0 ? null : "sorry",
      }),
    ),
  });
}

const counts = { subscriptions: 30, deliveries: count, dead: count, history: count };
const each = (moved: Awaited<ReturnType<typeof moveWebhooks>>, name: keyof (typeof moved)["dead"]) =>
  Object.fromEntries(Object.entries(moved).map(([kind, one]) => [kind, one[name]]));

for (const from of kinds) {
  for (const to of kinds) {
    test(`everything goes from ${from.name} to ${to.name}, once, and both are equal`, async () => {
      const [source, target] = [await opened(from.name), await opened(to.name)];
      await fill(source);
      const shown = new Map<string, WebhookMoveProgress>();
      const moved = await moveWebhooks(source, target, { onProgress: (one) => void shown.set(one.kind, one) });
      expect(each(moved, "count")).toEqual(counts);
      expect(each(moved, "written")).toEqual(counts);
      expect(each(moved, "sourceDigest")).toEqual(each(moved, "targetDigest"));
      expect(Object.fromEntries([...shown].map(([kind, { total, done }]) => [kind, [total, done]]))).toEqual(
        Object.fromEntries(Object.entries(counts).map(([kind, total]) => [kind, [total, total]])),
      );
      const again = await moveWebhooks(source, target);
      expect(each(again, "written")).toEqual({ subscriptions: 0, deliveries: 0, dead: 0, history: 0 });
      expect(each(again, "targetDigest")).toEqual(each(moved, "sourceDigest"));
      expect(await target.queue.stats()).toMatchObject({ pending: count, leased: 0, dead: count });
    });
  }
}

describe("a move of webhooks", () => {
  test("that was interrupted goes on where it was", async () => {
    const [source, target] = [await opened("memory"), await opened("memory")];
    await fill(source);
    const stop = new AbortController();
    const interrupted = moveWebhooks(source, target, {
      signal: stop.signal,
      onProgress: ({ kind, done }) => kind === "dead" && done > 100 && stop.abort(new Error("interrupted")),
    });
    await expect(interrupted).rejects.toThrow("interrupted");
    const { dead } = await target.queue.stats();
    expect(dead).toBeGreaterThan(100);
    expect(dead).toBeLessThan(count);
    const moved = await moveWebhooks(source, target);
    expect(each(moved, "written")).toEqual({ subscriptions: 0, deliveries: 0, dead: count - dead, history: count });
    expect(each(moved, "sourceDigest")).toEqual(each(moved, "targetDigest"));
  });

  test("leaves alone what is further in the target, counts it, and says that the stores differ", async () => {
    const [source, target] = [await opened("memory"), await opened("memory")];
    await source.subscriptions.restore([subscription("changed"), subscription("older")]);
    await target.subscriptions.restore([
      subscription("changed", { version: 4 }),
      subscription("older", { version: 2 }),
    ]);
    await source.queue.restore({
      deliveries: [
        queued("tried", { attempts: 1 }),
        queued("died", { attempts: 1 }),
        queued("behind", { attempts: 2 }),
      ],
      dead: [deadLetter("replayed"), deadLetter("died again"), deadLetter("same")],
      attempts: [attemptOf("one")],
    });
    await target.queue.restore({
      deliveries: [
        queued("tried", { attempts: 2 }),
        queued("behind", { attempts: 1 }),
        queued("replayed", { replays: 1 }),
        queued("more"),
      ],
      dead: [deadLetter("died"), deadLetter("died again", { replays: 1, diedMs: 5_000 })],
      attempts: [attemptOf("one", { status: 201 }), attemptOf("another")],
    });
    const moved = await moveWebhooks(source, target);
    expect(each(moved, "kept")).toEqual({ subscriptions: 1, deliveries: 2, dead: 2, history: 1 });
    expect(each(moved, "written")).toEqual({ subscriptions: 1, deliveries: 1, dead: 1, history: 0 });
    expect(each(moved, "extra")).toEqual({ subscriptions: 0, deliveries: 2, dead: 2, history: 1 });
    for (const { sourceDigest, targetDigest } of Object.values(moved)) expect(sourceDigest).not.toBe(targetDigest);
    expect(await target.queue.dead.get("died")).toBeDefined();
    const { items } = await target.queue.list();
    expect(Object.fromEntries(items.map(({ id, attempts, replays }) => [id, [attempts, replays]]))).toEqual({
      tried: [2, 0],
      behind: [2, 0],
      replayed: [0, 1],
      more: [0, 0],
    });
  });

  test("takes over what is under way, to be sent again", async () => {
    const [source, target] = [await opened("memory"), await opened("memory")];
    await source.queue.enqueue([queued("held", { createdMs: Date.now() })]);
    const bounds = { owner: "o", maxEndpoints: 1, perEndpoint: 1, leaseMs: 60_000 };
    const open = { endpointRate: undefined, globalRate: undefined, circuit: { failures: 1, openMs: 1 } };
    expect((await source.queue.claim({ ...bounds, ...open })).length).toBe(1);
    const moved = await moveWebhooks(source, target);
    expect(moved.deliveries.sourceDigest).toBe(moved.deliveries.targetDigest);
    const [held] = (await target.queue.list()).items;
    expect([held?.id, held?.state, held?.attempts]).toEqual(["held", "pending", 1]);
  });
});

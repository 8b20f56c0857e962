import { describe, expect, test } from "vitest";
import { webhookContract } from "../contract/index.js";
import { claimed, deliveries, delivery, die, idsOf, settle } from "../contract/records.js";
import { memoryWebhooks } from "./memory.js";

describe("webhooks in memory keep the contract (HOOK-004)", () => {
  const places = new Map<string, ReturnType<typeof memoryWebhooks>>();
  const subject = {
    async open(place: string, options: Parameters<typeof memoryWebhooks>[0]) {
      const store = places.get(place) ?? memoryWebhooks(options);
      places.set(place, store);
      return { store, close: async () => {} };
    },
    remove: async (place: string) => void places.delete(place),
    forgets: true,
  };
  for (const { name, run } of webhookContract(subject)) test(name, run);
});

describe("bounds of webhooks in memory", () => {
  test("the history keeps the latest attempts", async () => {
    const { queue } = memoryWebhooks({ maxAttempts: 5 });
    for (let index = 0; index < 2_000; index += 1) {
      await queue.enqueue([delivery(`d${index}`)]);
      await settle(queue, await claimed(queue), { kind: "delivered" });
    }
    const ids = (await queue.history()).items.map(({ deliveryId }) => deliveryId);
    expect(ids).toEqual(["d1999", "d1998", "d1997", "d1996", "d1995"]);
  });

  test("the latest dead letters are kept", async () => {
    const { queue } = memoryWebhooks({ maxDead: 2 });
    for (const id of ["a", "b", "c"]) await die(queue, [delivery(id)]);
    expect([...idsOf((await queue.dead.list()).items)].sort()).toEqual(["b", "c"]);
  });

  test("a bound that is none is refused", () => {
    expect(() => memoryWebhooks({ maxPending: 0 })).toThrow(/maxPending/);
    expect(() => memoryWebhooks({ maxPendingPerUrl: 0 })).toThrow(/maxPendingPerUrl/);
    expect(() => memoryWebhooks({ maxDead: 0.5 })).toThrow(/maxDead/);
  });

  test("what is given to a store may be changed after", async () => {
    const { queue } = memoryWebhooks();
    const [mine] = deliveries(1, "d");
    const given = { ...mine } as { -readonly [Name in keyof NonNullable<typeof mine>]: NonNullable<typeof mine>[Name] };
    await queue.enqueue([given]);
    given.body = "changed";
    expect((await claimed(queue))[0]?.body).toBe(mine?.body);
  });
});

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { postgresState } from "../../../state/postgres/open.js";
import { places } from "../../../state/postgres/testing/places.js";
import { isServerExpected, serverUrl } from "../../../state/postgres/testing/server.js";
import { claim, claimed, deliveries, delivery, settle } from "../../contract/records.js";

const own = places();
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const each of cleanUp.splice(0).reverse()) await each();
});
afterAll(() => own.remove());

async function opened(maxPendingPerUrl = 1_000, schema = own.fresh()) {
  const state = await postgresState({ url: serverUrl, schema, webhooks: { maxPendingPerUrl } });
  cleanUp.push(() => state.close());
  if (state.webhooks === undefined) throw new Error("the backend keeps no webhooks");
  return { queue: state.webhooks.queue, schema };
}

const urlOf = (index: number): string => `https://h${index}.example/`;
const full = { code: "asap:webhook/queue_full", data: { pending: 32, max_pending: 32 } };

describe.runIf(isServerExpected)("room of URLs in PostgreSQL", () => {
  test("a URL whose room was forgotten for those of 10,000 others has no more than before", async () => {
    const { queue } = await opened(32);
    await queue.enqueue(deliveries(32, "a"));
    for (let first = 0; first < 10_000; first += 500) {
      const others = Array.from({ length: 500 }, (_, index) => first + index);
      await queue.enqueue(others.map((index) => delivery(`other${index}`, { url: urlOf(index) })));
    }
    await expect(queue.enqueue([delivery("b")])).rejects.toMatchObject(full);
    await expect(queue.enqueue([delivery("c")])).rejects.toMatchObject(full);
    expect(await queue.enqueue([delivery("d", { url: urlOf(10_000) })])).toEqual(["added"]);
  });

  test("a call queues for thousands of URLs", async () => {
    const { queue } = await opened();
    const many = Array.from({ length: 5_000 }, (_, index) => delivery(`d${index}`, { url: urlOf(index) }));
    expect(new Set(await queue.enqueue(many))).toEqual(new Set(["added"]));
    expect((await queue.stats()).pending).toBe(5_000);
  });

  test("a URL that was full is looked at again although the clock was set back", async () => {
    const { queue, schema } = await opened(32);
    const other = await opened(32, schema);
    await queue.enqueue(deliveries(32, "a"));
    await expect(queue.enqueue([delivery("b")])).rejects.toMatchObject(full);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    await settle(other.queue, (await claimed(other.queue)).slice(0, 1), { kind: "delivered" });
    await wait(120);
    expect(await queue.enqueue([delivery("b")])).toEqual(["added"]);
  });

  test("a claim takes no more than there is room for of more than 1,000 URLs that were handed out", async () => {
    const { queue } = await opened();
    const ids = Array.from({ length: 1_200 }, (_, index) => index);
    for (const part of ["a", "b"])
      for (const first of [0, 400, 800])
        await queue.enqueue(
          ids.slice(first, first + 400).map((index) => delivery(`${part}${index}`, { url: urlOf(index) })),
        );
    const request = { maxEndpoints: 1_200, perEndpoint: 1 };
    expect(await claim(queue, request)).toHaveLength(1_200);
    expect(await claim(queue, { ...request, room: () => 0 })).toHaveLength(0);
    expect(await claim(queue, { ...request, room: (url) => (url === urlOf(0) ? 1 : 0) })).toHaveLength(1);
  });
});

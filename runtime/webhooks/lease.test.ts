import { expect, test } from "vitest";
import { startReceiver } from "./testing/receiver.js";
import { engines, type Place, startSending } from "./testing/sending.js";

/** The same place; the answer to the first claim that finds something is on its way for so long. */
function slowOnce({ store, ...place }: Place, lateMs: number): Place {
  let isLate = true;
  const queue = new Proxy(store.queue, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function") return value;
      if (key !== "claim") return value.bind(target);
      return async (...given: unknown[]): Promise<unknown> => {
        const found: unknown[] = await value.apply(target, given);
        if (isLate && found.length > 0) {
          isLate = false;
          await new Promise((resolve) => setTimeout(resolve, lateMs));
        }
        return found;
      };
    },
  });
  return { ...place, store: { ...store, queue } };
}

test("a claim counts from its request on: what has less than half of it left is given back, not sent", async () => {
  await using receiver = await startReceiver();
  const place = (await engines[0]?.open(Date.now)) as Place;
  await using sending = await startSending({ place: slowOnce(place, 2_100), leaseMs: 4_000 });
  const { id } = await sending.post(receiver.url);
  await sending.empty();
  expect(sending.outcomes).toEqual(["release", "delivered"]);
  expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([id]);
  expect(await sending.history(id)).toMatchObject([{ attempt: 1, outcome: "delivered" }]);
});

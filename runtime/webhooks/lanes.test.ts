import { describe, expect, test } from "vitest";
import { delivery } from "./contract/records.js";
import { Lanes, type Parcel } from "./lanes.js";
import { startReceiver } from "./testing/receiver.js";
import { deliveryTo, startSending } from "./testing/sending.js";

/** A receiver that answers late, and how many requests it had at most at a time. */
async function startBusy(answerMs: number) {
  let [underWay, most] = [0, 0];
  const receiver = await startReceiver((_request, response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    setTimeout(() => {
      underWay -= 1;
      response.end();
    }, answerMs);
  });
  return { receiver, most: () => most, [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose]() };
}

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("URLs of one origin", () => {
  test("a request begins once there is a connection for it: none of them fails by waiting", async () => {
    await using busy = await startBusy(200);
    await using sending = await startSending({ perEndpoint: 4, timeoutMs: 1_000, retry: { retries: 0 } });
    const subscriptions = await Promise.all(
      idsOf(400).map((id) => sending.service.subscribe({ url: `${busy.receiver.url}/${id}` })),
    );
    await sending.place.store.queue.enqueue(
      subscriptions.map((subscription) => deliveryTo(subscription, { createdMs: Date.now() })),
    );
    await sending.until(() => sending.outcomes.length === 400);
    expect(sending.outcomes.every((kind) => kind === "delivered")).toBe(true);
    expect(await sending.dead()).toEqual([]);
    expect(busy.most()).toBeLessThanOrEqual(64);
    expect(busy.receiver.connections()).toBeLessThanOrEqual(64);
  });

  test("those that hang leave connections for those that work", async () => {
    await using receiver = await startReceiver((request, response) => {
      if (request.path.startsWith("/works")) response.end();
    });
    await using sending = await startSending({ timeoutMs: 120_000 });
    const works = await sending.service.subscribe({ url: `${receiver.url}/works` });
    await sending.queue(works);
    await sending.empty();
    for (const id of idsOf(100)) await sending.post(`${receiver.url}/hangs/${id}`);
    await receiver.has(49);
    await sending.queue(works, 200);
    await sending.until(() => sending.outcomes.length === 201);
    expect(sending.outcomes.every((kind) => kind === "delivered")).toBe(true);
    expect(receiver.received.filter(({ path }) => path.startsWith("/hangs"))).toHaveLength(48);
  });

  test("what waits for a connection is given back at the end", async () => {
    const answers: (() => void)[] = [];
    await using receiver = await startReceiver((_request, response) => void answers.push(() => response.end()));
    await using sending = await startSending({ timeoutMs: 120_000 });
    for (const id of idsOf(60)) await sending.post(`${receiver.url}/${id}`);
    await receiver.has(48);
    const closing = sending.service.close(60_000);
    for (const answer of answers) answer();
    await closing;
    expect(receiver.received).toHaveLength(48);
    const { items } = await sending.place.store.queue.list({}, { limit: 100 });
    expect(items.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual(idsOf(12).map(() => "pending 0"));
  });
});

test("nothing more goes to a URL from when an attempt failed until that is written", () => {
  const lanes = new Lanes({ concurrency: 10, perEndpoint: 10 });
  const url = "https://a.example/";
  const shipments = Array.from({ length: 6 }, (_, index) => {
    const claimed = { ...delivery(`d${index}`, { url }), fence: index, attempt: 1, replays: 0 };
    const parcel: Parcel = { delivery: claimed, heldSince: 0, place: -1 };
    return { url, parcels: [parcel] };
  });
  lanes.add(url, shipments, false);
  const first = lanes.next();
  if (first === undefined) throw new Error("nothing went");
  lanes.end(first, true);
  expect(lanes.next()).toBeDefined();
  lanes.failed(url, 1);
  expect(lanes.next()).toBeUndefined();
  lanes.written(url);
  expect(lanes.next()).toBeDefined();
});

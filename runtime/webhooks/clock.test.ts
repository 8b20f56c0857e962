import { describe, expect, test } from "vitest";
import { startReceiver, status } from "./testing/receiver.js";
import { engines, startSending } from "./testing/sending.js";

const hour = 3_600_000;
const rates = { endpointRate: { perMinute: 60, burst: 2 }, globalRate: { perMinute: 60, burst: 4 } };

describe.each(engines.filter(({ isThere }) => isThere))("a clock that jumps, with a store in $name", (engine) => {
  test("an hour ahead: what waits is sent once, within the rates", async () => {
    await using receiver = await startReceiver((_request, response, count) => {
      response.writeHead(count === 0 ? 503 : 200).end();
    });
    let ms = Date.UTC(2026, 0, 1);
    await using sending = await startSending({ engine, now: () => ms, retry: { baseMs: 60_000 }, ...rates });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    await sending.queue(subscription, 1);
    await sending.until(() => sending.outcomes.length === 1);
    await sending.queue(subscription, 5);
    await sending.until(() => sending.outcomes.length === 2);
    ms += hour;
    await sending.until(() => sending.outcomes.length === 4);
    expect(receiver.received).toHaveLength(4);
    for (let second = 1; second <= 3; second += 1) {
      ms += 1_000;
      await sending.until(() => sending.outcomes.length === 4 + second);
    }
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(6);
    expect(receiver.received).toHaveLength(7);
    expect(await sending.dead()).toEqual([]);
  });

  test("an hour back: nothing waits longer than it would have", async () => {
    await using receiver = await startReceiver(status(503));
    let ms = Date.UTC(2026, 0, 1);
    await using sending = await startSending({
      engine,
      now: () => ms,
      retry: { baseMs: 2_000 },
      circuit: { failures: 2, openMs: 5_000 },
      ...rates,
    });
    const dead = await sending.service.subscribe({ url: `${receiver.url}/dead` });
    const live = await sending.service.subscribe({ url: `${receiver.url}/live` });
    await sending.queue(dead, 2);
    await sending.until(() => sending.notices.some(({ type }) => type === "circuit.opened"));
    receiver.answer = status(200);
    ms -= hour;
    await sending.queue(live, 2);
    await sending.until(() => sending.outcomes.filter((kind) => kind === "delivered").length === 2);
    ms += 5_000;
    await sending.until(() => sending.outcomes.filter((kind) => kind === "delivered").length === 4);
    await sending.queue(live, 1);
    await sending.empty();
    expect(receiver.received).toHaveLength(7);
  });
});

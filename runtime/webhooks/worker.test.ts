import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { AsapError } from "../error.js";
import { startReceiver } from "./testing/receiver.js";
import { deliveryTo, engines, type Place, startSending } from "./testing/sending.js";

/** Servers that take connections and say nothing. */
async function startSilent(count: number) {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  for (let index = 0; index < count; index += 1) {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.push(server);
  }
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  const urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { urls, connections: () => sockets.size, [Symbol.asyncDispose]: close };
}

async function closedUrls(count: number): Promise<readonly string[]> {
  const silent = await startSilent(count);
  await silent[Symbol.asyncDispose]();
  return silent.urls;
}

/** A subscription that is not asked for by anybody, so that many are made at once. */
const subscriptionOf = (url: string, index: number) => ({
  id: `sub_${index}`,
  owner: "urn:asap:agent:sender",
  taskId: "task-1",
  url,
  events: null,
  secrets: [],
  auth: null,
  ordered: false,
  batch: null,
  disabled: null,
  createdMs: Date.now(),
  version: 1,
});

const there = engines.filter(({ isThere }) => isThere);

describe.each(there)("endpoints that are dead, with a store in $name", (engine) => {
  test("1,000 endpoints, a quarter hanging and a quarter refusing: the live ones are all served before one hang ends", {
    timeout: 60_000,
  }, async () => {
    await using silent = await startSilent(250);
    await using receiver = await startReceiver();
    await using sending = await startSending({
      engine,
      circuit: { failures: 5 },
      timeoutMs: 120_000,
      retry: { baseMs: 5_000 },
    });
    const live = Array.from({ length: 500 }, (_, index) => `${receiver.url}/${index}`);
    const urls = [...silent.urls, ...(await closedUrls(250)), ...live];
    const { subscriptions, queue } = sending.place.store;
    const deliveries = [];
    for (const [index, url] of urls.entries()) {
      const subscription = subscriptionOf(url, index);
      await subscriptions.put(subscription);
      for (let each = 0; each < 4; each += 1) deliveries.push(deliveryTo(subscription, { createdMs: Date.now() }));
    }
    await queue.enqueue(deliveries);
    await receiver.has(2_000);
    await sending.until(() => sending.outcomes.filter((kind) => kind === "delivered").length === 2_000);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(2_000);
    expect(receiver.received).toHaveLength(2_000);
    for (const url of silent.urls.slice(0, 20)) {
      const { items } = await queue.history({ url });
      expect(items).toEqual([]);
    }
  });

  test("more hanging endpoints than places leave places for those that work", async () => {
    await using silent = await startSilent(40);
    await using receiver = await startReceiver();
    await using sending = await startSending({ engine, concurrency: 8, timeoutMs: 120_000 });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    await sending.queue(subscription);
    await sending.empty();
    for (const url of silent.urls) await sending.queue(await sending.service.subscribe({ url }), 3);
    await sending.until(() => silent.connections() === 6);
    await sending.queue(subscription, 200);
    await receiver.has(201);
    await sending.until(() => sending.outcomes.filter((kind) => kind === "delivered").length === 201);
    expect(silent.connections()).toBe(6);
    expect(sending.outcomes.filter((kind) => kind === "retry")).toEqual([]);
  });

  test("a circuit opens after failures in a row, lets one attempt through and closes by it", async () => {
    let isDead = true;
    await using receiver = await startReceiver(
      (_request, response) => void response.writeHead(isDead ? 500 : 200).end(),
    );
    let ms = Date.UTC(2026, 0, 1);
    await using sending = await startSending({
      engine,
      now: () => ms,
      circuit: { failures: 3, openMs: 60_000 },
      leaseMs: 600_000,
      retry: { retries: 0 },
    });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    await sending.queue(subscription, 10);
    const opened = () => sending.notices.filter(({ type }) => type === "circuit.opened").length;
    await sending.until(() => opened() === 1);
    expect(receiver.received).toHaveLength(3);
    expect((await sending.place.store.queue.endpoints()).items).toMatchObject([
      { circuit: "open", failures: 3, pending: 7, openUntilMs: ms + 60_000 },
    ]);
    ms += 60_000;
    await receiver.has(4);
    await sending.until(() => sending.outcomes.filter((kind) => kind === "dead").length === 4);
    expect([receiver.received.length, opened()]).toEqual([4, 1]);
    isDead = false;
    ms += 60_000;
    await sending.empty();
    expect(sending.notices.at(-1)).toMatchObject({ type: "circuit.closed" });
    expect(sending.outcomes.filter((kind) => kind === "delivered")).toHaveLength(6);
    expect((await sending.place.store.queue.endpoints()).items).toEqual([]);
  });
});

describe.each(there)("a worker that ends, with a store in $name", (engine) => {
  test("waits for what is under way, and gives back what was not begun without counting it", async () => {
    const answers: (() => void)[] = [];
    await using receiver = await startReceiver((_request, response) => void answers.push(() => response.end()));
    const place = await engine.open(Date.now);
    await using sending = await startSending({ place, perEndpoint: 1 });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    const [first = ""] = await sending.queue(subscription, 20);
    await receiver.has(1);
    const closing = sending.service.close(60_000);
    expect(sending.service.close(60_000)).toBeInstanceOf(Promise);
    answers[0]?.();
    await closing;
    expect(receiver.received).toHaveLength(1);
    expect(await sending.history()).toMatchObject([{ deliveryId: first, outcome: "delivered" }]);
    const { items } = await place.store.queue.list({}, { limit: 100 });
    expect(items.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual(
      Array.from({ length: 19 }, () => "pending 0"),
    );
    receiver.answer = (_request, response) => void response.end();
    await using next = await startSending({ place });
    await next.empty();
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(20);
    expect(receiver.received).toHaveLength(20);
    await next.service.close(0);
    await place.close();
  });

  test("cuts off what does not end in time; it is due again at once, and both attempts are in the history", async () => {
    await using receiver = await startReceiver(() => {});
    const place = await engine.open(Date.now);
    await using sending = await startSending({ place, retry: { retries: 0 } });
    const { id } = await sending.post(receiver.url);
    await receiver.has(1);
    await sending.service.close(0);
    expect(await sending.dead()).toEqual([]);
    receiver.answer = (_request, response) => void response.end();
    await using next = await startSending({ place, retry: { retries: 0 } });
    await next.empty();
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect((await next.history(id)).map(({ error, outcome }) => [outcome, error])).toEqual([
      ["retry", "asap:transport/aborted"],
      ["delivered", null],
    ]);
    await next.service.close(0);
    await place.close();
  });
});

describe("a claim that is over", () => {
  test("what comes of its attempt is not written: another worker has it", async () => {
    const answers: (() => void)[] = [];
    await using receiver = await startReceiver((_request, response) => void answers.push(() => response.end()));
    let ms = Date.UTC(2026, 0, 1);
    const place = (await engines[0]?.open(() => ms)) as Place;
    await using paused = await startSending({ place, now: () => ms, leaseMs: 600_000 });
    const { id } = await paused.post(receiver.url);
    await receiver.has(1);
    ms += 600_001;
    await using other = await startSending({ place, now: () => ms, leaseMs: 600_000 });
    await receiver.has(2);
    answers[1]?.();
    await other.until(() => other.outcomes.length === 1);
    answers[0]?.();
    await paused.service.close(60_000);
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(await other.history()).toMatchObject([{ deliveryId: id, attempt: 2, outcome: "delivered" }]);
    expect([paused.outcomes, paused.notices]).toEqual([[], []]);
  });

  test("what it has not sent by then is not sent by it", async () => {
    const answers: (() => void)[] = [];
    await using receiver = await startReceiver((_request, response) => void answers.push(() => response.end()));
    await using sending = await startSending({ perEndpoint: 2, leaseMs: 100 });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    const [first = "", ...others] = await sending.queue(subscription, 3);
    await receiver.has(1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    receiver.answer = (_request, response) => void response.end();
    answers[0]?.();
    await sending.empty();
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids)).toEqual(new Set([first, ...others]));
    for (const id of others) expect(ids.filter((each) => each === id)).toHaveLength(1);
  });
});

/** The same place, which does not answer while it is gone. */
function fragile(place: Place): { readonly place: Place; gone: "all" | "settle" | "subscriptions" | undefined } {
  const self: { place: Place; gone: "all" | "settle" | "subscriptions" | undefined } = { place, gone: undefined };
  const guard = <Part extends object>(part: Part, name: "queue" | "subscriptions"): Part =>
    new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function" || key === "onWake") return value;
        return (...given: unknown[]): unknown => {
          const isGone = self.gone === "all" || self.gone === name || self.gone === key;
          if (isGone)
            return Promise.reject(
              new AsapError("asap:state/unavailable", { data: { backend: "test", reason: "gone" } }),
            );
          return value.apply(target, given);
        };
      },
    });
  const { queue, subscriptions } = place.store;
  self.place = {
    ...place,
    store: { ...place.store, queue: guard(queue, "queue"), subscriptions: guard(subscriptions, "subscriptions") },
  };
  return self;
}

describe.each(there)("a store in $name that is gone for a while", (engine) => {
  test.each(["all", "settle", "subscriptions"] as const)("%s: everything arrives once it is back", async (what) => {
    await using receiver = await startReceiver();
    const real = await engine.open(Date.now);
    const store = fragile(real);
    await using sending = await startSending({ place: store.place });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    receiver.answer = (_request, response, count) => {
      if (count === 5) store.gone = what;
      response.end();
    };
    if (what === "subscriptions") store.gone = what;
    const ids = await sending.queue(subscription, 50);
    await sending.until(() => sending.lines.some(({ level }) => level === "error"));
    store.gone = undefined;
    await sending.until(async () => (await sending.place.store.queue.stats().catch(() => undefined))?.pending === 0);
    await sending.empty();
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set(ids));
    expect(await sending.dead()).toEqual([]);
    await sending.service.close(0);
    await real.close();
  });
});

test("while the subscriptions cannot be read nothing counts as an attempt, and it is asked for once in a while", async () => {
  await using receiver = await startReceiver();
  const store = fragile((await engines[0]?.open(Date.now)) as Place);
  await using sending = await startSending({ place: store.place, retry: { retries: 0 } });
  const subscription = await sending.service.subscribe({ url: receiver.url });
  store.gone = "subscriptions";
  const ids = await sending.queue(subscription, 5);
  const failures = () => sending.lines.filter(({ event }) => event === "asap.webhook.not_sent").length;
  await sending.until(() => failures() >= 2);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(failures()).toBeLessThan(15);
  store.gone = undefined;
  await sending.empty();
  expect(await sending.dead()).toEqual([]);
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set(ids));
  expect((await sending.history()).map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual(
    ids.map(() => "1 delivered"),
  );
});

describe.each(there)("rates, with a store in $name", (engine) => {
  test("bursts go at once, the rest with time, for each endpoint and for all", async () => {
    await using receiver = await startReceiver();
    let ms = Date.UTC(2026, 0, 1);
    await using sending = await startSending({
      engine,
      now: () => ms,
      endpointRate: { perMinute: 60, burst: 3 },
      globalRate: { perMinute: 120, burst: 5 },
    });
    const one = await sending.service.subscribe({ url: `${receiver.url}/one` });
    const other = await sending.service.subscribe({ url: `${receiver.url}/other` });
    await sending.queue(one, 10);
    await sending.queue(other, 10);
    const arrived = (path: string) => receiver.received.filter((each) => each.path === path).length;
    await sending.until(() => sending.outcomes.length === 5);
    expect([arrived("/one"), arrived("/other")].toSorted()).toEqual([2, 3]);
    for (let second = 1; second <= 6; second += 1) {
      ms += 1_000;
      await sending.until(() => sending.outcomes.length === 5 + 2 * second);
      expect(Math.max(arrived("/one"), arrived("/other"))).toBeLessThanOrEqual(3 + second);
    }
    expect(sending.outcomes).toHaveLength(17);
  });
});

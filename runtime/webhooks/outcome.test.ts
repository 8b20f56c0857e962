import { describe, expect, test } from "vitest";
import { deliveryRetryPlan, verdictOf } from "./outcome.js";
import { type Answer, startReceiver, status } from "./testing/receiver.js";
import { engines, startSending } from "./testing/sending.js";

const nowMs = Date.UTC(2026, 0, 1);
const plan = deliveryRetryPlan();
const answered = (code: number, retryAfterMs?: number) => ({
  status: code,
  error: null,
  reason: null,
  retryAfterMs,
});

describe("deliveryRetryPlan()", () => {
  test.each([
    [{ retries: -1 }, "retry.retries"],
    [{ retries: 1.5 }, "retry.retries"],
    [{ baseMs: -1 }, "retry.baseMs"],
    [{ maxMs: Number.POSITIVE_INFINITY }, "retry.maxMs"],
    [{ jitter: Number.NaN }, "retry.jitter"],
  ])("%j is refused and named", (options, option) => {
    expect(() => deliveryRetryPlan(options)).toThrow(
      expect.objectContaining({ code: "asap:config/invalid_option", data: expect.objectContaining({ option }) }),
    );
  });
});

describe("verdictOf()", () => {
  test("waits double from 1 to 16 seconds, then it is over (HOOK-004, HOOKW-003)", () => {
    const waits = [1, 2, 3, 4, 5].map((attempt) => {
      const { outcome } = verdictOf(answered(500), attempt, plan, nowMs, 0);
      return outcome.kind === "retry" ? outcome.atMs - nowMs : outcome.kind;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(verdictOf(answered(500), 6, plan, nowMs, 0).outcome).toEqual({
      kind: "dead",
      reason: "the receiver answered 500",
    });
  });

  test.each([
    [0, 1_000],
    [0.5, 1_050],
    [1, 1_100],
  ])("chance %s makes the first wait %i ms", (random, waitMs) => {
    expect(verdictOf(answered(503), 1, plan, nowMs, random).outcome).toEqual({ kind: "retry", atMs: nowMs + waitMs });
  });

  test("no wait is longer than the longest, however many attempts", () => {
    const many = { ...plan, retries: 100 };
    for (const attempt of [6, 50, 100])
      expect(verdictOf(answered(500), attempt, many, nowMs, 0).outcome).toEqual({
        kind: "retry",
        atMs: nowMs + 16_000,
      });
  });

  test("a Retry-After up to a day is heeded where it is longer; a longer one is not", () => {
    const atMs = (askedMs: number) => {
      const { outcome } = verdictOf(answered(429, askedMs), 1, plan, nowMs, 0);
      return outcome.kind === "retry" ? outcome.atMs - nowMs : undefined;
    };
    expect(atMs(500)).toBe(1_000);
    expect(atMs(30_000)).toBe(30_000);
    expect(atMs(86_400_000)).toBe(86_400_000);
    expect(atMs(86_400_001)).toBe(1_000);
  });

  test("what this process cut off is due at once, even after the last attempt", () => {
    const cut = { status: 0, error: "asap:transport/aborted", reason: "cut", retryAfterMs: undefined };
    expect(verdictOf(cut, 6, plan, nowMs, 0)).toEqual({
      outcome: { kind: "retry", atMs: nowMs },
      endpoint: undefined,
      isGone: false,
    });
  });

  test("a refused target is final, and says nothing of the endpoint", () => {
    const refused = { status: 0, error: "asap:transport/webhook_url_rejected", reason: "no", retryAfterMs: undefined };
    expect(verdictOf(refused, 1, plan, nowMs, 0)).toEqual({
      outcome: { kind: "dead", reason: "no" },
      endpoint: undefined,
      isGone: false,
    });
  });

  test("a token that was not given is tried again, and says nothing of the endpoint", () => {
    const untold = { status: 0, error: "asap:auth/unavailable", reason: "no", retryAfterMs: undefined };
    expect(verdictOf(untold, 1, plan, nowMs, 0)).toMatchObject({ outcome: { kind: "retry" }, endpoint: undefined });
  });

  test("a redirect is final, and says that the endpoint fails (HOOKW-011)", () => {
    expect(verdictOf(answered(302, 30_000), 1, plan, nowMs, 0)).toEqual({
      outcome: { kind: "dead", reason: "the receiver answered 302" },
      endpoint: "fails",
      isGone: false,
    });
  });

  test("101 is tried again, and says that the endpoint fails", () => {
    expect(verdictOf(answered(101), 1, plan, nowMs, 0)).toMatchObject({
      outcome: { kind: "retry" },
      endpoint: "fails",
    });
  });

  test("401 is tried again only where other credentials are to be had", () => {
    expect(verdictOf(answered(401), 1, plan, nowMs, 0).outcome.kind).toBe("dead");
    const renewed = { ...answered(401), isLoginRenewed: true };
    expect(verdictOf(renewed, 1, plan, nowMs, 0)).toMatchObject({ outcome: { kind: "retry" }, endpoint: "works" });
    expect(verdictOf(renewed, 6, plan, nowMs, 0).outcome.kind).toBe("dead");
  });
});

const early: Answer = (_request, response) => {
  response.writeEarlyHints({ link: "</style.css>; rel=preload" });
  response.writeProcessing();
  response.writeHead(200);
  response.end();
};

describe.each(engines.filter(({ isThere }) => isThere))("deliveries with a store in $name", (engine) => {
  test.each([
    ["200", status(200)],
    ["201 with a body", ((_, response) => response.writeHead(201).end("<html>")) as Answer],
    ["204", status(204)],
    ["299", status(299)],
    ["103 and 102 before 200", early],
  ])("%s: delivered at once", async (_, answer) => {
    await using receiver = await startReceiver(answer);
    await using sending = await startSending({ engine });
    const { id } = await sending.post(receiver.url);
    await sending.empty();
    expect(await sending.history(id)).toMatchObject([{ attempt: 1, outcome: "delivered", error: null, reason: null }]);
    expect([receiver.received.length, await sending.dead()]).toEqual([1, []]);
  });

  test.each([400, 401, 403, 404, 405, 409, 413, 418, 422, 451])(
    "%i: a dead letter at once (HOOKW-004)",
    async (code) => {
      await using receiver = await startReceiver(status(code));
      await using sending = await startSending({ engine });
      const { id } = await sending.post(receiver.url);
      await sending.empty();
      expect(receiver.received).toHaveLength(1);
      expect(await sending.dead()).toMatchObject([
        { id, attempts: 1, status: code, reason: `the receiver answered ${code}` },
      ]);
      expect(sending.notices).toMatchObject([{ type: "delivery.exhausted", deliveryId: id, attempts: 1 }]);
    },
  );

  test.each([408, 425, 429, 500, 501, 502, 503, 504, 599])(
    "%i: five retries, then a dead letter and a notice (HOOKW-004)",
    async (code) => {
      await using receiver = await startReceiver(status(code));
      await using sending = await startSending({ engine });
      const { id } = await sending.post(receiver.url);
      await sending.empty();
      expect(receiver.received).toHaveLength(6);
      expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set([id]));
      expect((await sending.history(id)).map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual([
        "1 retry",
        "2 retry",
        "3 retry",
        "4 retry",
        "5 retry",
        "6 dead",
      ]);
      expect(await sending.dead()).toMatchObject([{ id, attempts: 6, status: code }]);
      expect(sending.notices).toMatchObject([{ type: "delivery.exhausted", attempts: 6 }]);
    },
  );

  test.each([300, 301, 302, 303, 304, 307, 308, 399])(
    "%i: a dead letter at once, and the Location is never asked for (HOOKW-006, HOOKW-011)",
    async (code) => {
      await using other = await startReceiver();
      await using receiver = await startReceiver(status(code, { location: `${other.url}/inner` }));
      await using sending = await startSending({ engine });
      const { id } = await sending.post(receiver.url, { secret: "s3cret" });
      await sending.empty();
      expect([receiver.received.length, other.connections()]).toEqual([1, 0]);
      expect(await sending.dead()).toMatchObject([
        { id, attempts: 1, status: code, reason: `the receiver answered ${code}` },
      ]);
      expect(sending.notices).toMatchObject([{ type: "delivery.exhausted", deliveryId: id, attempts: 1 }]);
    },
  );

  test("410: the subscription is disabled once, and what waits for it is a dead letter unsent", async () => {
    await using receiver = await startReceiver(status(410));
    await using sending = await startSending({ engine, perEndpoint: 1 });
    const subscription = await sending.service.subscribe({ url: receiver.url });
    await sending.queue(subscription, 20);
    await sending.empty();
    await sending.until(() => sending.notices.some(({ type }) => type === "subscription.disabled"));
    const [late = ""] = await sending.queue(subscription);
    await sending.empty();
    expect(await sending.dead()).toHaveLength(21);
    expect((await sending.history()).map(({ deliveryId }) => deliveryId)).not.toContain(late);
    expect(sending.notices.filter(({ type }) => type === "subscription.disabled")).toHaveLength(1);
    const shown = await sending.service.get(subscription.id);
    expect(shown?.disabled?.reason).toBe("the receiver answered 410");
    receiver.answer = status(200);
    await sending.service.enable(subscription.id);
    await sending.place.store.queue.dead.replay([late]);
    await sending.empty();
    expect((await sending.history(late)).at(-1)).toMatchObject({ outcome: "delivered", replays: 1 });
  });

  test("a delivery that arrives after it failed is told of", async () => {
    await using receiver = await startReceiver((_request, response, count) => {
      response.writeHead(count < 2 ? 500 : 200).end();
    });
    await using sending = await startSending({ engine });
    const { id } = await sending.post(receiver.url);
    await sending.empty();
    expect(sending.notices).toMatchObject([{ type: "delivery.recovered", deliveryId: id, attempts: 3 }]);
  });

  const waits: readonly (readonly [name: string, value: (ms: number) => string | string[], waitMs: number])[] = [
    ["seconds", () => "7", 7_000],
    ["a date", (ms) => new Date(ms + 9_000).toUTCString(), 9_000],
    ["a date that is past", (ms) => new Date(ms - 9_000).toUTCString(), 1_000],
    ["a negative number", () => "-5", 1_000],
    ["ten years", () => "315360000", 1_000],
    ["garbage", () => "soon", 1_000],
    ["nothing", () => "", 1_000],
    ["two values, of which the first counts", () => ["5", "60"], 5_000],
  ];
  test.each(waits)("Retry-After of %s with 429 and 503", async (_, value, waitMs) => {
    for (const code of [429, 503]) {
      await using receiver = await startReceiver((_request, response, count) => {
        if (count === 0) response.setHeader("retry-after", value(nowMs)).writeHead(code);
        response.end();
      });
      let ms = nowMs;
      await using sending = await startSending({ engine, now: () => ms, retry: { baseMs: 1_000 } });
      await sending.post(receiver.url);
      await sending.until(() => sending.outcomes.length === 1);
      const [waiting] = (await sending.place.store.queue.list()).items;
      expect((waiting?.dueMs ?? 0) - nowMs).toBe(waitMs);
      ms += waitMs;
      await sending.empty();
      expect(sending.outcomes).toEqual(["retry", "delivered"]);
    }
  });
});

import { describe, expect, onTestFinished, test, vi } from "vitest";
import { sleep, withDeadline } from "./deadline.js";
import { AsapError } from "./error.js";

const forever = () => new Promise<never>(() => undefined);

/** A signal that counts its listeners. */
function counted() {
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    },
    removeEventListener: (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    },
  });
  return { controller, signal, listeners: () => listeners };
}

describe("withDeadline()", () => {
  test("returns what the work gives", async () => {
    expect(await withDeadline(async () => 1, { timeoutMs: 1_000 })).toBe(1);
  });

  test("throws what the work throws, at once or later", async () => {
    const error = new Error("no");
    const atOnce = () => {
      throw error;
    };
    await expect(withDeadline(atOnce, { timeoutMs: 1_000 })).rejects.toBe(error);
    await expect(withDeadline(() => Promise.reject(error), { timeoutMs: 1_000 })).rejects.toBe(error);
  });

  test("ends work that never ends, and tells it why (CLIENT-015)", async () => {
    let reason: unknown;
    const work = (signal: AbortSignal) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      return forever();
    };
    const call = withDeadline(work, { timeoutMs: 20, url: "http://a" });
    const expected = { code: "asap:transport/timeout", data: { url: "http://a", timeout_ms: 20 } };
    await expect(call).rejects.toMatchObject(expected);
    expect(reason).toMatchObject(expected);
  });

  test("ends at once when one of its signals aborts, with the reason as cause (CLIENT-015)", async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const call = withDeadline(forever, { signals: [one.signal, undefined, other.signal], timeoutMs: 3_600_000 });
    other.abort("enough");
    await expect(call).rejects.toMatchObject({ code: "asap:transport/aborted", cause: "enough" });
  });

  test("throws a reason that is an AsapError as it is", async () => {
    const reason = new AsapError("asap:transport/timeout");
    await expect(withDeadline(forever, { signals: [AbortSignal.abort(reason)], timeoutMs: 1 })).rejects.toBe(reason);
  });

  test("does not begin work that was given up before", async () => {
    const work = vi.fn(forever);
    await expect(withDeadline(work, { signals: [AbortSignal.abort()], timeoutMs: 1_000 })).rejects.toMatchObject({
      code: "asap:transport/aborted",
    });
    expect(work).not.toHaveBeenCalled();
  });

  test.each([
    ["success", async () => 1],
    ["failure", () => Promise.reject(new Error("no"))],
    ["timeout", forever],
  ])("leaves no listener on the caller's signal after %s", async (_, work) => {
    const { signal, listeners } = counted();
    await withDeadline<unknown>(work, { signals: [signal], timeoutMs: 10 }).catch(() => undefined);
    expect(listeners()).toBe(0);
  });

  test("takes a timeout beyond what timers can hold for a long one, not for none", async () => {
    const slow = () => sleep(20, new AbortController().signal).then(() => "done");
    expect(await withDeadline(slow, { timeoutMs: Number.POSITIVE_INFINITY })).toBe("done");
  });
});

describe("sleep()", () => {
  test("ends at once when its signal aborts", async () => {
    const controller = new AbortController();
    const wait = sleep(3_600_000, controller.signal);
    controller.abort("enough");
    await expect(wait).rejects.toMatchObject({ code: "asap:transport/aborted", cause: "enough" });
    await expect(sleep(3_600_000, controller.signal)).rejects.toMatchObject({ code: "asap:transport/aborted" });
  });

  test("leaves no listener behind", async () => {
    const { signal, listeners } = counted();
    await sleep(1, signal);
    expect(listeners()).toBe(0);
  });
});

describe("one signal for many calls", () => {
  test("has one listener and ends them all", async () => {
    const { controller, signal, listeners } = counted();
    const calls = Array.from({ length: 100 }, () => withDeadline(forever, { signals: [signal], timeoutMs: 3_600_000 }));
    const waits = Array.from({ length: 100 }, () => sleep(3_600_000, signal));
    expect(listeners()).toBe(1);
    controller.abort("enough");
    const ends = await Promise.allSettled([...calls, ...waits]);
    expect(ends).toHaveLength(200);
    for (const end of ends) expect(end).toMatchObject({ status: "rejected", reason: { cause: "enough" } });
    expect(listeners()).toBe(0);
  });
});

test("no timer outlives the work, however it ends", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const controller = new AbortController();
  const works = [
    withDeadline(async () => "done", { timeoutMs: 60_000 }),
    withDeadline(() => Promise.reject(new Error("failed")), { timeoutMs: 60_000 }),
    withDeadline(forever, { timeoutMs: 60_000, signals: [controller.signal] }),
    sleep(60_000, controller.signal),
  ];
  expect(vi.getTimerCount()).toBe(4);
  controller.abort();
  await Promise.allSettled(works);
  expect(vi.getTimerCount()).toBe(0);
});

import { describe, expect, it } from "vitest";
import { patiently } from "./patience.js";
import type { Exchange, WireRequest } from "./wire.js";

/** A wire that answers with one status after the other, and 200 after the last. */
function wireOf(statuses: readonly number[]) {
  let sent = 0;
  return {
    exchange: async (request: WireRequest): Promise<Exchange> => {
      const status = statuses[sent] ?? 200;
      sent += 1;
      const response = { status, reason: "", headers: [], body: Buffer.alloc(0) };
      return { request, sent: Buffer.alloc(0), sentBytes: 0, response, startedAt: 0, elapsedMs: 0 };
    },
  };
}

const request = (forMs: number): WireRequest => ({
  method: "GET",
  path: "/",
  patience: { everyMs: 1, forMs, until: ({ response }) => response?.status === 200 },
});
const never = new AbortController().signal;

describe("patiently()", () => {
  it("sends a request once that asks for no patience", async () => {
    const { response, attempts } = await patiently(wireOf([401]), { method: "GET", path: "/" }, never);
    expect([response?.status, attempts]).toEqual([401, undefined]);
  });

  it("sends again until the answer is the one to keep, and says how often", async () => {
    const { response, attempts } = await patiently(wireOf([401, 503]), request(60_000), never);
    expect([response?.status, attempts]).toEqual([200, 3]);
  });

  it("keeps the last answer when the time is over, or the run is stopped", async () => {
    expect((await patiently(wireOf([401, 401]), request(0), never)).response?.status).toBe(401);
    const stopped = await patiently(wireOf([401, 401]), request(60_000), AbortSignal.abort());
    expect([stopped.response?.status, stopped.attempts]).toEqual([401, undefined]);
  });
});

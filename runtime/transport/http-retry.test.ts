import { describe, expect, test } from "vitest";
import { sleep } from "../deadline.js";
import { type Move, scriptedPeer } from "../testing/scripted-peer.js";
import { connectHttp, type HttpTransportOptions } from "./http.js";
import type { ClientMessage } from "./transport.js";

const never = new AbortController().signal;
const message = (parts: Partial<ClientMessage> = {}): ClientMessage => ({
  envelopeText: '{"x":1}',
  envelopeId: "01ENV",
  requiresAck: false,
  id: "req-1",
  idempotencyKey: "key-1",
  signal: never,
  timeoutMs: 60_000,
  ...parts,
});

/** A transport that does not wait but remembers for how long it would have. */
function impatient(url: string, options: HttpTransportOptions = {}) {
  const waits: number[] = [];
  const noted = async (ms: number) => void waits.push(ms);
  return { waits, transport: connectHttp(url, { sleep: noted, random: () => 0, ...options }) };
}

const okay: Move = { body: '{"ok":true}' };
const failure = (code: string, data: object = {}) => ({ code, data: expect.objectContaining(data) });

describe("retries of connectHttp()", () => {
  test("send the same bytes under the same key (CLIENT-002)", async () => {
    await using peer = await scriptedPeer(({ count }) => (count < 2 ? { status: 502 } : okay));
    const { transport, waits } = impatient(peer.url);
    await transport.send(message());
    expect(peer.requests).toHaveLength(3);
    expect(new Set(peer.requests.map((request) => request.text)).size).toBe(1);
    expect(new Set(peer.requests.map((request) => request.headers["x-idempotency-key"]))).toEqual(new Set(["key-1"]));
    expect(waits).toEqual([1_000, 2_000]);
  });

  test.each(["drop", "truncate"] as const)("follow a connection that breaks (%s) (CLIENT-005)", async (move) => {
    await using peer = await scriptedPeer(({ count }) => (count === 0 ? move : okay));
    expect(await impatient(peer.url).transport.send(message())).toEqual({ response: { ok: true }, id: "req-1" });
    expect(peer.requests).toHaveLength(2);
  });

  test("follow an attempt that times out, while the call has time (CLIENT-005)", async () => {
    await using peer = await scriptedPeer(({ count }) => (count === 0 ? "hang" : okay));
    const { transport } = impatient(peer.url, { attemptTimeoutMs: 100 });
    expect(await transport.send(message())).toEqual({ response: { ok: true }, id: "req-1" });
  });

  test("end after three attempts with the last error (CLIENT-005)", async () => {
    await using peer = await scriptedPeer(({ count }) => ({ status: 500 + count, body: "boom" }));
    await expect(impatient(peer.url).transport.send(message())).rejects.toMatchObject(
      failure("asap:transport/http_status", { status: 502 }),
    );
    expect(peer.requests).toHaveLength(3);
  });

  test("are made when nobody listens, and then tell it (CLIENT-005)", async () => {
    const gone = await scriptedPeer(() => okay);
    await gone[Symbol.asyncDispose]();
    const { transport, waits } = impatient(gone.url);
    await expect(transport.send(message())).rejects.toMatchObject({
      ...failure("asap:transport/connection_failed", { url: `${gone.url}/asap` }),
      cause: expect.any(Error),
    });
    expect(waits).toHaveLength(2);
  });

  test("can be turned off", async () => {
    await using peer = await scriptedPeer(() => ({ status: 500 }));
    await expect(impatient(peer.url, { retry: false }).transport.send(message())).rejects.toThrow();
    expect(peer.requests).toHaveLength(1);
  });

  test("follow 429 after the time it names, and end as rate_limited with what its body says (CLIENT-007, CLIENT-018)", async () => {
    const data = { retry_after: 1, limit: "10 per 1 second" };
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: null,
      error: { code: 429, message: "Rate limit exceeded", data },
    });
    await using peer = await scriptedPeer(() => ({ status: 429, body, headers: { "retry-after": "2.5" } }));
    const { transport, waits } = impatient(peer.url);
    await expect(transport.send(message())).rejects.toMatchObject(
      failure("asap:transport/rate_limited", {
        status: 429,
        retry_after: 2.5,
        limit: "10 per 1 second",
        jsonrpc_code: 429,
      }),
    );
    expect(waits).toEqual([2_500, 2_500]);
  });

  test("take the wait from the body of a 429 without header", async () => {
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: null,
      error: { code: 429, message: "", data: { retry_after: 4 } },
    });
    await using peer = await scriptedPeer(({ count }) => (count === 0 ? { status: 429, body } : okay));
    const { transport, waits } = impatient(peer.url);
    await transport.send(message());
    expect(waits).toEqual([4_000]);
  });

  test("honour Retry-After as a date, on 429 and on 503 (CLIENT-007)", async () => {
    const now = Date.UTC(2026, 10, 20, 12, 0, 0);
    const headers = { "retry-after": "Fri, 20 Nov 2026 12:00:07 GMT" };
    await using peer = await scriptedPeer(({ count }) =>
      count < 2 ? { status: count === 0 ? 429 : 503, headers } : okay,
    );
    const { transport, waits } = impatient(peer.url, { now: () => now });
    await transport.send(message());
    expect(waits).toEqual([7_000, 7_000]);
  });

  test("do not take Retry-After from other statuses", async () => {
    const headers = { "retry-after": "30" };
    await using peer = await scriptedPeer(({ count }) => (count === 0 ? { status: 500, headers } : okay));
    const { transport, waits } = impatient(peer.url);
    await transport.send(message());
    expect(waits).toEqual([1_000]);
  });

  test("are not begun when the wait ends after the call (CLIENT-015)", async () => {
    await using peer = await scriptedPeer(() => ({ status: 429, headers: { "retry-after": "61" } }));
    const { transport, waits } = impatient(peer.url);
    await expect(transport.send(message())).rejects.toMatchObject(
      failure("asap:transport/rate_limited", { retry_after: 61 }),
    );
    expect(waits).toEqual([]);
  });

  test("end at once when the signal aborts a wait", async () => {
    await using peer = await scriptedPeer(() => ({ status: 503 }));
    const controller = new AbortController();
    const aborting = (ms: number, signal: AbortSignal) => {
      queueMicrotask(() => controller.abort("enough"));
      return sleep(ms, signal);
    };
    const transport = connectHttp(peer.url, { sleep: aborting, retry: { baseMs: 3_600_000 } });
    const call = transport.send(message({ signal: controller.signal, timeoutMs: Number.POSITIVE_INFINITY }));
    await expect(call).rejects.toMatchObject({ code: "asap:transport/aborted", cause: "enough" });
    expect(peer.requests).toHaveLength(1);
  });
});

describe("the circuit breaker of connectHttp()", () => {
  const breaker = () => ({ circuits: new Map() });

  test("is off unless asked for (CLIENT-013)", async () => {
    await using peer = await scriptedPeer(() => ({ status: 404 }));
    const transport = connectHttp(peer.url);
    for (let count = 0; count < 7; count++) await expect(transport.send(message())).rejects.toThrow("404");
  });

  test("opens after five failed calls, 4xx among them, and then asks nobody (CLIENT-013)", async () => {
    await using peer = await scriptedPeer(({ count }) => ({ status: count % 2 ? 404 : 500 }));
    const transport = connectHttp(peer.url, { breaker: breaker(), retry: false });
    for (let count = 0; count < 5; count++) {
      await expect(transport.send(message())).rejects.toMatchObject({ code: "asap:transport/http_status" });
    }
    await expect(transport.send(message())).rejects.toMatchObject({
      code: "asap:transport/circuit_open",
      data: { base_url: peer.url, consecutive_failures: 5 },
    });
    expect(peer.requests).toHaveLength(5);
  });

  test("lets one probe through after its time and closes when it succeeds (CLIENT-013)", async () => {
    await using peer = await scriptedPeer(({ count }) => (count < 5 ? { status: 500 } : okay));
    const clock = { ms: 0 };
    const options = { breaker: breaker(), retry: false, now: () => clock.ms } as const;
    const [one, other] = [connectHttp(peer.url, options), connectHttp(`${peer.url}/asap/`, options)];
    for (let count = 0; count < 5; count++) await expect(one.send(message())).rejects.toThrow("500");
    await expect(other.send(message())).rejects.toMatchObject({ code: "asap:transport/circuit_open" });
    clock.ms = 60_000;
    const probe = one.send(message());
    await expect(other.send(message())).rejects.toMatchObject({ code: "asap:transport/circuit_open" });
    await probe;
    expect(await other.send(message())).toEqual({ response: { ok: true }, id: "req-1" });
  });

  test("does not count JSON-RPC errors (CLIENT-014)", async () => {
    const body = '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Internal error"},"id":"req-1"}';
    await using peer = await scriptedPeer(() => ({ body }));
    const transport = connectHttp(peer.url, { breaker: breaker() });
    for (let count = 0; count < 7; count++) {
      expect(await transport.send(message())).toEqual({ response: JSON.parse(body), id: "req-1" });
    }
  });

  test("counts answers that are not JSON, as those of a page that a proxy shows", async () => {
    await using peer = await scriptedPeer(() => ({ body: "<html>maintenance</html>" }));
    const transport = connectHttp(peer.url, { breaker: breaker() });
    for (let count = 0; count < 5; count++) {
      await expect(transport.send(message())).rejects.toMatchObject(
        failure("asap:transport/invalid_response", { url: peer.url, reason: "not JSON" }),
      );
    }
    await expect(transport.send(message())).rejects.toMatchObject({ code: "asap:transport/circuit_open" });
    expect(peer.requests).toHaveLength(5);
  });

  test("does not count calls that the caller gave up", async () => {
    await using peer = await scriptedPeer(() => okay);
    const circuits = new Map();
    const transport = connectHttp(peer.url, { breaker: { circuits } });
    for (let count = 0; count < 7; count++) {
      await expect(transport.send(message({ signal: AbortSignal.abort() }))).rejects.toThrow();
    }
    expect(circuits.size).toBe(0);
  });
});

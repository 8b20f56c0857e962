import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Circuits } from "../breaker.js";
import { ackFrame, scriptedSockets, sendNoting } from "../testing/scripted-websocket.js";
import { connectWebSocket, type WebSocketTransportOptions } from "./websocket.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const turn = () => vi.advanceTimersByTimeAsync(0);

async function opened(options: WebSocketTransportOptions = {}) {
  const made = scriptedSockets();
  const transport = connectWebSocket("ws://127.0.0.1:1", {
    createWebSocket: made.create,
    random: () => 0,
    staleMs: Number.POSITIVE_INFINITY,
    ...options,
  });
  const outcome = sendNoting(transport, { envelopeId: "first", requiresAck: true });
  await turn();
  made.last.open();
  await turn();
  return { made, transport, outcome };
}

describe("acknowledgements", () => {
  test("ACK-004, ACK-005: after 30 s without one the same envelope is sent again under a new id", async () => {
    const { made, outcome } = await opened();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(made.last.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    const [before, again] = made.last.requests;
    expect(again?.params).toEqual(before?.params);
    expect(again?.id).not.toBe(before?.id);
    made.last.answer(0);
    await turn();
    expect(outcome).toMatchObject({ state: "answered", id: before?.id });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made.last.requests).toHaveLength(2);
  });

  test("ACK-006: after three retries the call fails, and the breaker counts one failure", async () => {
    const circuits: Circuits = new Map();
    const { made, transport, outcome } = await opened({ breaker: { failures: 1, circuits } });
    await vi.advanceTimersByTimeAsync(119_999);
    expect(made.last.requests).toHaveLength(4);
    expect(outcome.state).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    const data = { url: transport.url, envelope_id: "first", attempts: 4 };
    expect(outcome).toMatchObject({ state: "failed", code: "asap:transport/ack_timeout", data });
    expect([...circuits.values()]).toMatchObject([{ failures: 1 }]);
    const next = sendNoting(transport);
    await turn();
    expect(next).toMatchObject({ state: "failed", code: "asap:transport/circuit_open" });
  });

  test.each(["received", "processed"])("status %s ends the wait, not the call", async (status) => {
    const { made, outcome } = await opened();
    made.last.receive(ackFrame("first", status));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(made.last.requests).toHaveLength(1);
    expect(outcome.state).toBe("pending");
    made.last.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
  });

  test("status rejected fails the call with what the peer says, even after received", async () => {
    const { made, outcome } = await opened();
    made.last.receive(ackFrame("first"));
    made.last.receive(ackFrame("first", "rejected", "no room"));
    await turn();
    expect(outcome).toMatchObject({
      state: "failed",
      code: "asap:transport/remote_error",
      data: { status: "rejected", message: "no room" },
    });
  });

  test("a response ends the wait too", async () => {
    const { made, outcome } = await opened();
    made.last.answer(0);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(outcome.state).toBe("answered");
    expect(made.sockets.flatMap(({ requests }) => requests)).toHaveLength(1);
  });

  test("acknowledgements of other envelopes, of unknown status or without a payload change nothing", async () => {
    const { made } = await opened();
    made.last.receive(ackFrame("other"));
    made.last.receive(ackFrame("first", "odd"));
    made.last.receive({ jsonrpc: "2.0", method: "asap.ack", params: { envelope: {} } });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(made.last.requests).toHaveLength(2);
  });

  test("messages that ask for none are not sent again", async () => {
    const { made, transport } = await opened();
    made.last.answer(0);
    sendNoting(transport, { requiresAck: false });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(made.last.requests).toHaveLength(2);
  });

  test("one acknowledged on a lost connection is sent again, and waits for one on the new connection", async () => {
    const { made, outcome } = await opened();
    made.last.receive(ackFrame("first"));
    made.last.end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.open();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(made.last.requests).toHaveLength(2);
    made.last.answer(1);
    await turn();
    expect(outcome.state).toBe("answered");
  });

  test("time without a connection is no wait for an acknowledgement", async () => {
    const { made, outcome } = await opened();
    made.last.end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    for (let count = 0; count < 20; count++) {
      made.last.end(1006);
      await vi.advanceTimersByTimeAsync(30_000);
    }
    made.last.open();
    await vi.advanceTimersByTimeAsync(119_999);
    expect(outcome.state).toBe("pending");
    expect(made.last.requests).toHaveLength(4);
  });

  test("each message has its own wait", async () => {
    const { made, transport } = await opened({ ack: { timeoutMs: 100, maxRetries: 1 } });
    await vi.advanceTimersByTimeAsync(60);
    sendNoting(transport, { envelopeId: "second", requiresAck: true });
    await vi.advanceTimersByTimeAsync(40);
    expect(made.last.requests.map(({ params }) => params.envelope.id)).toEqual(["first", "second", "first"]);
    await vi.advanceTimersByTimeAsync(60);
    expect(made.last.requests.map(({ params }) => params.envelope.id)).toEqual(["first", "second", "first", "second"]);
  });

  test("nothing is sent again while the peer reads nothing", async () => {
    const { made, transport } = await opened({ highWaterBytes: 1_000 });
    made.last.bufferedAmount = 2_000;
    sendNoting(transport);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(made.last.requests).toHaveLength(2);
    made.last.bufferedAmount = 0;
    await vi.advanceTimersByTimeAsync(30_010);
    expect(made.last.requests).toHaveLength(3);
  });
});

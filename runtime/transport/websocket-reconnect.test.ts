import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ConnectionState } from "../connection.js";
import { messageOf, scriptedSockets, sendNoting } from "../testing/scripted-websocket.js";
import { connectWebSocket, type WebSocketTransportOptions } from "./websocket.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const turn = () => vi.advanceTimersByTimeAsync(0);

/** A transport over scripted sockets, and the states it went through. */
function scripted(options: WebSocketTransportOptions = {}) {
  const made = scriptedSockets();
  const transport = connectWebSocket("ws://127.0.0.1:1", { createWebSocket: made.create, random: () => 0, ...options });
  const states: ConnectionState[] = [];
  transport.connection.watch((state) => states.push(state));
  return { made, transport, states };
}

async function opened(options: WebSocketTransportOptions = {}) {
  const all = scripted(options);
  const outcome = sendNoting(all.transport, { envelopeId: "first" });
  await turn();
  all.made.last.open();
  await turn();
  return { ...all, outcome };
}

describe("reconnecting", () => {
  test("WS-004: the waits are 1, 2, 4 … 30 s and start over after a success", async () => {
    const { made, states } = await opened();
    made.last.end(1006);
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      const before = made.sockets.length;
      expect(states.at(-1)).toMatchObject({ status: "waiting", delayMs: seconds * 1_000 });
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1);
      expect(made.sockets.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(made.sockets.length).toBe(before + 1);
      made.last.end(1006);
    }
    await vi.advanceTimersByTimeAsync(30_000);
    made.last.open();
    await turn();
    made.last.answer(0);
    made.last.end(1006);
    expect(states.at(-1)).toMatchObject({ status: "waiting", delayMs: 1_000, attempt: 1 });
  });

  test("WS-004: a connection that opens and closes at once is no success", async () => {
    const { made, states } = await opened();
    for (const delayMs of [1_000, 2_000, 4_000]) {
      made.last.end(1006);
      expect(states.at(-1)).toMatchObject({ status: "waiting", delayMs, attempt: 1 });
      await vi.advanceTimersByTimeAsync(delayMs);
      made.last.open();
      await turn();
    }
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.end(1006);
    expect(states.at(-1)).toMatchObject({ status: "waiting", delayMs: 1_000 });
  });

  test("chance only shortens a wait", async () => {
    const { made, states } = await opened({ random: () => 0.5 });
    made.last.end(1006);
    expect(states.at(-1)).toMatchObject({ delayMs: 750 });
  });

  test("WSB-018: unanswered requests are sent again, the same envelope under a new id; answered ones are not", async () => {
    const { made, transport, outcome } = await opened();
    const second = sendNoting(transport, { envelopeId: "second" });
    await turn();
    made.last.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
    const before = made.last.requests[1];
    made.last.end(1012);
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.open();
    await turn();
    expect(made.last.requests).toHaveLength(1);
    const [again] = made.last.requests;
    expect(again?.params).toEqual(before?.params);
    expect(again?.id).not.toBe(before?.id);
    made.last.answer(0);
    await turn();
    expect(second).toMatchObject({ state: "answered", id: again?.id });
  });

  test.each([1001, 1005, 1006, 1011, 1012, 1013])("WSB-020: opens again after %i", async (code) => {
    const { made, outcome, states } = await opened();
    made.last.end(code);
    expect(states.at(-1)).toMatchObject({ status: "waiting", closeCode: code });
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.open();
    await turn();
    made.last.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
  });

  test("WSB-020: opens again after 1008 only after a second", async () => {
    const { made, states } = await opened({ reconnect: { baseMs: 10 } });
    made.last.end(1008);
    expect(states.at(-1)).toMatchObject({ status: "waiting", delayMs: 1_000 });
  });

  test.each([1002, 1003, 1007, 1009, 4000])(
    "fails what is pending after %i, and the next message opens anew",
    async (code) => {
      const { made, transport, outcome } = await opened();
      made.last.end(code, "because");
      await turn();
      const data = { url: "ws://127.0.0.1:1/asap/ws", close_code: code, reason: "because" };
      expect(outcome).toMatchObject({ state: "failed", code: "asap:transport/connection_failed", data });
      await vi.advanceTimersByTimeAsync(120_000);
      expect(made.sockets).toHaveLength(1);
      expect(transport.connection.state).toEqual({ status: "idle" });
      sendNoting(transport);
      await turn();
      expect(made.sockets).toHaveLength(2);
    },
  );

  test("after the peer's 1000 it opens again only for what is pending", async () => {
    const { made, transport } = await opened();
    made.last.end(1000);
    expect(transport.connection.state.status).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.open();
    await turn();
    made.last.answer(0);
    made.last.end(1000);
    expect(transport.connection.state).toEqual({ status: "idle" });
  });

  test("reconnect: false fails what is pending and opens for the next message only", async () => {
    const { made, transport, outcome } = await opened({ reconnect: false });
    made.last.end(1006);
    await turn();
    expect(outcome).toMatchObject({ state: "failed", code: "asap:transport/connection_failed" });
    expect(transport.connection.state).toEqual({ status: "idle" });
  });

  test("resume: false fails what was sent, and still opens again", async () => {
    const { made, transport, outcome } = await opened({ resume: false });
    made.last.end(1006);
    await turn();
    expect(outcome).toMatchObject({ state: "failed", code: "asap:transport/connection_failed" });
    const next = sendNoting(transport);
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.open();
    await turn();
    made.last.answer(0);
    await turn();
    expect(next.state).toBe("answered");
  });

  test("whileDisconnected: fail fails what is sent meanwhile, and only that", async () => {
    const { made, transport, outcome } = await opened({ whileDisconnected: "fail" });
    made.last.end(1006);
    const meanwhile = sendNoting(transport);
    await turn();
    expect(meanwhile).toMatchObject({ state: "failed", code: "asap:transport/connection_failed" });
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.open();
    await turn();
    made.last.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
  });

  test("before a connection was ever open, three failed attempts fail what waits", async () => {
    const { made, transport } = scripted();
    const outcome = sendNoting(transport);
    for (const waitMs of [0, 1_000, 2_000]) {
      expect(outcome.state).toBe("pending");
      await vi.advanceTimersByTimeAsync(waitMs);
      made.last.end(1006);
    }
    await turn();
    expect(outcome).toMatchObject({ state: "failed", code: "asap:transport/connection_failed" });
    expect(made.sockets).toHaveLength(3);
    expect(transport.connection.state).toEqual({ status: "idle" });
  });

  test("attempts bound the attempts after a loss", async () => {
    const { made, outcome } = await opened({ reconnect: { attempts: 2 } });
    made.last.end(1006);
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.end(1006);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(outcome.state).toBe("pending");
    made.last.end(1006);
    await turn();
    expect(outcome).toMatchObject({ state: "failed", code: "asap:transport/connection_failed" });
  });

  test("a socket that never opens is given up in time", async () => {
    const { made, transport } = scripted({ openTimeoutMs: 500, initialAttempts: 1 });
    const outcome = sendNoting(transport);
    await vi.advanceTimersByTimeAsync(499);
    expect(outcome.state).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toMatchObject({ state: "failed", code: "asap:transport/connection_failed" });
    expect(made.last.closes).toHaveLength(1);
  });

  test("a connection nobody needs is not opened again for ever", async () => {
    const { made, transport } = await opened({ idleMs: 5_000 });
    made.last.answer(0);
    made.last.end(1006);
    for (const waitMs of [1_000, 2_000, 4_000]) {
      await vi.advanceTimersByTimeAsync(waitMs);
      if (transport.connection.state.status === "connecting") made.last.end(1006);
    }
    expect(transport.connection.state).toEqual({ status: "idle" });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what the peer did not run", () => {
  const shuttingDown = { code: -32603, message: "Internal error", data: { code: "asap:transport/shutting_down" } };

  test("is sent again after the connection that a shutting down peer closes", async () => {
    const { made, transport, outcome } = await opened();
    made.last.receive({ jsonrpc: "2.0", error: shuttingDown, id: made.last.requests[0]?.id });
    const second = sendNoting(transport);
    await turn();
    expect(made.last.requests).toHaveLength(1);
    made.last.end(1001, "Server shutting down");
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.open();
    await turn();
    expect(made.last.requests.map(({ params }) => params.envelope.id)[0]).toBe("first");
    made.last.answer(0);
    made.last.answer(1);
    await turn();
    expect([outcome.state, second.state]).toEqual(["answered", "answered"]);
  });

  test("is sent again after five seconds where the peer does not close", async () => {
    const { made, outcome } = await opened();
    made.last.receive({ jsonrpc: "2.0", error: shuttingDown, id: made.last.requests[0]?.id });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(made.last.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(made.last.requests).toHaveLength(2);
    made.last.answer(1);
    await turn();
    expect(outcome.state).toBe("answered");
  });

  test("after -32001 messages go out ten a second", async () => {
    const { made, transport, outcome } = await opened();
    made.last.receive({ jsonrpc: "2.0", error: { code: -32001, message: "slow" }, id: made.last.requests[0]?.id });
    made.last.end(1008);
    for (let count = 0; count < 4; count++) sendNoting(transport);
    await vi.advanceTimersByTimeAsync(1_000);
    made.last.open();
    await turn();
    for (const count of [1, 2, 3, 4, 5]) {
      expect(made.last.requests).toHaveLength(count);
      await vi.advanceTimersByTimeAsync(100);
    }
    made.last.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
  });

  test("an error -32001 without an id slows down too and answers nobody", async () => {
    const { made, transport, outcome } = await opened();
    made.last.receive({ jsonrpc: "2.0", error: { code: -32001, message: "slow" }, id: null });
    await turn();
    expect(outcome.state).toBe("pending");
    sendNoting(transport);
    sendNoting(transport);
    await turn();
    expect(made.last.requests).toHaveLength(2);
  });

  test("is dropped when its caller gives up", async () => {
    const { made, transport } = await opened();
    const stop = new AbortController();
    const call = transport.send(messageOf({ signal: stop.signal })).catch((error) => error);
    made.last.receive({ jsonrpc: "2.0", error: shuttingDown, id: made.last.requests[1]?.id });
    stop.abort();
    expect(await call).toMatchObject({ code: "asap:transport/aborted" });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(made.last.requests).toHaveLength(2);
  });
});

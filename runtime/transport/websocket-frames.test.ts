import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AsapError } from "../error.js";
import { messageOf, scriptedSockets, sendNoting } from "../testing/scripted-websocket.js";
import { connectWebSocket, type WebSocketTransportOptions } from "./websocket.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const turn = () => vi.advanceTimersByTimeAsync(0);

async function opened(options: WebSocketTransportOptions = {}) {
  const made = scriptedSockets();
  const faults: AsapError[] = [];
  const transport = connectWebSocket("ws://127.0.0.1:1", {
    createWebSocket: made.create,
    onFault: (error) => faults.push(error),
    ...options,
  });
  const outcome = sendNoting(transport, { envelopeId: "first" });
  await turn();
  made.last.open();
  await turn();
  return { made, transport, outcome, faults, socket: made.last };
}

describe("requests", () => {
  test("WS-002, WS-003: answers are matched by id, in any order, and carry no idempotency key", async () => {
    const { transport, socket, outcome } = await opened();
    const second = sendNoting(transport);
    await turn();
    const [one, two] = socket.requests;
    expect(Object.keys(one?.params ?? {})).toEqual(["envelope"]);
    expect(one?.id).not.toBe(two?.id);
    socket.answer(1, { envelope: { id: "b" } });
    await turn();
    expect([outcome.state, second.state]).toEqual(["pending", "answered"]);
    expect(second).toMatchObject({ id: two?.id, response: { id: two?.id, result: { envelope: { id: "b" } } } });
    socket.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
  });

  test("a JSON-RPC error is an answer", async () => {
    const { socket, outcome } = await opened();
    const error = { code: -32601, message: "Method not found" };
    socket.receive({ jsonrpc: "2.0", error, id: socket.requests[0]?.id });
    await turn();
    expect(outcome).toMatchObject({ state: "answered", response: { error } });
  });

  test("a caller who gives up is answered at once, and the late answer is ignored", async () => {
    const { transport, socket, faults } = await opened();
    const stop = new AbortController();
    const call = transport.send(messageOf({ signal: stop.signal })).catch((error) => error);
    stop.abort();
    expect(await call).toMatchObject({ code: "asap:transport/aborted" });
    socket.answer(1);
    expect(faults).toEqual([]);
    const late = transport.send(messageOf({ signal: stop.signal })).catch((error) => error);
    expect(await late).toMatchObject({ code: "asap:transport/aborted" });
    expect(socket.requests).toHaveLength(2);
  });

  test("one that waits for a connection is dropped when its caller gives up", async () => {
    const made = scriptedSockets();
    const transport = connectWebSocket("ws://127.0.0.1:1", { createWebSocket: made.create });
    const stop = new AbortController();
    const call = transport.send(messageOf({ signal: stop.signal })).catch((error) => error);
    stop.abort();
    expect(await call).toMatchObject({ code: "asap:transport/aborted" });
    await turn();
    made.last.open();
    await turn();
    expect(made.last.requests).toEqual([]);
  });
});

describe("frames without jsonrpc", () => {
  test("WSB-008: a ping is answered with a pong, and a pong with silence", async () => {
    const { socket } = await opened();
    socket.receive({ type: "ping" });
    socket.receive({ type: "pong" });
    expect(socket.sent.slice(1)).toEqual(['{"type": "pong"}']);
  });

  test("WSB-023: no application ping is ever sent", async () => {
    const { socket } = await opened({ staleMs: 1e9, idleMs: 1e9 });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(socket.sent.filter((text) => text.includes('"ping"'))).toEqual([]);
  });

  test.each([
    [{ detail: "Request size (9 bytes) exceeds maximum (8 bytes)" }, "asap:transport/http_status", { status: 413 }],
    [
      { error: "Service Temporarily Unavailable", code: "asap:transport/thread_pool_exhausted", message: "m" },
      "asap:transport/http_status",
      { status: 503, code: "asap:transport/thread_pool_exhausted" },
    ],
    [{ detail: "Odd" }, "asap:transport/invalid_response", { detail: "Odd" }],
    [{}, "asap:transport/invalid_response", { reason: "not JSON-RPC" }],
  ])("WSB-022: %j is a fatal answer to the oldest request", async (frame, code, data) => {
    const { socket, transport, outcome, faults } = await opened();
    const second = sendNoting(transport);
    await turn();
    socket.receive(frame);
    await turn();
    expect(outcome).toMatchObject({ state: "failed", code, data });
    expect(second.state).toBe("pending");
    socket.answer(1);
    await turn();
    socket.receive(frame);
    expect(faults).toMatchObject([{ code: "asap:transport/invalid_response" }]);
  });

  test.each([-32700, -32600])("an error %i without an id answers the oldest request", async (code) => {
    const { socket, outcome } = await opened();
    socket.receive({ jsonrpc: "2.0", error: { code, message: "x" }, id: null });
    await turn();
    expect(outcome).toMatchObject({ state: "answered", response: { error: { code } } });
  });

  test("an error about the size, without an id, answers the largest request", async () => {
    const { socket, transport, outcome } = await opened();
    const large = sendNoting(transport, { envelopeText: JSON.stringify({ id: "large", text: "x".repeat(1_000) }) });
    await turn();
    const data = { code: "asap:transport/request_too_large" };
    socket.receive({ jsonrpc: "2.0", error: { code: -32600, message: "x", data }, id: null });
    await turn();
    expect([outcome.state, large.state]).toEqual(["pending", "answered"]);
  });
});

describe("frames that make no sense", () => {
  test.each([
    ["text that is not JSON", "{"],
    ["a list", "[1]"],
    ["a string", '"x"'],
    ["null", "null"],
    ["an answer to nothing", { jsonrpc: "2.0", result: {}, id: "other" }],
    ["an error to nothing", { jsonrpc: "2.0", error: { code: -32603, message: "x" }, id: null }],
    ["an unknown method", { jsonrpc: "2.0", method: "asap.other", params: { envelope: {} } }],
    ["a request without an envelope", { jsonrpc: "2.0", method: "asap.send", params: {} }],
  ])("are told and otherwise ignored: %s", async (_, frame) => {
    const { socket, outcome, faults } = await opened();
    socket.receive(frame);
    await turn();
    expect(faults).toMatchObject([{ code: "asap:transport/invalid_response" }]);
    socket.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
  });

  test("are told when binary; an onFault that throws disturbs nothing", async () => {
    const { socket, outcome } = await opened({
      onFault: () => {
        throw new Error("mine");
      },
    });
    socket.receiveBinary(new ArrayBuffer(1));
    socket.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
  });
});

describe("pushes", () => {
  test.each([
    ["a response with id null", { jsonrpc: "2.0", result: { envelope: { id: "p" } }, id: null }],
    ["a response without id", { jsonrpc: "2.0", result: { envelope: { id: "p" } } }],
    ["a response with an unknown id", { jsonrpc: "2.0", result: { envelope: { id: "p" } }, id: "x" }],
    ["a request", { jsonrpc: "2.0", method: "asap.send", params: { envelope: { id: "p" } }, id: "x" }],
  ])("WSB-019: %s reaches every listener, also when one throws", async (_, frame) => {
    const { socket, transport, faults } = await opened();
    const heard: unknown[] = [];
    transport.onPush(() => {
      throw new Error("mine");
    });
    const stop = transport.onPush((envelope) => heard.push(envelope));
    socket.receive(frame);
    expect(heard).toEqual([{ id: "p" }]);
    expect(faults).toMatchObject([{ code: "asap:rpc/internal_error" }]);
    stop();
    stop();
    socket.receive(frame);
    expect(heard).toHaveLength(1);
  });

  test("updates of a request reach that request alone, until it is answered", async () => {
    const { socket, transport } = await opened();
    const updates: unknown[] = [];
    const heard: unknown[] = [];
    transport.onPush((envelope) => heard.push(envelope));
    const outcome = sendNoting(transport, { envelopeId: "task", onUpdate: (envelope) => updates.push(envelope) });
    await turn();
    const frame = { jsonrpc: "2.0", result: { envelope: { correlation_id: "task" } }, id: null };
    socket.receive(frame);
    socket.answer(1);
    await turn();
    expect(outcome.state).toBe("answered");
    socket.receive(frame);
    expect([updates.length, heard.length]).toEqual([1, 1]);
  });

  test("a listener opens a connection and keeps it", async () => {
    const made = scriptedSockets();
    const transport = connectWebSocket("ws://127.0.0.1:1", {
      createWebSocket: made.create,
      idleMs: 1_000,
      staleMs: 1e9,
    });
    const stop = transport.onPush(() => {});
    await turn();
    made.last.open();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(made.last.closes).toEqual([]);
    stop();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(made.last.closes[0]).toBe(1000);
  });
});

describe("backpressure", () => {
  test("sending stops above the high mark and goes on below the low one", async () => {
    const { socket, transport } = await opened({ highWaterBytes: 1_000, lowWaterBytes: 100 });
    socket.bufferedAmount = 1_001;
    sendNoting(transport);
    const held = sendNoting(transport);
    socket.bufferedAmount = 500;
    await vi.advanceTimersByTimeAsync(100);
    expect(socket.requests).toHaveLength(2);
    socket.bufferedAmount = 50;
    await vi.advanceTimersByTimeAsync(10);
    expect(socket.requests).toHaveLength(3);
    socket.answer(2);
    await turn();
    expect(held.state).toBe("answered");
  });
});

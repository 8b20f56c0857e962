import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { messageOf, scriptedSockets, sendNoting } from "../testing/scripted-websocket.js";
import { connectWebSocket, createWebSocketPool } from "./websocket.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const turn = () => vi.advanceTimersByTimeAsync(0);
const url = "ws://127.0.0.1:1";

describe("connections", () => {
  test("WS-006: another is opened only beyond maxInFlight, up to maxConnections, then messages wait", async () => {
    const made = scriptedSockets();
    const transport = connectWebSocket(url, {
      createWebSocket: made.create,
      maxInFlight: 2,
      maxConnections: 2,
      maxQueued: 3,
    });
    const first = [1, 2, 3].map(() => sendNoting(transport));
    const over = sendNoting(transport);
    await turn();
    expect(over).toMatchObject({ state: "failed", code: "asap:transport/queue_full", data: { limit: 3 } });
    made.last.open();
    await turn();
    expect(made.sockets).toHaveLength(2);
    made.last.open();
    const more = [1, 2, 3, 4].map(() => sendNoting(transport));
    await turn();
    expect(made.sockets.map(({ requests }) => requests.length)).toEqual([2, 2]);
    expect(more.map(({ state }) => state)).toEqual(["pending", "pending", "pending", "pending"]);
    const late = sendNoting(transport);
    await turn();
    expect(late.code).toBe("asap:transport/queue_full");
    made.sockets[0]?.answer(0);
    await turn();
    expect(first[0]?.state).toBe("answered");
    expect(made.sockets.map(({ requests }) => requests.length)).toEqual([3, 2]);
    expect(made.sockets).toHaveLength(2);
  });

  test("WS-006: one that is idle for idleMs closes with 1000, and a later message opens another", async () => {
    const made = scriptedSockets();
    const transport = connectWebSocket(url, { createWebSocket: made.create });
    sendNoting(transport);
    await turn();
    made.last.open();
    await turn();
    made.last.answer(0);
    await vi.advanceTimersByTimeAsync(59_999);
    made.last.receive({ type: "ping" });
    expect(made.last.closes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(made.last.closes).toEqual([1000]);
    made.last.end(1000);
    expect(transport.connection.state).toEqual({ status: "idle" });
    expect(vi.getTimerCount()).toBe(0);
    const next = sendNoting(transport);
    await turn();
    made.last.open();
    await turn();
    made.last.answer(0);
    await turn();
    expect(next.state).toBe("answered");
  });

  test("a surplus connection that fails to open leaves the others alone", async () => {
    const made = scriptedSockets();
    const transport = connectWebSocket(url, { createWebSocket: made.create, maxInFlight: 1, initialAttempts: 1 });
    const outcomes = [1, 2].map(() => sendNoting(transport));
    await turn();
    made.last.open();
    await turn();
    made.last.end(1006);
    expect(transport.connection.state).toEqual({ status: "open" });
    made.sockets[0]?.answer(0);
    made.sockets[0]?.answer(1);
    await turn();
    expect(outcomes.map(({ state }) => state)).toEqual(["answered", "answered"]);
  });
});

describe("a shared pool", () => {
  test("WS-006: lends one connection to all with the same URL and headers", async () => {
    const made = scriptedSockets();
    await using pool = createWebSocketPool();
    const headers = () => ({ authorization: "Bearer x" });
    const shared = { pool, createWebSocket: made.create };
    const transports = [
      connectWebSocket(url, shared),
      connectWebSocket(url, shared),
      connectWebSocket(url, { ...shared, headers: { authorization: "Bearer y" } }),
      connectWebSocket(url, { ...shared, headers }),
      connectWebSocket(url, { ...shared, headers }),
    ];
    const outcomes = transports.map((transport) => sendNoting(transport));
    await turn();
    expect(made.sockets).toHaveLength(3);
    for (const socket of made.sockets) socket.open();
    await turn();
    expect(pool.size).toBe(3);
    expect(made.sockets.map(({ requests }) => requests.length)).toEqual([2, 1, 2]);

    const closing = transports[0]?.close();
    await turn();
    await closing;
    expect(outcomes[0]).toMatchObject({ state: "failed", code: "asap:transport/aborted" });
    expect(transports[0]?.connection.state.status).toBe("closed");
    expect(transports[1]?.connection.state.status).toBe("open");
    made.sockets[0]?.answer(1);
    await turn();
    expect(outcomes[1]?.state).toBe("answered");

    const last = transports[1]?.close();
    expect(made.sockets[0]?.closes).toEqual([1000]);
    made.sockets[0]?.end(1000);
    await last;
    expect(pool.size).toBe(2);
    const rest = pool.close();
    for (const socket of made.sockets.slice(1)) socket.end(1000);
    await rest;
    expect(outcomes[2]).toMatchObject({ state: "failed", code: "asap:transport/aborted" });
    expect(pool.size).toBe(0);
  });
});

describe("closing", () => {
  test("fails what is pending, does not wait for ever and leaves no timer", async () => {
    const made = scriptedSockets();
    const transport = connectWebSocket(url, { createWebSocket: made.create });
    const outcome = sendNoting(transport, { requiresAck: true });
    await turn();
    made.last.open();
    await turn();
    const closing = transport.close();
    expect(transport.close()).toBe(closing);
    await turn();
    expect(outcome).toMatchObject({ state: "failed", code: "asap:transport/aborted" });
    await vi.advanceTimersByTimeAsync(1_000);
    await closing;
    expect(transport.connection.state.status).toBe("closed");
    expect(vi.getTimerCount()).toBe(0);
    await expect(transport.send(messageOf())).rejects.toMatchObject({ code: "asap:transport/aborted" });
    transport.onPush(() => {})();
    await turn();
    expect(made.sockets).toHaveLength(1);
  });

  test("while it opens or waits, ends that", async () => {
    const made = scriptedSockets();
    const transport = connectWebSocket(url, { createWebSocket: made.create });
    const outcome = sendNoting(transport);
    await turn();
    await transport.close();
    expect(outcome.code).toBe("asap:transport/aborted");
    const other = connectWebSocket(url, { createWebSocket: made.create });
    const waiting = sendNoting(other);
    await turn();
    made.last.end(1006);
    expect(other.connection.state.status).toBe("waiting");
    await other.close();
    await turn();
    expect(waiting.code).toBe("asap:transport/aborted");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a socket that is made too late is closed", async () => {
    const made = scriptedSockets();
    let give = () => {};
    const ready = new Promise<void>((resolve) => {
      give = resolve;
    });
    const transport = connectWebSocket(url, { createWebSocket: () => ready.then(made.create) });
    sendNoting(transport);
    await transport.close();
    give();
    await turn();
    expect(made.last.closes).toHaveLength(1);
  });

  test("a listener of the state that throws disturbs nothing", async () => {
    const made = scriptedSockets();
    const transport = connectWebSocket(url, { createWebSocket: made.create });
    transport.connection.watch(() => {
      throw new Error("mine");
    });
    const outcome = sendNoting(transport);
    await turn();
    made.last.open();
    await turn();
    made.last.answer(0);
    await turn();
    expect(outcome.state).toBe("answered");
  });
});

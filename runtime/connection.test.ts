import { describe, expect, test } from "vitest";
import { type ConnectionState, createConnection } from "./connection.js";

const connecting = (attempt: number): ConnectionState => ({ status: "connecting", attempt });
const waiting = (attempt: number): ConnectionState => ({ status: "waiting", attempt, delayMs: 10 });

describe("the state of a connection", () => {
  test("begins idle and is what was set last", () => {
    const connection = createConnection("websocket");
    expect(connection).toMatchObject({ transport: "websocket", state: { status: "idle" } });
    connection.set({ status: "open" });
    expect(connection.state).toEqual({ status: "open" });
  });

  test("is told at every change, in order, until the listener stops", () => {
    const connection = createConnection("websocket");
    const seen: string[] = [];
    const stop = connection.watch(({ status }) => seen.push(status));
    connection.watch(() => {
      throw new Error("not mine");
    });
    const listener = ({ status }: ConnectionState) => void seen.push(`other ${status}`);
    connection.watch(listener);
    const stopSecond = connection.watch(listener);
    connection.set({ status: "open" });
    connection.set({ status: "open" });
    stop();
    stopSecond();
    connection.set(connecting(1));
    connection.set(connecting(2));
    expect(seen).toEqual(["open", "other open", "other open", "other connecting", "other connecting"]);
  });

  test("stays closed", () => {
    const connection = createConnection("http");
    connection.set({ status: "closed", closeCode: 1000 });
    connection.set({ status: "open" });
    expect(connection.state).toEqual({ status: "closed", closeCode: 1000 });
  });
});

describe("iterating over a connection", () => {
  test("gives the present state, every later one, and ends after closed", async () => {
    const connection = createConnection("websocket");
    const seen: ConnectionState[] = [];
    const reading = (async () => {
      for await (const state of connection) seen.push(state);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    connection.set(connecting(1));
    connection.set(waiting(2));
    await new Promise((resolve) => setImmediate(resolve));
    connection.set({ status: "open" });
    connection.set({ status: "closed" });
    await reading;
    expect(seen).toEqual([{ status: "idle" }, connecting(1), waiting(2), { status: "open" }, { status: "closed" }]);
    const late: ConnectionState[] = [];
    for await (const state of connection) late.push(state);
    expect(late).toEqual([{ status: "closed" }]);
  });

  test("may be left, which ends a read under way", async () => {
    const connection = createConnection("websocket");
    for await (const state of connection) {
      expect(state).toEqual({ status: "idle" });
      break;
    }
    const iterator = connection[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    const again = iterator.next();
    expect(await next).toEqual({ done: true, value: undefined });
    await iterator.return?.();
    expect(await again).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    connection.set({ status: "open" });
  });

  test("keeps the latest hundred states for a slow reader", async () => {
    const connection = createConnection("websocket");
    const iterator = connection[Symbol.asyncIterator]();
    for (let n = 1; n <= 150; n++) connection.set(connecting(n));
    expect(await iterator.next()).toEqual({ done: false, value: connecting(51) });
  });
});

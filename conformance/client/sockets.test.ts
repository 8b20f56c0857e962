import { describe, expect, test } from "vitest";
import type { Received, Session } from "./session.js";
import { waits } from "./sockets.js";

/** A request for a WebSocket that was opened, and when that ended. */
const opened = (atMs: number, endedAtMs?: number): Received => ({
  at: 0,
  method: "GET",
  target: "/asap/ws",
  headers: [["Upgrade", "websocket"]],
  body: Buffer.alloc(0),
  text: "",
  document: undefined,
  connection: 0,
  atMs,
  clockMs: atMs,
  sent: { status: 101, headers: [], body: Buffer.alloc(0), atMs },
  ...(endedAtMs === undefined ? {} : { endedAtMs }),
});
const sessionOf = (requests: readonly Received[]): Session => ({
  url: "http://127.0.0.1:1",
  requests,
  posted: [],
  env: {},
  end: { code: 0, signal: null, timedOut: false, leftBehind: false, elapsedMs: 1, output: "" },
});

describe("waits between WebSockets", () => {
  test("are those that were made", () => {
    expect(waits([1000])(sessionOf([opened(0, 100), opened(1100)])).outcome).toBe("pass");
    expect(waits([1000])(sessionOf([opened(0, 100), opened(400)]))).toMatchObject({ found: "waits of 300 ms" });
  });

  test("keep their places where one is opened beside another, which is no wait", () => {
    const session = sessionOf([opened(0), opened(10, 100), opened(1100, 1200), opened(1300)]);
    expect(waits([1000], 1)(session).outcome).toBe("pass");
    expect(waits([1000])(session)).toMatchObject({ found: "waits of 0 ms" });
  });
});

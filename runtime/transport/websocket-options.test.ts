import { describe, expect, test, vi } from "vitest";
import { connectWebSocket, type WebSocketTransportOptions } from "./websocket.js";
import { createWebSocket } from "./websocket-global.js";

const urlOf = (url: string, options: WebSocketTransportOptions = {}) => connectWebSocket(url, options).url;

describe("the URL", () => {
  test.each([
    ["http://127.0.0.1:8000", "ws://127.0.0.1:8000/asap/ws"],
    ["https://agent.example", "wss://agent.example/asap/ws"],
    ["https://agent.example/asap", "wss://agent.example/asap/ws"],
    ["https://agent.example/asap/ws", "wss://agent.example/asap/ws"],
    ["https://agent.example/one/", "wss://agent.example/one/asap/ws"],
    ["ws://localhost:1/asap/ws/", "ws://localhost:1/asap/ws"],
    ["wss://agent.example", "wss://agent.example/asap/ws"],
    ["wss://agent.example/asap", "wss://agent.example/asap/ws"],
    ["WSS://agent.example/asap/ws", "wss://agent.example/asap/ws"],
  ])("WSB-021: of %s is %s", (given, url) => {
    expect(urlOf(given)).toBe(url);
  });

  test("may have another path, and no encryption where that is allowed", () => {
    expect(urlOf("wss://agent.example", { socketPath: "/own/ws" })).toBe("wss://agent.example/own/ws");
    expect(urlOf("ws://agent.example", { allowInsecure: true })).toBe("ws://agent.example/asap/ws");
  });

  test.each([
    ["ws://agent.example", "asap:transport/insecure_url"],
    ["http://agent.example", "asap:transport/insecure_url"],
    ["wss://user:word@agent.example", "asap:config/invalid_option"],
    ["wss://agent.example?token=1", "asap:config/invalid_option"],
    ["wss://agent.example#here", "asap:config/invalid_option"],
    ["ftp://agent.example", "asap:config/invalid_option"],
    ["agent", "asap:config/invalid_option"],
  ])("is refused when it is %s", (url, code) => {
    expect(() => urlOf(url)).toThrow(expect.objectContaining({ code }));
  });
});

describe("options", () => {
  test.each<[WebSocketTransportOptions, string]>([
    [{ maxInFlight: 0 }, "maxInFlight"],
    [{ maxConnections: Number.NaN }, "maxConnections"],
    [{ reconnect: { jitter: 2 } }, "reconnect.jitter"],
    [{ ack: { timeoutMs: 0 } }, "ack.timeoutMs"],
    [{ headers: { "a b": "c" } }, "headers"],
    [{ whileDisconnected: "drop" as "fail" }, "whileDisconnected"],
    [{ pool: { size: 0 } as never }, "pool"],
    [{ breaker: { failures: 0 } }, "breaker.failures"],
  ])("%j is refused", (options, option) => {
    expect(() => urlOf("ws://127.0.0.1:1", options)).toThrow(
      expect.objectContaining({ code: "asap:config/invalid_option", data: expect.objectContaining({ option }) }),
    );
  });
});

describe("the platform's WebSocket", () => {
  test("is told to be missing where there is none", async () => {
    const { WebSocket: own } = globalThis;
    Reflect.deleteProperty(globalThis, "WebSocket");
    try {
      await expect(createWebSocket("ws://127.0.0.1:1")).rejects.toMatchObject({ code: "asap:config/missing_package" });
    } finally {
      if (own !== undefined) globalThis.WebSocket = own;
    }
  });

  test("is used where there is one", async () => {
    const { WebSocket: own } = globalThis;
    class Given {
      readonly url: string;
      constructor(url: string) {
        this.url = url;
      }
    }
    Object.assign(globalThis, { WebSocket: Given });
    try {
      expect(await createWebSocket("ws://127.0.0.1:1")).toMatchObject({ url: "ws://127.0.0.1:1" });
    } finally {
      if (own === undefined) Reflect.deleteProperty(globalThis, "WebSocket");
      else globalThis.WebSocket = own;
    }
  });
});

describe("the ws package", () => {
  test("is told to be missing, with the line that installs it, where it cannot be loaded", async () => {
    vi.doMock("ws", () => {
      throw new Error("not found");
    });
    try {
      const transport = connectWebSocket("ws://127.0.0.1:1");
      const signal = new AbortController().signal;
      const message = { envelopeText: "{}", envelopeId: "a", requiresAck: false, id: "a", idempotencyKey: "a" };
      await expect(transport.send({ ...message, signal, timeoutMs: 1_000 })).rejects.toMatchObject({
        code: "asap:config/missing_package",
        data: { package: "ws", install: "npm install ws" },
      });
      expect(transport.connection.state).toEqual({ status: "idle" });
      await transport.close();
    } finally {
      vi.doUnmock("ws");
    }
  });
});

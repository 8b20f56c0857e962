import { describe, expect, test } from "vitest";
import { isOfferedBy, isWebSocketUrl, webSocketUrls } from "./websocket-url.js";

describe("webSocketUrls()", () => {
  test.each([
    ["ws://127.0.0.1:80", "http://127.0.0.1", "ws://127.0.0.1/asap/ws"],
    ["ws://localhost:8000/asap/ws", "http://localhost:8000", "ws://localhost:8000/asap/ws"],
    ["WSS://agent.example/base/asap/ws/", "https://agent.example/base", "wss://agent.example/base/asap/ws"],
    ["wss://agent.example/base/asap", "https://agent.example/base", "wss://agent.example/base/asap/ws"],
    ["https://agent.example/asap", "https://agent.example", "wss://agent.example/asap/ws"],
    ["http://[::1]:8000/", "http://[::1]:8000", "ws://[::1]:8000/asap/ws"],
  ])("finds the addresses of %s", (url, baseUrl, socketUrl) => {
    expect(webSocketUrls(url, {}, "/asap", "/asap/ws")).toEqual({ baseUrl, socketUrl });
    expect(webSocketUrls(new URL(url), {}, "/asap", "/asap/ws")).toEqual({ baseUrl, socketUrl });
  });

  test("takes the paths of another protocol", () => {
    expect(webSocketUrls("wss://agent.example/rpc/socket", {}, "/rpc", "/rpc/socket")).toEqual({
      baseUrl: "https://agent.example",
      socketUrl: "wss://agent.example/rpc/socket",
    });
  });

  test.each([
    ["ws://agent.example", "asap:transport/insecure_url"],
    ["ws://user:secret@localhost", "asap:config/invalid_option"],
    ["ws://localhost/?token=1", "asap:config/invalid_option"],
    ["ftp://localhost", "asap:config/invalid_option"],
    ["ws:", "asap:config/invalid_option"],
  ])("refuses %s", (url, code) => {
    expect(() => webSocketUrls(url, {}, "/asap", "/asap/ws")).toThrow(expect.objectContaining({ code }));
  });

  test("takes a connection without encryption to another host where that is allowed", () => {
    const { socketUrl } = webSocketUrls("ws://agent.example", { allowInsecure: true }, "/asap", "/asap/ws");
    expect(socketUrl).toBe("ws://agent.example/asap/ws");
  });
});

test("isWebSocketUrl() goes by the scheme", () => {
  expect(["ws://a", "WSS://a", " ws://a"].map(isWebSocketUrl)).toEqual([true, true, true]);
  expect(["http://a", "wsx://a", "a/ws://b"].map(isWebSocketUrl)).toEqual([false, false, false]);
});

describe("isOfferedBy()", () => {
  test.each([
    ["ws://127.0.0.1:8000/asap/ws", "http://127.0.0.1:8000"],
    ["ws://127.0.0.1:80/other/asap/ws/", "http://127.0.0.1"],
    ["wss://agent.example/asap/ws", "https://agent.example/base"],
    ["wss://agent.example:443/asap/ws", "https://agent.example"],
    ["wss://agent.example:8443/asap/ws", "http://agent.example:8443"],
  ])("takes %s for %s", (events, base) => {
    expect(isOfferedBy(events, base, "/asap/ws")).toBe(true);
  });

  test.each([
    ["another host", "ws://evil.example/asap/ws", "http://agent.example"],
    ["another name of the same host", "ws://localhost:8000/asap/ws", "http://127.0.0.1:8000"],
    ["another port", "ws://127.0.0.1:8001/asap/ws", "http://127.0.0.1:8000"],
    ["another port by the scheme", "wss://agent.example/asap/ws", "http://agent.example"],
    ["less than the URL's encryption", "ws://agent.example:443/asap/ws", "https://agent.example"],
    ["another scheme", "https://agent.example/events", "https://agent.example"],
    ["credentials", "wss://user@agent.example/asap/ws", "https://agent.example"],
    ["credentials without a name", "wss://:secret@agent.example/asap/ws", "https://agent.example"],
    ["another path", "wss://agent.example/events", "https://agent.example"],
    ["a query", "wss://agent.example/asap/ws?token=1", "https://agent.example"],
    ["text that is no URL", "ws://", "http://agent.example"],
  ])("refuses %s", (_, events, base) => {
    expect(isOfferedBy(events, base, "/asap/ws")).toBe(false);
  });
});

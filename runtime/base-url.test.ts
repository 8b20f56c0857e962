import { describe, expect, test } from "vitest";
import { agentBaseUrl, httpUrl } from "./base-url.js";

const invalid = expect.objectContaining({ code: "asap:config/invalid_option" });

describe("agentBaseUrl()", () => {
  test.each([
    ["http://localhost:8000", "http://localhost:8000"],
    ["http://localhost:8000/", "http://localhost:8000"],
    ["http://localhost:8000/asap", "http://localhost:8000"],
    ["http://localhost:8000/asap/", "http://localhost:8000"],
    ["https://example.com/agents/one//", "https://example.com/agents/one"],
    ["https://example.com/agents/one/asap", "https://example.com/agents/one"],
    ["https://example.com/notasap", "https://example.com/notasap"],
    ["HTTPS://Example.com:443/", "https://example.com"],
  ])("finds the base of %s (CLIENT-001)", (given, base) => {
    expect(agentBaseUrl(given)).toBe(base);
  });

  test.each([
    "",
    "localhost:8000",
    "/asap",
    "ftp://localhost/",
    "ws://localhost/",
    "http://",
    "https://u:p@example.com/",
  ])("refuses %j", (text) => {
    expect(() => agentBaseUrl(text)).toThrow(invalid);
  });

  test.each(["https://example.com/?a=1", "https://example.com/#a"])("refuses the query or fragment of %s", (text) => {
    expect(() => agentBaseUrl(text)).toThrow(invalid);
  });

  test("does not repeat credentials in its error", () => {
    expect(() => agentBaseUrl("https://user:hunter2@example.com/")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });
});

describe("httpUrl()", () => {
  test.each(["http://localhost/", "http://127.0.0.1:1/", "http://[::1]:1/", "http://0x7f.1/", "https://example.com/"])(
    "takes %s",
    (text) => {
      expect(httpUrl(text).href).toMatch(/^https?:/);
    },
  );

  test.each(["http://example.com/", "http://127.0.0.2/", "http://localhost.example.com/", "http://10.0.0.1/"])(
    "refuses plain http in %s unless it is allowed (CLIENT-004)",
    (text) => {
      expect(() => httpUrl(text)).toThrow(expect.objectContaining({ code: "asap:transport/insecure_url" }));
      expect(httpUrl(text, { allowInsecure: true }).href).toBe(text);
    },
  );
});

import { describe, expect, test, vi } from "vitest";
import { guardedLog, type LogFields, redact } from "./log.js";

const hidden = "***REDACTED***";

describe("redact() (wire section 15.2)", () => {
  test.each([
    "password",
    "db_password",
    "token",
    "accessToken",
    "refresh_token",
    "SECRET",
    "client_secret",
    "key",
    "api_key",
    "apikey",
    "X-Api-Key",
    "authorization",
    "Authorization",
    "proxy-auth",
    "credentials",
  ])("LOG-001: replaces the value of %s", (name) => {
    expect(redact({ [name]: "canary", a: { b: [{ [name]: { deep: "canary" } }] } })).toEqual({
      [name]: hidden,
      a: { b: [{ [name]: hidden }] },
    });
  });

  test("leaves everything else, and the given object, as it is", () => {
    const fields = { envelope_id: "e", n: 5, on: true, none: null, list: [1, "x"], nested: { password: "p" } };
    expect(redact(fields)).toEqual({ ...fields, nested: { password: hidden } });
    expect(fields.nested.password).toBe("p");
    expect(redact({ missing: undefined })).toEqual({ missing: undefined });
  });

  test("of an error its name and text are kept, not its stack, cause or members", () => {
    const error = Object.assign(new TypeError("text", { cause: "canary" }), { token: "canary" });
    expect(redact({ error })).toEqual({ error: { name: "TypeError", message: "text" } });
  });

  test("a member named __proto__ stays plain data", () => {
    const redacted = redact(JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":{"password":"x"}}}'));
    expect(Object.keys(redacted)).toEqual(["__proto__", "a"]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(JSON.stringify(redacted)).not.toContain('"x"');
  });
});

describe("guardedLog()", () => {
  test("hands lines on to the log itself and leaves absent levels absent", () => {
    class Lines {
      readonly #lines: [string, LogFields][] = [];
      info(event: string, fields: LogFields): void {
        this.#lines.push([event, fields]);
      }
      get all() {
        return this.#lines;
      }
    }
    const lines = new Lines();
    const log = guardedLog(lines);
    expect(Object.keys(log)).toEqual(["info"]);
    log.info?.("e", { a: 1 });
    expect(lines.all).toEqual([["e", { a: 1 }]]);
  });

  test("drops what the log throws or rejects with", async () => {
    const lost = vi.fn();
    process.on("unhandledRejection", lost);
    const log = guardedLog({
      error: () => {
        throw new Error("canary");
      },
      warn: async () => {
        throw new Error("canary");
      },
    });
    expect(log.error?.("e", {})).toBeUndefined();
    expect(log.warn?.("e", {})).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", lost);
    expect(lost).not.toHaveBeenCalled();
  });
});

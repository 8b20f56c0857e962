import { describe, expect, test } from "vitest";
import { redact } from "./log.js";

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

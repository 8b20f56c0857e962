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

  test.each([true, false, null, undefined])("LOG-001: %s tells of no secret", (value) => {
    expect(redact({ authenticated: value, password: value })).toEqual({ authenticated: value, password: value });
  });

  test("the secret members of a private JWK are replaced, those of other objects with such names are not", () => {
    const jwk = { kty: "RSA", kid: "one", n: "n", e: "AQAB", d: "canary", p: "canary", q: "canary", k: "canary" };
    expect(redact({ jwk, d: "day", p: 1 })).toEqual({
      jwk: { ...jwk, d: hidden, p: hidden, q: hidden, k: hidden },
      d: "day",
      p: 1,
    });
  });

  test("a member named __proto__ stays plain data", () => {
    const redacted = redact(JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":{"password":"x"}}}'));
    expect(Object.keys(redacted)).toEqual(["__proto__", "a"]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(JSON.stringify(redacted)).not.toContain('"x"');
  });
});

const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ";
const pem = "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,00\n\ncanary+/=\n-----END RSA PRIVATE KEY-----";
const basic = "Y2xpZW50OmNhbmFyeS1jYW5hcnk=";

describe("redact() within texts", () => {
  test.each([
    ["Authorization: Bearer canary", "Authorization: ***REDACTED***"],
    ["sent Bearer canary.with-1~of+every/sign= there", "sent Bearer ***REDACTED*** there"],
    ["sent bearer  CANARY, twice: BEARER canary", "sent bearer  ***REDACTED***, twice: BEARER ***REDACTED***"],
    ["Bearer is-canary and Bearer token-canary", "Bearer ***REDACTED*** and Bearer ***REDACTED***"],
    ["Bearer%20canary", "Bearer%20***REDACTED***"],
    ["DPoP canary", "DPoP ***REDACTED***"],
    [`Basic ${basic}`, "Basic ***REDACTED***"],
    [`{"authorization":"Basic ${basic}","n":1}`, '{"authorization":"***REDACTED***","n":1}'],
    ["authorization: ApiKey canary one\r\nhost: a", "authorization: ***REDACTED***\r\nhost: a"],
    [`before ${jwt}, after`, "before ***REDACTED***, after"],
    [`x=%3D${jwt}.`, "x=%3D***REDACTED***."],
    ["client_secret=canary%20&scope=a", "client_secret=***REDACTED***&scope=a"],
    ["grant=a&refresh_token=canary", "grant=a&refresh_token=***REDACTED***"],
    ["https://a.example/cb?code=canary-code&state=1", "https://a.example/cb?code=***REDACTED***&state=1"],
    ["code_verifier=canary&client_assertion=canary", "code_verifier=***REDACTED***&client_assertion=***REDACTED***"],
    ["token=canary&token_type_hint=access_token", "token=***REDACTED***&token_type_hint=access_token"],
    ['{"access_token":"canary","token_type":"Bearer"}', '{"access_token":"***REDACTED***","token_type":"Bearer"}'],
    ['{"client_secret": "can\\"ary, canary", "n": 1}', '{"client_secret": "***REDACTED***", "n": 1}'],
    ['{"code":"canary12"}', '{"code":"***REDACTED***"}'],
    ['"{\\"refresh_token\\":\\"canary\\",\\"n\\":1}"', '"{\\"refresh_token\\":\\"***REDACTED***\\",\\"n\\":1}"'],
    ["{ clientSecret: 'canary canary', n: 1 }", "{ clientSecret: '***REDACTED***', n: 1 }"],
    ['{"client_secret":"canary', '{"client_secret":"***REDACTED***'],
    ["https://user:canary@a.example/x", "https://***REDACTED***@a.example/x"],
    ["wss://can@ary:canary@a.example:1", "wss://***REDACTED***@a.example:1"],
    ["postgres://canary@db", "postgres://***REDACTED***@db"],
    [pem, hidden],
    [JSON.stringify({ pem }), `{"pem":"${hidden}"}`],
    ["-----BEGIN PRIVATE KEY-----\ncanary", hidden],
    [`{"kty":"EC","d":"${"canary".repeat(7)}"}`, '{"kty":"EC","d":"***REDACTED***"}'],
  ])("%s", (text, safe) => {
    expect(redact({ text })).toEqual({ text: safe });
    expect(redact({ list: [{ text: safe }] })).toEqual({ list: [{ text: safe }] });
    expect(redact({ error: new Error(text) })).toEqual({ error: { name: "Error", message: safe } });
    expect(safe).not.toMatch(/canary/i);
  });

  test.each([
    "asap:auth/insufficient_scope",
    "token type",
    "auth gave what is no bearer token.",
    "It is not a Bearer token",
    'Bearer realm="asap", error="invalid_token", scope="asap:execute"',
    "Basic authentication is not offered",
    "The identity provider gave no token: invalid_grant: the code is over.",
    "token_type=Bearer&token_type_hint=access_token&code_challenge_method=S256",
    '{"code":"asap:auth/required","message":"Authentication required"}',
    '{"code":-32001,"data":{"code":"ECONNREFUSED"}}',
    "close_code=1008 reason=Token expired code=1008",
    "https://auth.example/realms/a?x=1, or mail a@b.example",
    "-----BEGIN PUBLIC KEY-----",
    "urn:asap:agent:secret-keeper",
    "01JABCDEFGHJKMNPQRSTVWXYZ0",
  ])("leaves %s as it is", (text) => {
    expect(redact({ text })).toEqual({ text });
  });

  test("hides nothing of this package's own lines", () => {
    const refused = { status: 401, reason: "claim exp", subject: "client-1" };
    const received = {
      envelope_id: "e",
      payload_type: "task.request",
      sender: "urn:asap:agent:a",
      authenticated: true,
    };
    const guarded = { issuer: "https://i.example", audience: ["a"], scope: "asap:execute", jwks_uri: "https://i/jwks" };
    const bound = { agent_id: "urn:asap:agent:a", subject: "client-1" };
    for (const line of [refused, received, guarded, bound]) expect(redact(line)).toEqual(line);
  });

  test("reads long texts once, whatever repeats in them", () => {
    const parts = [
      "-----BEGIN PRIVATE KEY-----",
      "-----BEGIN PRIVATE KEY-----x-",
      "a://",
      "https://u:",
      "a",
      "bearer ",
    ];
    const more = [
      "Basic ",
      'password:\\"',
      'password:"\\',
      "password\\",
      "password=",
      "eyJ",
      "eyJaaaaaaaaaaaa.",
      "eyJ.",
    ];
    const rest = ["code=", "d:'", 'authorization:"\\', " ", "\\", '"', "access_token", "@", "a:@", "-", "\n"];
    for (const part of [...parts, ...more, ...rest]) {
      const text = part.repeat(Math.ceil(300_000 / part.length));
      expect(typeof redact({ text })["text"]).toBe("string");
    }
  });

  test("a secret of ten million characters is replaced", () => {
    const long = "a".repeat(10_000_000);
    for (const text of [
      `Bearer ${long}`,
      `-----BEGIN PRIVATE KEY-----${long}`,
      `client_secret="${long}"`,
      `eyJ${long}`,
    ]) {
      expect(String(redact({ text })["text"]).length).toBeLessThan(100);
    }
    expect(String(redact({ text: "-".repeat(2_000_000) })["text"])).toHaveLength(1_000_001);
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

import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { issuerKey, startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";
import {
  type ClientCredentialsOptions,
  clientCredentials,
  type RefreshTokenOptions,
  refreshToken,
} from "./token-grants.js";
import { memoryTokens, type StoredTokens } from "./token-store.js";

const nowMs = 1_700_000_000_000;
let host: TestIssuer;
let answer: (response: ServerResponse) => void;
let metadata: object;
/** Authorization and body of each request for tokens. */
let asked: { readonly authorization: string | undefined; readonly body: string }[];

beforeAll(async () => {
  host = await startTestIssuer();
  host.intercept = (request, response) => {
    if (request.url?.startsWith("/.well-known/") === true) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(metadata));
      return true;
    }
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += String(chunk);
    });
    request.on("end", () => {
      asked.push({ authorization: request.headers.authorization, body });
      answer(response);
    });
    return true;
  };
});
afterAll(() => host.close());
beforeEach(() => {
  asked = [];
  metadata = { issuer: host.issuer, token_endpoint: `${host.issuer}/token` };
  answer = says(200, { access_token: "t", token_type: "Bearer" });
});

const says =
  (status: number, body: object | string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

const optionsOf = (more: Partial<ClientCredentialsOptions> = {}): ClientCredentialsOptions => ({
  issuer: host.issuer,
  clientId: "client",
  clientSecret: "canary-secret",
  egress: { allowLoopback: true },
  now: () => nowMs,
  ...more,
});

/** Asks once, and gives what is stored then. */
async function storedFrom(more: Partial<ClientCredentialsOptions> = {}): Promise<StoredTokens | undefined> {
  const inner = memoryTokens();
  let last: StoredTokens | undefined;
  const store = {
    ...inner,
    async set(key: string, tokens: StoredTokens) {
      last = tokens;
      await inner.set(key, tokens);
    },
  };
  await clientCredentials(optionsOf({ store, ...more })).token();
  return last;
}
const failure = (more: Partial<ClientCredentialsOptions> = {}) =>
  clientCredentials(optionsOf(more))
    .token()
    .catch((cause: unknown) => cause);

describe("an answer with a token", () => {
  test.each<[string, object, number]>([
    ["expires_in", { token_type: "bearer", expires_in: 120 }, 120],
    ["expires_in as a text", { token_type: "Bearer", expires_in: "120" }, 120],
    ["expires_at, in seconds since 1970", { expires_at: nowMs / 1_000 + 90 }, 90],
    ["both", { expires_in: 120, expires_at: nowMs / 1_000 + 90 }, 120],
    ["neither", { token_type: "BEARER" }, 3_600],
    ["a lifetime of a century", { expires_in: 3_153_600_000 }, 31_536_000],
  ])("tells its lifetime by %s", async (_, members, seconds) => {
    answer = says(200, { access_token: "t.1-2_3~4+5/6==", ...members });
    expect(await storedFrom()).toEqual({
      accessToken: "t.1-2_3~4+5/6==",
      obtainedAtMs: nowMs,
      expiresAtMs: nowMs + seconds * 1_000,
    });
  });

  test("may tell scopes and a refresh token", async () => {
    answer = says(200, { access_token: "t", token_type: "Bearer", scope: "a b", refresh_token: "r", more: [1] });
    expect(await storedFrom()).toMatchObject({ scope: "a b", refreshToken: "r" });
  });
});

describe("an answer without one", () => {
  test.each<[string, number, object | string, object]>([
    ["no JSON", 200, "<html>", {}],
    ["JSON of another kind", 200, "[]", {}],
    ["nothing", 200, "", {}],
    ["no token", 200, { token_type: "Bearer" }, {}],
    ["a token that is a number", 200, { access_token: 5, token_type: "Bearer" }, {}],
    ["a token with a line break", 200, { access_token: "a\r\nX: y", token_type: "Bearer" }, {}],
    ["an empty token", 200, { access_token: "", token_type: "Bearer" }, {}],
    ["a token bound to a key", 200, { access_token: "t", token_type: "DPoP" }, {}],
    ["a token of type MAC", 200, { access_token: "t", token_type: "mac" }, {}],
    ["a lifetime below 0", 200, { access_token: "t", token_type: "Bearer", expires_in: -1 }, {}],
    ["a lifetime that is no number", 200, { access_token: "t", token_type: "Bearer", expires_in: "soon" }, {}],
    ["a redirect", 307, "", { location: "/token" }],
    ["nothing, as 204", 204, "", {}],
    ["an error", 400, { error: "invalid_scope", error_description: "no" }, {}],
    ["a status alone", 404, "none", {}],
    ["more than is read", 200, `{"access_token":"t","token_type":"Bearer","x":"${"y".repeat(300_000)}"}`, {}],
  ])("is asap:auth/token_request_failed: %s", async (_, status, body, headers) => {
    answer = says(status, body, headers as Record<string, string>);
    const error = await failure();
    expect(error).toMatchObject({ code: "asap:auth/token_request_failed", retryable: false });
    expect((error as Error).message).toMatch(/^The identity provider gave no token: [\w ]+: [^\n]+\.$/);
    expect(String((error as Error).stack)).not.toContain("canary");
    expect(asked).toHaveLength(1);
  });

  test.each([500, 503, 429])("is asap:auth/unavailable with status %i", async (status) => {
    answer = says(status, { error: "server_error" });
    expect(await failure()).toMatchObject({
      code: "asap:auth/unavailable",
      data: { issuer: host.issuer, reason: `it answered with HTTP status ${status}` },
    });
  });

  test("is asap:auth/unavailable where the connection breaks or the answer takes too long", async () => {
    answer = (response) => response.destroy();
    expect(await failure()).toMatchObject({ code: "asap:auth/unavailable" });
    answer = () => undefined;
    expect(await failure({ timeoutMs: 300 })).toMatchObject({ code: "asap:auth/unavailable" });
  });
});

describe("metadata", () => {
  test.each<[string, object, string]>([
    ["names no token endpoint", {}, "asap:auth/unavailable"],
    ["names a file as token endpoint", { token_endpoint: "file:///etc/passwd" }, "asap:auth/unavailable"],
    ["names plain http elsewhere", { token_endpoint: "http://login.example/token" }, "asap:transport/insecure_url"],
    [
      "names a script as authorization endpoint",
      { token_endpoint: "https://a.example/t", authorization_endpoint: "javascript:alert(1)" },
      "asap:auth/unavailable",
    ],
    [
      "names credentials in a URL",
      { token_endpoint: "https://a.example/t", revocation_endpoint: "https://u:p@a.example/r" },
      "asap:auth/unavailable",
    ],
  ])("is not used where it %s", async (_, members, code) => {
    metadata = { issuer: host.issuer, ...members };
    expect(await failure()).toMatchObject({ code });
    expect(asked).toEqual([]);
  });

  test("is asked for once, whatever comes of the tokens", async () => {
    const before = host.asked.get("/.well-known/openid-configuration") ?? 0;
    const source = clientCredentials(optionsOf());
    source.refused(await source.token());
    answer = says(200, { access_token: "u", token_type: "Bearer" });
    expect(await source.token()).toBe("u");
    expect((host.asked.get("/.well-known/openid-configuration") ?? 0) - before).toBe(1);
  });
});

describe("options", () => {
  test("letters, digits and -._* of ids and secrets go into HTTP Basic as they are", async () => {
    await clientCredentials(optionsOf({ clientId: "urn:x y", clientSecret: "a-b.c_d*e" })).token();
    const [, credentials = ""] = asked[0]?.authorization?.split(" ") ?? [];
    expect(atob(credentials)).toBe("urn%3Ax+y:a-b.c_d*e");
    expect(asked[0]?.body).toBe("grant_type=client_credentials");
  });

  test.each<[string, object]>([
    ["issuer", { issuer: undefined }],
    ["issuer", { issuer: "login" }],
    ["issuer", { issuer: "ftp://login.example" }],
    ["issuer", { issuer: "https://login.example?x" }],
    ["tokenEndpoint", { tokenEndpoint: "/token" }],
    ["tokenEndpoint", { tokenEndpoint: "https://u:canary@login.example/token" }],
    ["clientId", { clientId: "" }],
    ["clientSecret", { clientSecret: "" }],
    ["clientSecret", { clientSecret: undefined }],
    ["clientSecret", { clientSecret: undefined, privateKey: "pem", clientAuthentication: "client_secret_post" }],
    ["privateKey", { clientAuthentication: "private_key_jwt" }],
    ["clientAuthentication", { clientAuthentication: "client_secret_jwt" }],
  ])("that cannot be used are refused at once, by the name %s", (option, more) => {
    const make = () => clientCredentials({ ...optionsOf(), ...more } as ClientCredentialsOptions);
    expect(make).toThrow(expect.objectContaining({ code: "asap:config/invalid_option", data: expect.anything() }));
    expect(make).toThrow(new RegExp(`^${option} `));
    expect(make).not.toThrow(/canary/);
  });

  test("plain http to another host is refused unless it is allowed", () => {
    const issuer = "http://login.example";
    expect(() => clientCredentials(optionsOf({ issuer }))).toThrow(
      expect.objectContaining({ code: "asap:transport/insecure_url" }),
    );
    expect(() => clientCredentials(optionsOf({ issuer, allowInsecure: true }))).not.toThrow();
  });

  test("an empty refresh token is refused", () => {
    const make = () => refreshToken({ ...optionsOf(), refreshToken: "" } as RefreshTokenOptions);
    expect(make).toThrow(/^refreshToken is empty/);
  });

  test("a private key that cannot sign is refused when it is first used, and not repeated", async () => {
    const { jwk } = await issuerKey("public");
    const secret = { kty: "oct", k: "canaryCanary" };
    const pem = "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----";
    for (const privateKey of [jwk, secret, pem, "canary"]) {
      const { clientSecret: _, ...others } = optionsOf({ privateKey });
      const error = await clientCredentials(others)
        .token()
        .catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: "asap:config/invalid_option", data: { option: "privateKey" } });
      expect(String((error as Error).stack)).not.toContain("canary");
    }
    expect(asked).toEqual([]);
  });
});

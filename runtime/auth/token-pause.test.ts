import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  asapScopes,
  jwtResource,
  type OidcProvider,
  publicClientId,
  secretClient,
  startOidcProvider,
} from "../testing/oidc-provider.js";
import { userAgent } from "../testing/user-agent.js";
import { type ClientCredentialsOptions, clientCredentials, refreshToken } from "./token-grants.js";
import { tokenKey } from "./token-keeper.js";
import { authorizationCode } from "./token-login.js";
import type { TokenSource } from "./token-source.js";
import { memoryTokens, type StoredTokens } from "./token-store.js";

let provider: OidcProvider;
let nowMs: number;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  nowMs = Date.now();
});
afterEach(() => {
  provider.intercept = undefined;
});

const sourceOf = (more: Partial<ClientCredentialsOptions> = {}): TokenSource =>
  clientCredentials({
    issuer: provider.issuer,
    ...secretClient,
    scope: asapScopes,
    egress: { allowLoopback: true },
    now: () => nowMs,
    ...more,
  });
const wrongSource = () => sourceOf({ clientSecret: "wrong" });
const invalidClient = { code: "asap:auth/token_request_failed", data: { error: "invalid_client" } };
const requestsFor = async (work: () => Promise<unknown>) => {
  const before = provider.tokenRequests();
  await work();
  return provider.tokenRequests() - before;
};
const failing = async (source: TokenSource, count: number, error: object) => {
  for (let call = 0; call < count; call += 1) await expect(source.token()).rejects.toMatchObject(error);
};

/** Answers requests for tokens in place of the provider. */
function answerWith(status: number, body: object): void {
  provider.intercept = (request, response) => {
    if (request.url !== "/token") return false;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    return true;
  };
}

describe("after a renewal that failed", () => {
  test("the issuer is not asked again for a second", async () => {
    const source = wrongSource();
    expect(await requestsFor(() => failing(source, 50, invalidClient))).toBe(1);
    nowMs += 999;
    expect(await requestsFor(() => failing(source, 1, invalidClient))).toBe(0);
    nowMs += 1;
    expect(await requestsFor(() => failing(source, 50, invalidClient))).toBe(1);
  });

  test("the wait doubles up to 30 seconds, and begins anew after a success", async () => {
    const source = sourceOf();
    answerWith(400, { error: "invalid_client" });
    await failing(source, 1, invalidClient);
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      nowMs += waitMs - 1;
      expect(await requestsFor(() => failing(source, 1, invalidClient))).toBe(0);
      nowMs += 1;
      expect(await requestsFor(() => failing(source, 2, invalidClient))).toBe(1);
    }
    provider.intercept = undefined;
    nowMs += 30_000;
    const token = await source.token();
    answerWith(400, { error: "invalid_client" });
    source.refused(token);
    await failing(source, 1, invalidClient);
    nowMs += 1_000;
    expect(await requestsFor(() => failing(source, 1, invalidClient))).toBe(1);
  });

  test("a clock that went back ends the wait", async () => {
    const source = wrongSource();
    await failing(source, 1, invalidClient);
    nowMs -= 3_600_000;
    expect(await requestsFor(() => failing(source, 5, invalidClient))).toBe(1);
  });

  test("a token that still holds is given meanwhile; one more that is refused ends the wait", async () => {
    const source = sourceOf();
    const token = await source.token();
    answerWith(503, {});
    nowMs += 580_000;
    const asked = await requestsFor(async () => {
      for (let call = 0; call < 20; call += 1) expect(await source.token()).toBe(token);
    });
    expect(asked).toBe(1);
    source.refused(token);
    const unavailable = { code: "asap:auth/unavailable" };
    expect(await requestsFor(() => failing(source, 1, unavailable))).toBe(1);
    source.refused(token);
    expect(await requestsFor(() => failing(source, 1, unavailable))).toBe(0);
  });

  test("the same token again, which a peer refused, is asked for once", async () => {
    answerWith(200, { access_token: "same", token_type: "Bearer", expires_in: 600 });
    const source = sourceOf();
    source.refused(await source.token());
    expect(await requestsFor(() => failing(source, 10, { data: { error: "same_token" } }))).toBe(1);
  });
});

describe("a login after a renewal that failed", () => {
  const options = () => ({
    issuer: provider.issuer,
    clientId: publicClientId,
    scope: asapScopes,
    resource: jwtResource,
    egress: { allowLoopback: true },
    store,
    now: () => nowMs,
  });
  const loggedIn = () => authorizationCode(options()).login((url) => userAgent().open(url));
  let store = memoryTokens();
  beforeEach(() => {
    store = memoryTokens();
  });

  test("ends the wait, also where another source has the failure", async () => {
    const own = authorizationCode(options());
    const other = refreshToken(options());
    for (const source of [own, other]) await failing(source, 2, { code: "asap:auth/login_failed" });
    await own.login((url) => userAgent().open(url));
    expect(await own.token()).toBe(await other.token());
  });

  test("is not judged by the failure of the tokens before it", async () => {
    await loggedIn();
    const key = tokenKey("user", options());
    const before = (await store.get(key)) as StoredTokens;
    await store.set(key, { ...before, refreshToken: "spent" });
    const source = refreshToken(options());
    const stale = await source.token();
    answerWith(503, {});
    source.refused(stale);
    await failing(source, 2, { code: "asap:auth/unavailable" });
    provider.intercept = undefined;
    await store.set(key, before);
    expect(await source.token()).not.toBe(stale);
  });
});

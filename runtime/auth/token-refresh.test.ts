import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  asapScopes,
  jwtResource,
  type OidcProvider,
  publicClientId,
  startOidcProvider,
} from "../testing/oidc-provider.js";
import { userAgent } from "../testing/user-agent.js";
import { fileTokens } from "./token-file.js";
import { type RefreshTokenOptions, refreshToken } from "./token-grants.js";
import { tokenKey } from "./token-keeper.js";
import { authorizationCode } from "./token-login.js";
import type { TokenSource } from "./token-source.js";
import { memoryTokens, type StoredTokens, type TokenStore } from "./token-store.js";

let provider: OidcProvider;
let store: TokenStore;
let nowMs: number;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  store = memoryTokens();
  nowMs = Date.now();
});
afterEach(() => {
  provider.intercept = undefined;
});

const optionsOf = (more: Partial<RefreshTokenOptions> = {}) => ({
  issuer: provider.issuer,
  clientId: publicClientId,
  scope: asapScopes,
  resource: jwtResource,
  egress: { allowLoopback: true },
  store,
  now: () => nowMs,
  ...more,
});
const key = () => tokenKey("user", optionsOf());
const kept = () => store.get(key());
const sourceOf = (more: Partial<RefreshTokenOptions> = {}): TokenSource => refreshToken(optionsOf(more));
/** Logs in, so that the store holds a refresh token. */
async function loggedIn(): Promise<StoredTokens> {
  await authorizationCode(optionsOf()).login((url) => userAgent().open(url));
  const tokens = await kept();
  if (tokens?.refreshToken === undefined) throw new Error("the login left no refresh token");
  return tokens;
}
const requestsFor = async (work: () => Promise<unknown>) => {
  const before = provider.tokenRequests();
  await work();
  return provider.tokenRequests() - before;
};
/** Makes an access token that is about to expire out of the stored one. */
const age = () => {
  nowMs += 575_000;
};
const invalidGrant = { code: "asap:auth/token_request_failed", data: { error: "invalid_grant", status: 400 } };
const nobody = { code: "asap:auth/login_failed", data: { reason: "nobody is logged in" } };

describe("the refresh token of a login", () => {
  test("is found under the same options, and used once the access token is about to expire", async () => {
    const { accessToken, refreshToken: first } = await loggedIn();
    const source = sourceOf();
    expect(await source.token()).toBe(accessToken);
    age();
    const renewed = await source.token();
    expect(renewed).not.toBe(accessToken);
    expect(decodeJwt(renewed)).toMatchObject({ sub: "user-1", aud: jwtResource, scope: asapScopes });
    expect(await kept()).toMatchObject({ accessToken: renewed, obtainedAtMs: nowMs });
    expect((await kept())?.refreshToken).not.toBe(first);
  });

  test("rotates each time, for as long as somebody asks", async () => {
    await loggedIn();
    const source = sourceOf();
    const seen = new Set<string | undefined>();
    for (let round = 0; round < 4; round += 1) {
      source.refused(await source.token());
      seen.add((await kept())?.refreshToken);
    }
    expect(seen.size).toBe(4);
  });

  test("is used once by 100 who ask at once", async () => {
    await loggedIn();
    age();
    const source = sourceOf();
    const asked = await requestsFor(async () => {
      const tokens = await Promise.all(Array.from({ length: 100 }, () => source.token()));
      expect(new Set(tokens).size).toBe(1);
    });
    expect(asked).toBe(1);
  });

  test("is forgotten once the issuer refused it; then nobody is logged in", async () => {
    await loggedIn();
    age();
    await store.set(key(), { ...((await kept()) as StoredTokens), refreshToken: "canary-refresh-token" });
    const source = sourceOf();
    const error = await source.token().catch((cause: unknown) => cause);
    expect(error).toMatchObject(invalidGrant);
    expect(JSON.stringify(error) + (error as Error).stack).not.toContain("canary");
    expect(await kept()).toBeUndefined();
    await expect(source.token()).rejects.toMatchObject(nobody);
  });

  test("stays while the issuer is down; a token that still holds is given until then", async () => {
    const { accessToken } = await loggedIn();
    const source = sourceOf();
    provider.intercept = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    age();
    expect(await source.token()).toBe(accessToken);
    nowMs += 30_000;
    await expect(source.token()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
    provider.intercept = undefined;
    nowMs += 30_000;
    expect(await source.token()).not.toBe(accessToken);
  });

  test("stays where a renewal brings no other", async () => {
    const { refreshToken: first } = await loggedIn();
    provider.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      response.setHeader("content-type", "application/json");
      response.end('{"access_token":"new","token_type":"Bearer"}');
      return true;
    };
    age();
    expect(await sourceOf().token()).toBe("new");
    expect((await kept())?.refreshToken).toBe(first);
  });
});

describe("a refresh token that is given", () => {
  test("is used where the store has none, and the rotated one after that", async () => {
    const { refreshToken: given = "" } = await loggedIn();
    await store.delete(key());
    const source = sourceOf({ refreshToken: given });
    const first = await source.token();
    source.refused(first);
    const second = await source.token();
    expect(second).not.toBe(first);
    expect((await kept())?.refreshToken).not.toBe(given);
    await store.set(key(), { ...((await kept()) as StoredTokens), refreshToken: "spent" });
    source.refused(second);
    const asked = await requestsFor(() => expect(source.token()).rejects.toMatchObject(invalidGrant));
    expect(asked).toBe(1);
  });

  test("outlives an issuer that is down at first", async () => {
    const { refreshToken: given = "" } = await loggedIn();
    await store.delete(key());
    const source = sourceOf({ refreshToken: given });
    provider.intercept = (_, response) => {
      response.writeHead(500).end();
      return true;
    };
    await expect(source.token()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
    provider.intercept = undefined;
    nowMs += 30_000;
    expect(decodeJwt(await source.token())).toMatchObject({ sub: "user-1" });
  });

  test("is used where the stored one is refused", async () => {
    const tokens = await loggedIn();
    await store.set(key(), { ...tokens, refreshToken: "spent" });
    age();
    expect(decodeJwt(await sourceOf({ refreshToken: tokens.refreshToken ?? "" }).token())).toMatchObject({
      sub: "user-1",
    });
  });

  test("is judged once, where it is refused", async () => {
    const source = sourceOf({ refreshToken: "unknown" });
    const asked = await requestsFor(async () => {
      await expect(source.token()).rejects.toMatchObject(invalidGrant);
      nowMs += 1_000;
      await expect(source.token()).rejects.toMatchObject(nobody);
    });
    expect(asked).toBe(1);
  });
});

describe("sources that share a store", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "asap-tokens-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test.each<[string, () => TokenStore]>([
    ["in memory", () => store],
    ["in a file that each opens for itself", () => fileTokens(join(folder, "tokens.json"))],
  ])("%s take turns with a refresh token that rotates", async (_, open) => {
    store = open();
    await loggedIn();
    const sources = Array.from({ length: 6 }, () => sourceOf({ store: open() }));
    for (let round = 0; round < 3; round += 1) {
      age();
      const asked = await requestsFor(async () => {
        const tokens = await Promise.all(sources.map((source) => source.token()));
        expect(new Set(tokens).size).toBe(1);
      });
      expect(asked).toBe(1);
    }
  });

  test("need no turns of a store that knows none", async () => {
    const inner = memoryTokens();
    store = { get: inner.get, set: inner.set, delete: inner.delete };
    const { accessToken } = await loggedIn();
    age();
    const source = sourceOf();
    const asked = await requestsFor(async () => {
      const tokens = await Promise.all(Array.from({ length: 100 }, () => source.token()));
      expect(new Set(tokens).size).toBe(1);
      expect(tokens[0]).not.toBe(accessToken);
    });
    expect(asked).toBe(1);
  });
});

describe("a store that fails", () => {
  const failed = { code: "asap:auth/token_store_failed" };

  test("loses no tokens: they are stored before they are given, without another request", async () => {
    const { accessToken } = await loggedIn();
    const inner = store;
    let isFull = true;
    store = {
      ...inner,
      async set(name, tokens) {
        if (isFull) throw new Error("disk full, canary");
        await inner.set(name, tokens);
      },
    };
    age();
    const source = sourceOf();
    const asked = await requestsFor(async () => {
      for (const _ of [1, 2]) {
        const error = await source.token().catch((cause: unknown) => cause);
        expect(error).toMatchObject(failed);
        expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain("canary");
      }
      isFull = false;
      expect(await source.token()).not.toBe(accessToken);
    });
    expect(asked).toBe(1);
    expect((await kept())?.accessToken).toBe(await source.token());
  });

  test("keeps newer tokens that another source stored meanwhile", async () => {
    await loggedIn();
    const inner = store;
    let isFull = true;
    const full = {
      ...inner,
      set: (...given: Parameters<TokenStore["set"]>) =>
        isFull ? Promise.reject(new Error("full")) : inner.set(...given),
    };
    age();
    const source = sourceOf({ store: full });
    await expect(source.token()).rejects.toMatchObject(failed);
    isFull = false;
    nowMs += 1_000;
    const { accessToken } = await loggedIn();
    expect(await source.token()).toBe(accessToken);
  });

  test.each<[string, Partial<TokenStore>]>([
    ["cannot be read", { get: () => Promise.reject(new Error("no")) }],
    [
      "throws at once",
      {
        get: () => {
          throw new Error("no");
        },
      },
    ],
    ["gives no turn", { exclusive: () => Promise.reject(new Error("no")) }],
    ["runs nothing in its turn", { exclusive: () => Promise.resolve(undefined as never) }],
  ])("is asap:auth/token_store_failed where it %s", async (_, broken) => {
    await expect(sourceOf({ store: { ...store, ...broken } }).token()).rejects.toMatchObject(failed);
  });

  test("is not trusted: what is no tokens is as nothing", async () => {
    const odd = { ...store, get: async () => ({ accessToken: 5 }) as unknown as StoredTokens };
    await expect(sourceOf({ store: odd }).token()).rejects.toMatchObject(nobody);
  });
});

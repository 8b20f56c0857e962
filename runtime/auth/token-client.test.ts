import { inspect } from "node:util";
import { decodeJwt, importPKCS8 } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  asapScopes,
  jwtResource,
  type OidcProvider,
  opaqueResource,
  plainClient,
  postClient,
  secretClient,
  signingClientId,
  startOidcProvider,
} from "../testing/oidc-provider.js";
import { type ClientCredentialsOptions, clientCredentials } from "./token-grants.js";
import type { TokenSource } from "./token-source.js";
import { memoryTokens } from "./token-store.js";

let provider: OidcProvider;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());
afterEach(() => {
  provider.intercept = undefined;
});

const optionsOf = (more: Partial<ClientCredentialsOptions> = {}): ClientCredentialsOptions => ({
  issuer: provider.issuer,
  ...secretClient,
  scope: asapScopes,
  egress: { allowLoopback: true },
  ...more,
});
const sourceOf = (more: Partial<ClientCredentialsOptions> = {}): TokenSource => clientCredentials(optionsOf(more));
/** The source of a client that has no secret. */
const signingSource = (more: Partial<ClientCredentialsOptions>): TokenSource => {
  const { clientSecret: _, ...others } = optionsOf({ clientId: signingClientId, ...more });
  return clientCredentials(others);
};
const requestsFor = async (work: () => Promise<unknown>) => {
  const before = provider.tokenRequests();
  await work();
  return provider.tokenRequests() - before;
};

describe("client credentials (OAUTH-001, OAU-009)", () => {
  test.each([
    ["a secret, by HTTP Basic", secretClient],
    ["a secret that must be encoded", plainClient],
    ["a secret in the body", { ...postClient, clientAuthentication: "client_secret_post" }],
  ] as const)("are shown as %s", async (_, client) => {
    const token = await sourceOf({ ...client, resource: jwtResource }).token();
    expect(decodeJwt(token)).toMatchObject({ sub: client.clientId, aud: jwtResource, scope: asapScopes });
  });

  test("are shown as an assertion signed by a JWK, a PEM or a CryptoKey", async () => {
    const { jwk, pem, kid } = provider.privateKey;
    const cryptoKey = await importPKCS8(pem, "RS256");
    for (const key of [{ privateKey: jwk }, { privateKey: pem, kid }, { privateKey: cryptoKey, kid }]) {
      expect(decodeJwt(await signingSource(key).token())).toMatchObject({ client_id: signingClientId });
    }
  });

  test("an assertion says what it is told to, such as another audience", async () => {
    const { jwk } = provider.privateKey;
    const good = signingSource({ privateKey: jwk, assertion: { audience: provider.tokenEndpoint } });
    expect(decodeJwt(await good.token())).toMatchObject({ client_id: signingClientId });
    const other = signingSource({ privateKey: jwk, assertion: { audience: "https://other.example" } });
    await expect(other.token()).rejects.toMatchObject({ data: { error: "invalid_client" } });
  });

  test("ask for a scope as a text or a list, a resource, an audience and what else is given", async () => {
    const read = decodeJwt(await sourceOf({ scope: ["asap:read"], resource: [jwtResource] }).token());
    expect(read).toMatchObject({ scope: "asap:read", aud: jwtResource });
    expect(await sourceOf({ audience: opaqueResource }).token()).not.toContain(".");
    expect(await sourceOf({ parameters: { audience: opaqueResource } }).token()).not.toContain(".");
  });

  test("need no metadata where the token endpoint is named", async () => {
    const { issuer: _, ...others } = optionsOf({ tokenEndpoint: provider.tokenEndpoint });
    const before = provider.asked.get("/.well-known/openid-configuration");
    expect(decodeJwt(await clientCredentials(others).token())).toMatchObject({ sub: secretClient.clientId });
    expect(provider.asked.get("/.well-known/openid-configuration")).toBe(before);
  });

  test("100 who ask at once share one request, and those after them its token", async () => {
    const source = sourceOf();
    const asked = await requestsFor(async () => {
      const tokens = await Promise.all(Array.from({ length: 100 }, () => source.token()));
      expect(new Set([...tokens, await source.token()]).size).toBe(1);
    });
    expect(asked).toBe(1);
  });

  test("sources of one store share its tokens; other scopes have others", async () => {
    const store = memoryTokens();
    const asked = await requestsFor(async () => {
      const first = await sourceOf({ store }).token();
      expect(await sourceOf({ store }).token()).toBe(first);
      expect(await sourceOf({ store, scope: "asap:read" }).token()).not.toBe(first);
    });
    expect(asked).toBe(2);
  });
});

describe("renewal", () => {
  test("comes when under 30 seconds of a token remain (OAUTH-003)", async () => {
    let nowMs = Date.now();
    const source = sourceOf({ now: () => nowMs });
    const first = await source.token();
    nowMs += 570_000;
    expect(await source.token()).toBe(first);
    nowMs += 1;
    expect(await source.token()).not.toBe(first);
  });

  test("comes when under 30 seconds remain of a token that lives hardly longer (OAUTH-003)", async () => {
    let nowMs = Date.now();
    provider.accessTokenSeconds = 31;
    const source = sourceOf({ now: () => nowMs });
    const first = await source.token();
    provider.accessTokenSeconds = 600;
    nowMs += 1_000;
    expect(await source.token()).toBe(first);
    nowMs += 1;
    expect(await source.token()).not.toBe(first);
  });

  test("comes at half of the life of a token that lives 30 seconds or less", async () => {
    let nowMs = Date.now();
    provider.accessTokenSeconds = 20;
    const source = sourceOf({ now: () => nowMs });
    const first = await source.token();
    provider.accessTokenSeconds = 600;
    nowMs += 10_000;
    expect(await source.token()).toBe(first);
    nowMs += 1;
    expect(await source.token()).not.toBe(first);
  });

  test("comes once after a peer refused the token, whoever else has it", async () => {
    const store = memoryTokens();
    const [one, other] = [sourceOf({ store }), sourceOf({ store })];
    const first = await one.token();
    expect(await other.token()).toBe(first);
    const asked = await requestsFor(async () => {
      one.refused(first);
      other.refused(first);
      const tokens = await Promise.all([one.token(), one.token(), other.token()]);
      expect(new Set(tokens).size).toBe(1);
      expect(tokens[0]).not.toBe(first);
    });
    expect(asked).toBe(1);
  });

  test("does not come for a token that is not given any more", async () => {
    const source = sourceOf();
    const first = await source.token();
    source.refused("another");
    expect(await source.token()).toBe(first);
  });

  test("fails where the issuer gives the refused token again", async () => {
    provider.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      response.setHeader("content-type", "application/json");
      response.end('{"access_token":"same","token_type":"Bearer","expires_in":600}');
      return true;
    };
    const source = sourceOf();
    source.refused(await source.token());
    await expect(source.token()).rejects.toMatchObject({
      code: "asap:auth/token_request_failed",
      data: { error: "same_token" },
    });
  });

  test("goes on for the others when one who waits gives up", async () => {
    let release = (): void => undefined;
    provider.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      release = () => {
        response.setHeader("content-type", "application/json");
        response.end('{"access_token":"late","token_type":"Bearer"}');
      };
      arrived();
      return true;
    };
    let arrived = (): void => undefined;
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const source = sourceOf();
    const stop = new AbortController();
    const [stopped, waiting] = [source.token(stop.signal), source.token()];
    await isThere;
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: "asap:transport/aborted" });
    release();
    expect(await waiting).toBe("late");
    await expect(source.token(stop.signal)).rejects.toMatchObject({ code: "asap:transport/aborted" });
  });
});

describe("an issuer that cannot be used", () => {
  test("is asap:auth/unavailable while it is down, and asked again once it is back", async () => {
    const own = await startOidcProvider();
    try {
      let nowMs = Date.now();
      const options = { issuer: own.issuer, now: () => nowMs };
      const [cold, warm] = [sourceOf(options), sourceOf(options)];
      const first = await warm.token();
      await own.stop();
      await expect(cold.token()).rejects.toMatchObject({ code: "asap:auth/unavailable", retryable: true });
      nowMs += 580_000;
      expect(await warm.token()).toBe(first);
      nowMs += 30_000;
      await expect(warm.token()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
      await own.start();
      nowMs += 30_000;
      expect(await cold.token()).not.toBe(await warm.token());
    } finally {
      await own.close();
    }
  });

  test("is asap:auth/issuer_mismatch where its metadata names another (OAU-010)", async () => {
    await expect(sourceOf({ issuer: `${provider.issuer}/` }).token()).rejects.toMatchObject({
      code: "asap:auth/issuer_mismatch",
      data: { expected: `${provider.issuer}/`, received: provider.issuer },
    });
  });

  test("is not reached on this host without leave", async () => {
    const asked = await requestsFor(async () => {
      for (const egress of [{}, { allowPrivate: true }]) {
        await expect(sourceOf({ egress }).token()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
        const direct = sourceOf({ egress, tokenEndpoint: provider.tokenEndpoint });
        await expect(direct.token()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
      }
    });
    expect(asked).toBe(0);
  });
});

describe("a request that is refused", () => {
  const everything = (error: unknown) => `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}`;

  test("is asap:auth/token_request_failed, which holds the issuer's error and no secret", async () => {
    const clientSecret = "canary-wrong secret";
    const error = await sourceOf({ clientSecret })
      .token()
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: "asap:auth/token_request_failed",
      data: { issuer: provider.issuer, error: "invalid_client", status: 401 },
    });
    expect(everything(error)).not.toContain("canary");
  });

  test("holds no secret either where the issuer repeats it in any form", async () => {
    provider.intercept = (request, response) => {
      if (request.url !== "/token") return false;
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += String(chunk);
      });
      request.on("end", () => {
        const words = `${body} ${new URLSearchParams(body).get("client_secret")} ${"x".repeat(500)}`;
        response.writeHead(400, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: "invalid_request", error_description: `\u001b[31m${words}` }));
      });
      return true;
    };
    const client = { clientSecret: "canary secret+%/é", clientAuthentication: "client_secret_post" } as const;
    const error = await sourceOf(client)
      .token()
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "asap:auth/token_request_failed", data: { error: "invalid_request" } });
    expect(everything(error)).not.toContain("canary");
    const { message } = error as Error;
    expect([message.includes("\u001b"), message.length < 400]).toEqual([false, true]);
  });
});

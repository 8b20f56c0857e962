import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  asapScopes,
  jwtResource,
  type OidcProvider,
  publicClientId,
  startOidcProvider,
} from "../testing/oidc-provider.js";
import { userAgent } from "../testing/user-agent.js";
import { refreshToken } from "./token-grants.js";
import { tokenKey } from "./token-keeper.js";
import { authorizationCode, type Login } from "./token-login.js";
import { memoryTokens, type TokenStore } from "./token-store.js";

let provider: OidcProvider;
let store: TokenStore;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  store = memoryTokens();
});
afterEach(() => {
  provider.intercept = undefined;
});

const optionsOf = () => ({
  issuer: provider.issuer,
  clientId: publicClientId,
  scope: asapScopes,
  resource: jwtResource,
  egress: { allowLoopback: true },
  store,
});
const kept = () => store.get(tokenKey("user", optionsOf()));
const revocations = () => provider.asked.get("/token/revocation") ?? 0;
const nobody = { code: "asap:auth/login_failed", data: { reason: "nobody is logged in" } };

async function loggedIn(): Promise<Login> {
  const login = authorizationCode(optionsOf());
  await login.login((url) => userAgent().open(url));
  return login;
}

/** Answers requests for one path in place of the provider. */
function answers(path: string, status: number, body: object): void {
  provider.intercept = (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== path) return false;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    return true;
  };
}

describe("logout", () => {
  test("forgets the tokens and revokes the refresh token", async () => {
    const login = await loggedIn();
    const token = (await kept())?.refreshToken ?? "";
    const before = revocations();
    await login.logout();
    expect([await kept(), revocations() - before]).toEqual([undefined, 1]);
    await expect(login.token()).rejects.toMatchObject(nobody);
    const spent = refreshToken({ ...optionsOf(), refreshToken: token });
    await expect(spent.token()).rejects.toMatchObject({ data: { error: "invalid_grant" } });
  });

  test("revokes the access token where there is no refresh token", async () => {
    const login = await loggedIn();
    const { refreshToken: _, ...tokens } = (await kept()) ?? { accessToken: "", obtainedAtMs: 0, expiresAtMs: 0 };
    await store.set(tokenKey("user", optionsOf()), tokens);
    let body = "";
    provider.intercept = (request, response) => {
      if (request.url !== "/token/revocation") return false;
      request.on("data", (chunk: Buffer) => {
        body += String(chunk);
      });
      request.on("end", () => response.writeHead(200).end());
      return true;
    };
    await login.logout();
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      client_id: publicClientId,
      token: tokens.accessToken,
      token_type_hint: "access_token",
    });
  });

  test("revokes nothing where nobody is logged in, or the issuer offers nothing", async () => {
    const before = revocations();
    await authorizationCode(optionsOf()).logout();
    const { issuer, tokenEndpoint: token_endpoint } = provider;
    const metadata = { issuer, token_endpoint, authorization_endpoint: `${issuer}/auth` };
    answers("/.well-known/openid-configuration", 200, metadata);
    const login = await loggedIn();
    expect(await kept()).toBeDefined();
    await login.logout();
    expect([await kept(), revocations()]).toEqual([undefined, before]);
  });

  test.each([
    [503, "asap:auth/unavailable"],
    [400, "asap:auth/token_request_failed"],
  ])("forgets the tokens also where the issuer answers %i, and tells that", async (status, code) => {
    const login = await loggedIn();
    answers("/token/revocation", status, { error: "unsupported_token_type" });
    await expect(login.logout()).rejects.toMatchObject({ code });
    expect(await kept()).toBeUndefined();
    await expect(login.token()).rejects.toMatchObject(nobody);
  });

  test("is forgotten by a login after it", async () => {
    const login = await loggedIn();
    await login.logout();
    await login.login((url) => userAgent().open(url));
    expect(await login.token()).toBe((await kept())?.accessToken);
  });
});

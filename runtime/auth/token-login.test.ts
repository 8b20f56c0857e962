import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  asapScopes,
  jwtResource,
  type OidcProvider,
  publicClientId,
  startOidcProvider,
} from "../testing/oidc-provider.js";
import { userAgent } from "../testing/user-agent.js";
import { type AuthorizationCodeOptions, authorizationCode, type Login } from "./token-login.js";

let provider: OidcProvider;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  provider.login = "accept";
  provider.intercept = undefined;
});

const optionsOf = (more: Partial<AuthorizationCodeOptions> = {}): AuthorizationCodeOptions => ({
  issuer: provider.issuer,
  clientId: publicClientId,
  scope: `openid ${asapScopes}`,
  resource: jwtResource,
  egress: { allowLoopback: true },
  ...more,
});
const loginTo = (more: Partial<AuthorizationCodeOptions> = {}): Login => authorizationCode(optionsOf(more));

describe("login", () => {
  test("ends with a token of whoever logged in, and shows a page without it", async () => {
    const login = loginTo();
    let page = { status: 0, body: "" };
    let opened = Promise.resolve();
    await login.login((url) => {
      opened = userAgent()
        .open(url)
        .then((answer) => {
          page = answer;
        });
    });
    await opened;
    expect(page).toMatchObject({ status: 200, body: "You are logged in. This page can be closed.\n" });
    const token = await login.token();
    expect(decodeJwt(token)).toMatchObject({ sub: "user-1", aud: jwtResource, scope: asapScopes });
  });
});

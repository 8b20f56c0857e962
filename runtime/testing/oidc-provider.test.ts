import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  agentClaim,
  asapScopes,
  jwtResource,
  type OidcProvider,
  opaqueResource,
  plainClient,
  publicClientId,
  secretClient,
  startOidcProvider,
} from "./oidc-provider.js";
import { userAgent } from "./user-agent.js";

let provider: OidcProvider;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());

const post = async (url: string, parameters: Record<string, string>, client?: typeof secretClient) => {
  const encoded = (part: string) => new URLSearchParams({ part }).toString().slice("part=".length);
  const basic = client && btoa(`${encoded(client.clientId)}:${encoded(client.clientSecret)}`);
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams(parameters),
    headers: basic === undefined ? {} : { authorization: `Basic ${basic}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
};
const clientToken = async (parameters: Record<string, string> = {}, client = secretClient) => {
  const asked = { grant_type: "client_credentials", scope: asapScopes, ...parameters };
  return (await post(provider.tokenEndpoint, asked, client)).body["access_token"] ?? "";
};

describe("the provider of the tests", () => {
  test("client credentials give an RS256 at+jwt with the audience, the agent and the scopes", async () => {
    for (const client of [secretClient, plainClient]) {
      const token = await clientToken({ resource: jwtResource }, client);
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: "RS256", typ: "at+jwt", kid: "key-1" });
      expect(decodeJwt(token)).toMatchObject({
        iss: provider.issuer,
        aud: jwtResource,
        sub: client.clientId,
        client_id: client.clientId,
        scope: asapScopes,
        [agentClaim]: "urn:asap:agent:server",
      });
    }
  });

  test("the audience may be named as Auth0 does; the opaque resource gives opaque tokens that introspect", async () => {
    const token = await clientToken({ audience: opaqueResource });
    expect(token).not.toContain(".");
    const { body } = await post(provider.introspectionEndpoint, { token }, secretClient);
    expect(body).toMatchObject({ active: true, aud: opaqueResource, scope: asapScopes });
    expect((await post(provider.introspectionEndpoint, { token: "none" }, secretClient)).body["active"]).toBe(false);
  });

  test("code with PKCE, refresh with rotation, a refresh token used twice ends the grant", async () => {
    const verifier = "v".repeat(43);
    const redirect = "http://127.0.0.1:4711/callback";
    const query = new URLSearchParams({
      client_id: publicClientId,
      response_type: "code",
      redirect_uri: redirect,
      scope: `openid ${asapScopes}`,
      resource: jwtResource,
      state: "s1",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    });
    const { urls } = await userAgent().open(`${provider.issuer}/auth?${query}`, (url) => url.port === "4711");
    const back = new URL(urls.at(-1) ?? "").searchParams;
    expect(back.get("state")).toBe("s1");
    expect(back.get("iss")).toBe(provider.issuer);
    const exchange = { grant_type: "authorization_code", code: back.get("code") ?? "", redirect_uri: redirect };
    const first = await post(provider.tokenEndpoint, {
      ...exchange,
      client_id: publicClientId,
      code_verifier: verifier,
    });
    expect(first.status).toBe(200);
    expect(decodeJwt(first.body["access_token"] ?? "")).toMatchObject({ aud: jwtResource, sub: "user-1" });
    const refresh = (token = "") =>
      post(provider.tokenEndpoint, { grant_type: "refresh_token", refresh_token: token, client_id: publicClientId });
    const second = await refresh(first.body["refresh_token"]);
    expect(second.status).toBe(200);
    expect(second.body["refresh_token"]).not.toBe(first.body["refresh_token"]);
    expect(await refresh(first.body["refresh_token"])).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect((await refresh(second.body["refresh_token"])).status).toBe(400);
  });

  test("a login may be denied", async () => {
    provider.login = "deny";
    const challenge = createHash("sha256").update("v".repeat(43)).digest("base64url");
    const query = `client_id=${publicClientId}&response_type=code&redirect_uri=${encodeURIComponent("http://127.0.0.1:4711/callback")}&scope=openid&state=s&code_challenge=${challenge}&code_challenge_method=S256`;
    const { urls } = await userAgent().open(`${provider.issuer}/auth?${query}`, (url) => url.port === "4711");
    expect(new URL(urls.at(-1) ?? "").searchParams.get("error")).toBe("access_denied");
    provider.login = "accept";
  });

  test("keys rotate while it runs, lifetimes change, it stops and starts on its port", async () => {
    const kids = async () => {
      const { keys } = (await (await fetch(provider.jwksUri)).json()) as { keys: { kid: string }[] };
      return keys.map(({ kid }) => kid);
    };
    await provider.rotateKeys("old");
    expect(await kids()).toEqual(["key-2", "key-1"]);
    await provider.rotateKeys();
    expect(await kids()).toEqual(["key-3"]);
    provider.accessTokenSeconds = 5;
    const { iat = 0, exp = 0 } = decodeJwt(await clientToken());
    expect(exp - iat).toBe(5);
    await provider.stop();
    await expect(fetch(provider.jwksUri)).rejects.toThrow();
    await provider.start();
    const before = provider.tokenRequests();
    expect(decodeProtectedHeader(await clientToken()).kid).toBe("key-3");
    expect(provider.tokenRequests()).toBe(before + 1);
  });
});

import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { connectMemory } from "../client.js";
import { isAsapError } from "../error.js";
import { skill } from "../skill.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";
import { agentIdClaim } from "./identity.js";
import { auth0, entra, google, keycloak, type Provider } from "./providers.js";
import { type ResourceServerOptions, resourceServer } from "./resource-server.js";
import { clientCredentials } from "./token-grants.js";
import { authorizationCode } from "./token-login.js";

const id = "urn:asap:agent:guarded";
const bound = { [agentIdClaim]: id, scope: undefined };
const tenant = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";

let host: TestIssuer;
/** URLs that were asked for, as the preset names them. */
let asked: string[] = [];
/** Bodies of token requests. */
let bodies: URLSearchParams[] = [];
/** Issuer that the metadata names. */
let issuer = "";

beforeAll(async () => {
  host = await startTestIssuer();
  host.intercept = (request, response) => {
    const path = new URL(request.url ?? "/", host.issuer).pathname;
    if (path.endsWith("/jwks") || path.endsWith("keys")) {
      response.end(JSON.stringify({ keys: host.keys.map(({ jwk }) => jwk) }));
    } else if (path.endsWith("/.well-known/openid-configuration")) {
      const base = issuer.replace(/\/$/, "");
      const endpoints = { jwks_uri: `${base}/jwks`, token_endpoint: `${base}/token` };
      response.end(JSON.stringify({ issuer, ...endpoints, authorization_endpoint: `${base}/authorize` }));
    } else return false;
    return true;
  };
});
afterAll(() => host.close());
beforeEach(() => {
  asked = [];
  bodies = [];
});

/** Sends what goes to the provider to this host. */
const reroute: typeof fetch = async (input, init) => {
  const url = String(input);
  asked.push(url);
  if (init?.method === "POST") {
    bodies.push(new URLSearchParams(String(init.body)));
    return Response.json({ access_token: "token-of-the-provider", token_type: "Bearer", expires_in: 60 });
  }
  return fetch(`${host.issuer}${new URL(url).pathname}`, init);
};

/** HTTP status with which an agent that trusts a provider answers a token. */
async function statusOf(provider: Provider, token: string, more: Partial<ResourceServerOptions> = {}): Promise<number> {
  const auth = resourceServer({ ...provider.server, audience: testAudience, fetch: reroute, env: {}, ...more });
  const agent = createAgent({ id, skills: { echo: skill({ description: "Echo", run: (input) => input }) }, auth });
  const peer = connectMemory(agent, { authorization: `Bearer ${token}` });
  try {
    await peer.run("echo", {});
    return 200;
  } catch (error) {
    const data = isAsapError(error) ? (error.data["data"] as { status_code?: number } | undefined) : undefined;
    if (data?.status_code === undefined) throw error;
    return data.status_code;
  }
}

/** Gets a token by client credentials as a provider's preset has it. */
async function asksFor(provider: Provider, scope: string): Promise<URLSearchParams | undefined> {
  issuer = provider.client.issuer;
  const source = clientCredentials({
    scope,
    ...provider.client,
    clientId: "c",
    clientSecret: "secret",
    fetch: reroute,
  });
  expect(await source.token()).toBe("token-of-the-provider");
  return bodies[0];
}

describe("Auth0", () => {
  const preset = auth0({ domain: "Example.eu.auth0.com", audience: testAudience });

  test("has an issuer that ends in a slash, and the audience on both sides", () => {
    const named = "https://example.eu.auth0.com/";
    expect(preset).toEqual({
      issuer: named,
      server: { issuer: named, audience: testAudience },
      client: { issuer: named, audience: testAudience },
    });
  });

  test("is asked for tokens with the parameter audience, at the metadata below its domain", async () => {
    const body = await asksFor(preset, "asap:execute");
    expect(body?.get("audience")).toBe(testAudience);
    expect(asked[0]).toBe("https://example.eu.auth0.com/.well-known/openid-configuration");
  });

  test("its JWT holds; its opaque token does not", async () => {
    issuer = preset.issuer;
    const sub = "AbCd@clients";
    const claims = { ...bound, iss: issuer, sub, azp: "AbCd", gty: "client-credentials", scope: "asap:execute" };
    expect(await statusOf(preset, await host.mint(claims, { typ: "JWT" }))).toBe(200);
    expect(await statusOf(preset, "vQy3nGoP-opaque")).toBe(401);
  });

  test.each(["https://example.eu.auth0.com", "example", "", "evil.example/x.auth0.com"])(
    "no domain is %j",
    (domain) => {
      expect(() => auth0({ domain, audience: "a" })).toThrow(/^domain /);
    },
  );
});

describe("Keycloak", () => {
  test("has an issuer per realm below its URL, with the path it may have", () => {
    expect(keycloak({ url: "https://login.example/", realm: "agents" }).issuer).toBe(
      "https://login.example/realms/agents",
    );
    expect(keycloak({ url: "https://login.example/auth", realm: "my agents" }).issuer).toBe(
      "https://login.example/auth/realms/my%20agents",
    );
  });

  test("its token holds once a mapper adds the audience", async () => {
    const preset = keycloak({ url: host.issuer, realm: "agents" });
    issuer = preset.issuer;
    const claims = { ...bound, iss: issuer, typ: "Bearer", azp: "my-agent", scope: "profile asap:execute email" };
    const mapped = await host.mint({ ...claims, aud: ["account", testAudience] }, { typ: "JWT" });
    const plain = await host.mint({ ...claims, aud: "account" }, { typ: "JWT" });
    expect([await statusOf(preset, mapped), await statusOf(preset, plain)]).toEqual([200, 401]);
    expect(asked[0]).toBe(`${host.issuer}/realms/agents/.well-known/openid-configuration`);
  });

  test("neither a URL without a scheme nor an empty realm is taken", () => {
    expect(() => keycloak({ url: "login.example", realm: "r" })).toThrow(/^url /);
    expect(() => keycloak({ url: "https://login.example", realm: "" })).toThrow(/^realm /);
  });
});

describe("Google", () => {
  const preset = google();

  test("asks for a refresh token at a login", async () => {
    issuer = preset.issuer;
    const login = authorizationCode({ ...preset.client, clientId: "c", clientSecret: "secret", fetch: reroute });
    let opened = new URL("http://none");
    const stop = new AbortController();
    const ended = login.login((url) => {
      opened = new URL(url);
      stop.abort();
    }, stop.signal);
    await expect(ended).rejects.toMatchObject({ code: "asap:transport/aborted" });
    expect(opened.origin).toBe("https://accounts.google.com");
    expect(Object.fromEntries(opened.searchParams)).toMatchObject({ access_type: "offline", prompt: "consent" });
  });

  test("opens no agent: access tokens are opaque, id tokens are none and hold no scope", async () => {
    issuer = preset.issuer;
    const claims = { ...bound, iss: issuer };
    const loggedIn = await host.mint({ ...claims, scope: "asap:execute", at_hash: "x" }, { typ: "JWT" });
    const ofService = await host.mint(claims, { typ: "JWT" });
    expect(await statusOf(preset, "ya29.a0AfH6SM-opaque")).toBe(401);
    expect(await statusOf(preset, loggedIn)).toBe(401);
    expect(await statusOf(preset, ofService)).toBe(403);
  });
});

describe("Entra ID", () => {
  test.each([
    [1, `https://sts.windows.net/${tenant}/`, "discovery/keys"],
    [2, `https://login.microsoftonline.com/${tenant}/v2.0`, "discovery/v2.0/keys"],
  ] as const)("tokens of version %i are of %s; scopes are in scp or roles", async (version, iss, path) => {
    const preset = entra({ tenant: tenant.toUpperCase(), version });
    expect(preset.issuer).toBe(iss);
    const status = async (claims: object) => statusOf(preset, await host.mint({ ...bound, iss, ...claims }));
    expect(await status({ scp: "asap:read asap:execute" })).toBe(200);
    expect(await status({ roles: ["asap:execute"] })).toBe(200);
    expect(await status({ roles: ["Reader"], scp: "asap:read" })).toBe(403);
    expect(await status({ iss: entra({ tenant, version: version === 1 ? 2 : 1 }).issuer, scp: "asap:execute" })).toBe(
      401,
    );
    expect(asked[0]).toBe(`https://login.microsoftonline.com/${tenant}/${path}`);
    expect(asked.every((url) => url === asked[0])).toBe(true);
  });

  test("applications are bound by a map of subjects", async () => {
    const preset = entra({ tenant });
    const sub = "0d5b1c5c-4a53-4a7f-9a8f-5f1d3f0f0b11";
    const token = await host.mint({ iss: preset.issuer, sub, roles: ["asap:execute"], scope: undefined });
    const map = (subject: string) => statusOf(preset, token, { binding: { subjectMap: { [id]: subject } } });
    expect([await map(sub), await map("another")]).toEqual([200, 403]);
    expect(decodeJwt(token)[agentIdClaim]).toBeUndefined();
  });

  test("clients ask the endpoints of version 2 for the scope of an application, without audience", async () => {
    const body = await asksFor(entra({ tenant, version: 1 }), "api://app/.default");
    expect(Object.fromEntries(body ?? [])).toEqual({
      grant_type: "client_credentials",
      scope: "api://app/.default",
    });
    expect(asked[0]).toBe(`https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`);
  });

  test.each(["common", "organizations", "contoso.onmicrosoft.com", ""])("no tenant is %j", (name) => {
    expect(() => entra({ tenant: name })).toThrow(/^tenant /);
  });
});

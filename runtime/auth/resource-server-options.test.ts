import { describe, expect, test } from "vitest";
import type { RouteDefinition } from "../../generated/contract.js";
import { protocol } from "../../generated/protocol.js";
import { createAgent } from "../agent.js";
import { startTarget } from "../testing/forge-target.js";
import { type ResourceServerOptions, resourceServer } from "./resource-server.js";
import { VerifiedTokens } from "./verified-tokens.js";

const guarded = (more: Partial<ResourceServerOptions>) => () =>
  createAgent({
    id: "urn:asap:agent:guarded",
    auth: resourceServer({ issuer: "https://login.example", audience: "https://agent.example", env: {}, ...more }),
  });
const client = { clientId: "agent", clientSecret: "its-secret" };

describe("options of a resource server that would leave it open, or without a bound", () => {
  test.each<[string, Partial<ResourceServerOptions>]>([
    ["routeScopes.metric", { routeScopes: { metric: "asap:admin" } }],
    ["routeScopes.toString", { routeScopes: { toString: "asap:admin" } }],
    ["routeScopes.websocket", { routeScopes: { websocket: "asap:read" } }],
    ["routeScopes.rpc", { routeScopes: { metrics: "asap:admin", rpc: null } }],
    ["maxVerifiedTokens", { maxVerifiedTokens: Number.NaN }],
    ["introspection.maxInFlight", { introspection: { ...client, maxInFlight: Number.NaN } }],
    ["introspection.audience", { introspection: { ...client, audience: "none" as "optional" } }],
    ["jwks.maxAgeSeconds", { jwks: { maxAgeSeconds: -1 } }],
    ["jwks.staleSeconds", { jwks: { staleSeconds: Number.NaN } }],
    ["jwks.cooldownSeconds", { jwks: { cooldownSeconds: Number.NaN } }],
  ])("%s is refused", (option, more) => {
    expect(guarded(more)).toThrow(
      expect.objectContaining({ code: "asap:config/invalid_option", data: expect.objectContaining({ option }) }),
    );
  });

  test("those that bound it are taken", () => {
    const agent = guarded({
      routeScopes: { metrics: "asap:admin", agent_health: null },
      maxVerifiedTokens: 0,
      introspection: { ...client, maxInFlight: 1, audience: "optional" },
      jwks: { maxAgeSeconds: 0, staleSeconds: Number.POSITIVE_INFINITY, cooldownSeconds: 1 },
    })();
    expect(agent.guard?.resourceFacts.scopes_supported).toEqual(["asap:execute", "asap:admin"]);
  });
});

describe("plain http to an issuer on another host", () => {
  const introspection = { ...client, endpoint: "http://login.example/introspect" };
  const urls: [string, Partial<ResourceServerOptions>][] = [
    ["issuer", { issuer: "http://login.example/realms/a" }],
    ["jwksUri", { jwksUri: "http://login.example/keys?a=b" }],
    ["introspection.endpoint", { introspection }],
  ];

  test.each(urls)("is refused at once: %s", (_, more) => {
    expect(guarded(more)).toThrow(
      expect.objectContaining({
        code: "asap:transport/insecure_url",
        data: { url: expect.stringMatching(/^http:\/\/login\.example\/\w+/) },
      }),
    );
  });

  test.each(urls)("is taken where it is allowed: %s", (_, more) => {
    expect(guarded({ ...more, allowInsecure: true })).not.toThrow();
  });

  test("is no matter on this host", () => {
    expect(guarded({ issuer: "http://127.0.0.1:9000", jwksUri: "http://localhost:9000/keys" })).not.toThrow();
  });
});

test.each([0, 1, 3])("of verified tokens, at most %i are remembered, the latest", (most) => {
  const tokens = new VerifiedTokens<number>(most, () => 0);
  const all = [1, 2, 3, 4, 5];
  for (const each of all) tokens.keep(`digest-${each}`, each, 1_000, 0);
  expect(all.filter((each) => tokens.get(`digest-${each}`, 0) === each)).toEqual(all.slice(all.length - most));
});

test("a verified token is forgotten by a clock that went back", () => {
  let clock = 1_000_000;
  const tokens = new VerifiedTokens<number>(1, () => clock);
  tokens.keep("digest", 1, 2_000_000, 0);
  expect(tokens.get("digest", 0)).toBe(1);
  clock -= 1;
  expect(tokens.get("digest", 0)).toBeUndefined();
  clock += 1;
  expect(tokens.get("digest", 0)).toBeUndefined();
});

test("a protocol whose routes for messages are open leaves none of them open behind a guard", async () => {
  const open = (route: RouteDefinition): RouteDefinition => ({ ...route, scope: null });
  const routes = Object.fromEntries(Object.entries(protocol.routes).map(([name, route]) => [name, open(route)]));
  await using target = await startTarget(
    { issuer: "https://login.example" },
    { agent: { protocol: { ...protocol, routes } } },
  );
  expect((await target.post([])).status).toBe(401);
  expect((await target.upgrade([])).status).toBe(401);
});

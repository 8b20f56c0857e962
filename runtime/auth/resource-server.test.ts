import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { connectMemory } from "../client.js";
import { skill } from "../skill.js";
import { taskText } from "../testing/asap-request.js";
import { openSocket } from "../testing/socket-client.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";
import { type Server, serve } from "../transport/node.js";
import { agentIdClaim } from "./identity.js";
import { type ResourceServerOptions, resourceServer } from "./resource-server.js";

const id = "urn:asap:agent:guarded";
const bound = { [agentIdClaim]: id };
const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });

let issuer: TestIssuer;
let server: Server;

const guardedAgent = (more: Partial<ResourceServerOptions> = {}) =>
  createAgent({
    id,
    skills: { echo },
    auth: resourceServer({
      issuer: issuer.issuer,
      audience: testAudience,
      egress: { allowLoopback: true },
      env: {},
      ...more,
    }),
  });

beforeAll(async () => {
  issuer = await startTestIssuer();
  server = await serve(guardedAgent(), { port: 0, rateLimit: "off" });
});
afterAll(async () => {
  await server.close();
  await issuer.close();
});

const post = async (authorization?: string, url = server.url) => {
  const response = await fetch(`${url}/asap`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization && { authorization }) },
    body: taskText(),
  });
  return { status: response.status, body: (await response.json()) as object, headers: response.headers };
};

describe("an agent behind OAuth 2.0", () => {
  test("answers a request without a token 401 with a challenge that names the metadata", async () => {
    const { status, body, headers } = await post();
    expect(status).toBe(401);
    expect(body).toEqual({ detail: "Authentication required" });
    expect(headers.get("www-authenticate")).toBe(
      `Bearer realm="asap", resource_metadata="${server.url}/.well-known/oauth-protected-resource"`,
    );
  });

  test("serves a request with a token that holds", async () => {
    const { status, body } = await post(`Bearer ${await issuer.mint(bound)}`);
    expect({ status, body }).toMatchObject({ status: 200, body: { result: {} } });
  });

  test("refuses a token that does not hold, with the error of RFC 6750", async () => {
    const { status, body, headers } = await post(`Bearer ${await issuer.mint({ ...bound, aud: "other" })}`);
    expect({ status, body }).toEqual({ status: 401, body: { detail: "Invalid authentication token" } });
    expect(headers.get("www-authenticate")).toContain('error="invalid_token"');
  });

  test("refuses a token without the scope, naming it", async () => {
    const { status, body, headers } = await post(`Bearer ${await issuer.mint({ ...bound, scope: "asap:read" })}`);
    expect({ status, body }).toEqual({ status: 403, body: { detail: "Insufficient scope" } });
    expect(headers.get("www-authenticate")).toContain('error="insufficient_scope", scope="asap:execute"');
  });

  test("serves the metadata of RFC 9728 and says in its manifest what it takes", async () => {
    const metadata = await fetch(`${server.url}/.well-known/oauth-protected-resource`).then((answer) => answer.json());
    expect(metadata).toEqual({
      resource: server.url,
      authorization_servers: [issuer.issuer],
      scopes_supported: ["asap:execute"],
      bearer_methods_supported: ["header"],
      resource_name: id,
    });
    const manifest = await fetch(`${server.url}/.well-known/asap/manifest.json`).then((answer) => answer.json());
    expect(manifest).toMatchObject({
      auth: {
        schemes: ["bearer"],
        oauth2: { issuer: issuer.issuer, audience: [testAudience], scopes: ["asap:execute"] },
      },
    });
  });

  test("names itself by its public URL, and the route of its metadata below that", async () => {
    const publicUrl = "https://agents.example/stock/";
    await using behind = await serve(guardedAgent(), { port: 0, publicUrl });
    const { headers } = await post(undefined, behind.url);
    expect(headers.get("www-authenticate")).toContain(
      'resource_metadata="https://agents.example/stock/.well-known/oauth-protected-resource"',
    );
    const metadata = await fetch(`${behind.url}/.well-known/oauth-protected-resource`).then((answer) => answer.json());
    expect(metadata).toMatchObject({ resource: "https://agents.example/stock" });
  });

  test("judges callers in the same process by the same rules", async () => {
    const agent = guardedAgent();
    const open = connectMemory(agent);
    await expect(open.run("echo", {})).rejects.toMatchObject({
      code: "asap:transport/remote_error",
      data: { data: { error: "Authentication required", status_code: 401 } },
    });
    const peer = connectMemory(agent, { authorization: `Bearer ${await issuer.mint(bound)}` });
    expect(await peer.run("echo", { a: 1 })).toEqual({ echoed: { a: 1 } });
  });

  test("takes a scope for a route that is open otherwise", async () => {
    await using guarded = await serve(guardedAgent({ routeScopes: { metrics: "asap:admin" } }), { port: 0 });
    const metrics = (authorization: string) =>
      fetch(`${guarded.url}/asap/metrics`, { headers: { authorization } }).then(({ status }) => status);
    expect(await metrics(`Bearer ${await issuer.mint(bound)}`)).toBe(403);
    expect(await metrics(`Bearer ${await issuer.mint({ ...bound, scope: "asap:admin" })}`)).toBe(200);
  });

  test("judges the token of a WebSocket at its upgrade, and closes the socket when it expires", async () => {
    const upgrade = (token: string) => openSocket(server.url, { headers: { authorization: `Bearer ${token}` } });
    await expect(openSocket(server.url)).rejects.toThrow("401");
    await expect(upgrade(await issuer.mint({ ...bound, scope: "asap:read" }))).rejects.toThrow("403");
    await using client = await upgrade(await issuer.mint({ ...bound, exp: Math.ceil(Date.now() / 1_000) + 1 }));
    client.send(taskText());
    expect((await client.find(({ id }) => id === "req-1")).result).toBeDefined();
    expect(await client.closed).toEqual({ code: 1008, reason: "Token expired" });
  });
});

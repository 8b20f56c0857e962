import { afterEach, describe, expect, it } from "vitest";
import { type Issuer, startIssuer } from "./issuer.js";
import { sampleContext } from "./sample-context.js";
import { createMint, type Mint, runKeys } from "./tokens.js";

const running: Issuer[] = [];
afterEach(() => Promise.all(running.splice(0).map((issuer) => issuer.close())));

async function start(): Promise<Issuer & { readonly url: string }> {
  const issuer = await startIssuer(0);
  running.push(issuer);
  return { ...issuer, url: `http://127.0.0.1:${issuer.port}` };
}

const mintFor = async (issuer: string): Promise<Mint> =>
  createMint({
    issuer,
    audience: "https://agent.example",
    agent: "urn:asap:agent:one",
    scopes: ["asap:execute"],
    keys: await runKeys(true),
  });

const get = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const kids = ({ body }: Awaited<ReturnType<typeof get>>) => (body.keys as { kid: string }[]).map(({ kid }) => kid);

const nothing = { metadata: 0, keys: 0, told: 0, strangers: 0, introspections: 0 };

describe("startIssuer()", () => {
  it("answers 500 until it is given what to serve", async () => {
    const { url, counts } = await start();
    for (const path of ["/jwks", "/.well-known/openid-configuration"]) expect((await get(url + path)).status).toBe(500);
    expect(counts()).toEqual(nothing);
  });

  it("serves metadata in both places, under a path too, and keys where the metadata say", async () => {
    const issuer = await start();
    const mint = await mintFor(`${issuer.url}/realms/one`);
    issuer.serve(mint);
    const places = [
      "/realms/one/.well-known/openid-configuration",
      "/.well-known/oauth-authorization-server/realms/one",
    ];
    for (const place of places) {
      const { status, body } = await get(issuer.url + place);
      expect([status, body.issuer, body.jwks_uri]).toEqual([200, mint.issuer, `${mint.issuer}/published-keys`]);
    }
    const found = await get(`${mint.issuer}/published-keys`);
    expect(found.body).toEqual({ keys: [mint.jwk("current")] });
    expect((found.body.keys as object[])[0]).not.toHaveProperty("d");
    expect(issuer.counts()).toEqual({ ...nothing, metadata: 2, keys: 1 });
  });

  it("serves keys to an agent that was told where they are, and counts that apart", async () => {
    const issuer = await start();
    issuer.serve(await mintFor(issuer.url));
    for (const path of ["/jwks", "/jwks.json", "/.well-known/jwks.json"])
      expect((await get(issuer.url + path)).status).toBe(200);
    expect(issuer.counts()).toEqual({ ...nothing, told: 3 });
  });

  it("publishes the next key beside the current one once it rotates, and the stranger never", async () => {
    const issuer = await start();
    const mint = await mintFor(issuer.url);
    issuer.serve(mint);
    const [current, next, stranger] = (["current", "next", "stranger"] as const).map((key) => mint.jwk(key).kid);
    expect(kids(await get(`${issuer.url}/jwks`))).toEqual([current]);
    issuer.rotate();
    expect(kids(await get(`${issuer.url}/jwks`))).toEqual([current, next]);
    expect(kids(await get(`${issuer.url}/stranger-keys`))).toEqual([stranger]);
    expect(issuer.counts().strangers).toBe(1);
  });

  it("answers 500 while it fails, which it does not count, and goes on after it", async () => {
    const issuer = await start();
    issuer.serve(await mintFor(issuer.url));
    issuer.fail(true);
    expect((await get(`${issuer.url}/jwks`)).status).toBe(500);
    expect(issuer.counts()).toEqual(nothing);
    issuer.fail(false);
    expect((await get(`${issuer.url}/jwks`)).status).toBe(200);
  });

  it("says of an opaque token what the mint says, of any other that it is not active", async () => {
    const issuer = await start();
    const mint = await mintFor(issuer.url);
    issuer.serve(mint);
    const ask = async (token: string) => {
      const body = new URLSearchParams({ token, token_type_hint: "access_token" });
      return (await fetch(`${issuer.url}/introspect`, { method: "POST", body })).json();
    };
    const active = mint.opaque(sampleContext, true, { scope: "a" });
    expect(await ask(active.text)).toMatchObject({ active: true, token_type: "Bearer", scope: "a", iss: mint.issuer });
    expect(await ask(mint.opaque(sampleContext, false).text)).toEqual({ active: false });
    expect(await ask(mint.opaque(sampleContext, "true").text)).toMatchObject({ active: "true" });
    expect(await ask("another")).toEqual({ active: false });
    expect(issuer.counts().introspections).toBe(4);
  });

  it("closes the connection of a body without end, and knows no other path", async () => {
    const issuer = await start();
    issuer.serve(await mintFor(issuer.url));
    const body = `token=${"x".repeat(100_000)}`;
    await expect(fetch(`${issuer.url}/introspect`, { method: "POST", body })).rejects.toThrow();
    expect(await get(`${issuer.url}/token`)).toEqual({ status: 404, body: { error: "not_found" } });
  });

  it("rejects where the port is taken", async () => {
    const { port } = await start();
    await expect(startIssuer(port)).rejects.toThrow(/EADDRINUSE/);
  });
});

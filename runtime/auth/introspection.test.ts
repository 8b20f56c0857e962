import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { type OidcProvider, opaqueResource, plainClient, startOidcProvider } from "../testing/oidc-provider.js";
import { opaqueToken, revokeToken } from "../testing/provider-tokens.js";
import { judgeIntrospection } from "./introspection.js";

let provider: OidcProvider;
/** The clock of the agent; that of the provider is the system's. */
let clock = 0;

beforeAll(async () => {
  provider = await startOidcProvider({ agentId: targetId, accessTokenSeconds: 600 });
});
afterAll(() => provider.close());
beforeEach(() => {
  clock = Date.now();
  provider.asked.clear();
  provider.intercept = undefined;
});

const start = (more: object = {}) =>
  startTarget(provider, {
    auth: { audience: opaqueResource, introspection: { ...plainClient, ...more } },
    agent: { now: () => clock },
  });
const lookups = () => provider.asked.get("/token/introspection") ?? 0;
const statuses = async (target: Target, token: string) => [
  (await target.post(bearer(token))).status,
  (await target.upgrade(bearer(token))).status,
];
const granted = [200, 101];
const refused = [401, 401];

describe("opaque tokens of a real provider", () => {
  test("that are active pass over HTTP and WebSocket, for one lookup", async () => {
    await using target = await start();
    const token = await opaqueToken(provider);
    expect(await statuses(target, token)).toEqual(granted);
    expect(await statuses(target, token)).toEqual(granted);
    expect(lookups()).toBe(1);
    expect(target.runs()).toBe(4);
    expect(target.logged()).not.toContain(token);
  });

  test("are refused without introspection, and nobody is asked", async () => {
    await using target = await startTarget(provider, { auth: { audience: opaqueResource } });
    expect(await statuses(target, await opaqueToken(provider))).toEqual(refused);
    expect(lookups()).toBe(0);
  });

  test("that are revoked pass for a minute at most", async () => {
    await using target = await start();
    const token = await opaqueToken(provider);
    expect(await statuses(target, token)).toEqual(granted);
    await revokeToken(provider, token);
    clock += 59_000;
    expect(await statuses(target, token)).toEqual(granted);
    expect(lookups()).toBe(1);
    clock += 1_000;
    expect(await statuses(target, token)).toEqual(refused);
    expect(lookups()).toBe(2);
  });

  test("that are inactive are looked up once a minute", async () => {
    await using target = await start();
    const token = await opaqueToken(provider);
    await revokeToken(provider, token);
    for (let count = 0; count < 5; count += 1) expect(await statuses(target, token)).toEqual(refused);
    expect(lookups()).toBe(1);
    clock += 60_000;
    expect(await statuses(target, token)).toEqual(refused);
    expect(lookups()).toBe(2);
  });

  test("are not taken from memory past their end", async () => {
    provider.accessTokenSeconds = 40;
    const token = await opaqueToken(provider);
    provider.accessTokenSeconds = 600;
    await using target = await start();
    expect(await statuses(target, token)).toEqual(granted);
    clock += 38_000;
    expect(await statuses(target, token)).toEqual(granted);
    expect(lookups()).toBe(1);
    clock += 40_000;
    expect(await target.status(token)).toBe(401);
    expect(lookups()).toBe(2);
  });

  test("of another audience, and ones nobody issued, are refused", async () => {
    await using target = await startTarget(provider, {
      auth: { audience: "https://other.example", introspection: plainClient },
    });
    expect(await statuses(target, await opaqueToken(provider))).toEqual(refused);
    expect(await statuses(target, "nobody-issued-this")).toEqual(refused);
  });

  test("asked for by many requests at once are one lookup", async () => {
    await using target = await start();
    const token = await opaqueToken(provider);
    const seen = await Promise.all(Array.from({ length: 60 }, () => target.status(token)));
    expect(new Set(seen)).toEqual(new Set([200]));
    expect(lookups()).toBe(1);
  });

  test("beyond the bound of lookups under way are answered 503, and pass later", async () => {
    await using target = await start({ maxInFlight: 2 });
    const tokens = await Promise.all([1, 2, 3].map(() => opaqueToken(provider)));
    const held: (() => void)[] = [];
    const bothHeld = new Promise<void>((resolve) => {
      provider.intercept = (request, response) => {
        if (request.url !== "/token/introspection") return false;
        held.push(() => response.writeHead(503).end());
        if (held.length === 2) resolve();
        return true;
      };
    });
    const waiting = tokens.slice(0, 2).map((token) => target.status(token));
    await bothHeld;
    expect(await target.status(tokens[2] ?? "")).toBe(503);
    expect(held).toHaveLength(2);
    for (const release of held) release();
    expect(await Promise.all(waiting)).toEqual([503, 503]);
    provider.intercept = undefined;
    for (const token of tokens) expect(await statuses(target, token)).toEqual(granted);
  });

  test("while the provider is down: 503, known ones pass for their minute, and all when it is back", async () => {
    await using target = await start();
    const [known = "", other = ""] = [await opaqueToken(provider), await opaqueToken(provider)];
    expect(await statuses(target, known)).toEqual(granted);
    await provider.stop();
    expect(await statuses(target, known)).toEqual(granted);
    expect(await statuses(target, other)).toEqual([503, 503]);
    clock += 60_000;
    expect(await statuses(target, known)).toEqual([503, 503]);
    await provider.start();
    for (const token of [known, other]) expect(await statuses(target, token)).toEqual(granted);
  });

  test("are not looked up by a client whose secret is wrong: 503, and the log says why but not the secret", async () => {
    await using target = await start({ clientSecret: "canary-wrong" });
    expect(await statuses(target, await opaqueToken(provider))).toEqual([503, 503]);
    expect(target.logged()).toContain("HTTP status 401");
    expect(target.logged()).not.toContain("canary");
  });
});

/** An introspection endpoint that gives every token the same answer. */
async function answering(body: string | object, redirected?: () => void) {
  const endpoint = createServer(({ url }, response) => {
    if (url === "/elsewhere") redirected?.();
    const headers = { "content-type": "application/json", location: "/elsewhere" };
    response.writeHead(redirected === undefined ? 200 : 307, headers);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`,
    [Symbol.dispose]() {
      endpoint.closeAllConnections();
      endpoint.close();
    },
  };
}

test("an answer without aud is for nobody here, unless the audience is optional", async () => {
  const claims = { sub: "desk", scope: "asap:execute", "https://asap.ai/agent_id": targetId };
  using endpoint = await answering({ active: true, token_type: "Bearer", ...claims });
  await using strict = await start({ endpoint: endpoint.url });
  await using lax = await start({ endpoint: endpoint.url, audience: "optional" });
  expect(await statuses(strict, "opaque")).toEqual(refused);
  expect(strict.logged()).toContain("claim aud");
  expect(await statuses(lax, "opaque")).toEqual(granted);
});

describe("an introspection endpoint that answers", () => {
  const answers: [string, string | object, number][] = [
    ["no JSON", "<html>", 503],
    ["a list", "[]", 503],
    ["active as a text", { active: "true" }, 503],
    ["more than 65,536 bytes", { active: true, sub: "s", more: "x".repeat(70_000) }, 503],
    ["a redirect", "", 503],
    ["inactive", { active: false }, 401],
  ];
  test.each(answers)("%s", async (name, body, status) => {
    let redirected = 0;
    const counted = () => {
      redirected += 1;
    };
    using endpoint = await answering(body, name === "a redirect" ? counted : undefined);
    await using target = await start({ endpoint: endpoint.url });
    expect(await statuses(target, "opaque")).toEqual([status, status]);
    expect(redirected).toBe(0);
  });
});

describe("judgeIntrospection()", () => {
  const rules = { issuer: "https://i.example", audience: ["a", "b"], clockToleranceSeconds: 30, now: () => 1_000_000 };
  const good = { active: true, sub: "s", aud: "a", exp: 2_000, token_type: "Bearer" };
  const judge = (more: object, naming?: "optional") =>
    judgeIntrospection({ ...good, ...more }, { ...rules, ...(naming !== undefined && { naming }) });

  test.each<[string, object, string]>([
    ["with one audience of several", { aud: ["x", "b"] }, "s"],
    ["without a token type", { token_type: undefined }, "s"],
    ["without an end", { exp: undefined }, "s"],
    ["that ended within the tolerance", { exp: 971 }, "s"],
    ["that begins within the tolerance", { nbf: 1_030 }, "s"],
    ["of a client, without a subject", { sub: undefined, client_id: "c" }, "c"],
    ["whose issuer says it is an access token", { token_use: "access_token" }, "s"],
    ["of the issuer", { iss: "https://i.example" }, "s"],
  ])("takes one %s", (_, more, sub) => {
    expect(judge(more)).toMatchObject({ iss: rules.issuer, sub });
  });

  test.each<[string, object]>([
    ["inactive", { active: false }],
    ["active as a number", { active: 1 }],
    ["active as a text", { active: "true" }],
    ["for another audience", { aud: "c" }],
    ["for no audience", { aud: [] }],
    ["that names no audience, as in the form of the wire document", { aud: undefined, exp: 1_100, client_id: "c" }],
    ["for an audience that is null", { aud: null }],
    ["of another issuer", { iss: "https://j.example" }],
    ["that ended", { exp: 970 }],
    ["with an end as a text", { exp: "2000" }],
    ["that begins later", { nbf: 1_031 }],
    ["of a proof of possession", { token_type: "DPoP" }],
    ["bound to a certificate", { cnf: { "x5t#S256": "x" } }],
    ["that is a refresh token by its use", { token_use: "refresh_token" }],
    ["without subject and client", { sub: undefined }],
    ["with an empty subject", { sub: "" }],
    ["with a subject that is no text", { sub: 7 }],
  ])("refuses one %s", (_, more) => {
    expect(judge(more)).toEqual({ fault: expect.any(String) });
  });

  describe("where the audience is optional", () => {
    test("takes an answer without one, in the form of the wire document", () => {
      expect(judge({ aud: undefined, exp: 1_100, client_id: "c" }, "optional")).toMatchObject({ sub: "s" });
    });

    test.each<[string, object]>([
      ["for another audience", { aud: "c" }],
      ["for an empty list of them", { aud: [] }],
      ["for an audience that is null", { aud: null }],
      ["that names neither audience nor type, as a refresh token does", { aud: undefined, token_type: undefined }],
    ])("refuses one %s", (_, more) => {
      expect(judge(more, "optional")).toEqual({ fault: expect.any(String) });
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { jwtResource, type OidcProvider, plainClient, startOidcProvider } from "../testing/oidc-provider.js";
import { clientToken } from "../testing/provider-tokens.js";
import { startTestIssuer } from "../testing/test-issuer.js";

let provider: OidcProvider;
/** The clock of the agent; that of the provider is the system's. */
let clock = 0;

beforeAll(async () => {
  provider = await startOidcProvider({ agentId: targetId, accessTokenSeconds: 10_000 });
});
afterAll(() => provider.close());
beforeEach(() => {
  clock = Date.now();
  provider.asked.clear();
});

const start = (auth: object = {}) =>
  startTarget(provider, { auth: { audience: jwtResource, ...auth }, agent: { now: () => clock } });
const pass = (seconds: number): void => {
  clock += seconds * 1_000;
};
/** Status and text of a token over both ways in. */
const both = async (target: Target, token: string) => {
  const judged = [await target.post(bearer(token)), await target.upgrade(bearer(token))];
  return judged.map(({ way, status, detail }) => [way, status, detail]);
};
const granted = [
  ["HTTP", 200, undefined],
  ["WebSocket", 101, undefined],
];
const refused = (status: number, detail: string) => [
  ["HTTP", status, detail],
  ["WebSocket", status, detail],
];
const unavailable = refused(503, "Authentication service unavailable");

describe("access tokens of a real provider", () => {
  test("of client credentials are taken over HTTP and WebSocket, with metadata and keys fetched once", async () => {
    await using target = await start();
    for (let count = 0; count < 3; count += 1) {
      expect(await both(target, await clientToken(provider))).toEqual(granted);
    }
    expect(target.runs()).toBe(6);
    expect(provider.asked.get("/.well-known/openid-configuration")).toBe(1);
    expect(provider.asked.get("/jwks")).toBe(1);
  });

  test("take no metadata where the URL of the keys is given", async () => {
    await using target = await start({ jwksUri: provider.jwksUri });
    expect(await both(target, await clientToken(provider))).toEqual(granted);
    expect(provider.asked.get("/.well-known/openid-configuration")).toBeUndefined();
  });

  test("of a client that names no agent are taken too, and its sender is its own word", async () => {
    await using target = await start();
    expect(await both(target, await clientToken(provider, { client: plainClient }))).toEqual(granted);
  });

  test("without the scope, for another audience, for another agent and of another issuer are refused", async () => {
    await using target = await start();
    expect(await both(target, await clientToken(provider, { scope: "asap:read" }))).toEqual(
      refused(403, "Insufficient scope"),
    );
    const invalid = refused(401, "Invalid authentication token");
    expect(await both(target, await clientToken(provider, { resource: "https://other.example" }))).toEqual(invalid);

    await using elsewhere = await start({ audience: "https://elsewhere.example" });
    expect(await both(elsewhere, await clientToken(provider))).toEqual(invalid);
    await using renamed = await startTarget(provider, {
      auth: { audience: jwtResource },
      agent: { id: "urn:asap:agent:renamed" },
    });
    const mismatch = "Identity mismatch: custom claim does not match agent manifest (expected: urn:asap:agent:renamed)";
    expect(await both(renamed, await clientToken(provider))).toEqual(refused(403, mismatch));

    const other = await startTestIssuer();
    expect(await both(target, await other.mint({ "https://asap.ai/agent_id": targetId }))).toEqual(invalid);
    await other.close();
    expect([target, elsewhere, renamed].map((each) => each.runs())).toEqual([0, 0, 0]);
  });

  test("end at their time and the tolerance, by the clock of the agent", async () => {
    provider.accessTokenSeconds = 60;
    const token = await clientToken(provider);
    provider.accessTokenSeconds = 10_000;
    await using target = await start({ clockToleranceSeconds: 10 });
    pass(55);
    expect(await both(target, token)).toEqual(granted);
    pass(10);
    expect((await target.post(bearer(token))).status).toBe(200);
    pass(10);
    expect(await both(target, token)).toEqual(refused(401, "Invalid authentication token"));
  });

  test("whose issuer is another than its metadata says get 503, and the difference is logged", async () => {
    await using target = await start({ issuer: `${provider.issuer}/` });
    expect((await target.post(bearer(await clientToken(provider)))).status).toBe(401);
    await using alias = await startTarget(
      { issuer: provider.issuer.replace("127.0.0.1", "localhost") },
      { auth: { audience: jwtResource } },
    );
    const forged = await startTestIssuer();
    const token = await forged.mint({ iss: provider.issuer.replace("127.0.0.1", "localhost") });
    expect(await both(alias, token)).toEqual(unavailable);
    expect(alias.logged()).toContain("is of another issuer");
    await forged.close();
  });
});

describe("a real provider that is down", () => {
  test("from the beginning: 503 with retry-after over HTTP and at the upgrade; 200 when it is back", async () => {
    const token = await clientToken(provider);
    await provider.stop();
    await using target = await start();
    for (const judged of [await target.post(bearer(token)), await target.upgrade(bearer(token))]) {
      expect(judged).toMatchObject({ status: 503, detail: "Authentication service unavailable" });
      expect(judged.text.toLowerCase()).toContain("retry-after: 1");
      expect(judged.challenge).toBeUndefined();
      expect(judged.text).toContain('{"detail":"Authentication service unavailable"}');
    }
    expect(await both(target, "no-jwt")).toEqual(refused(401, "Invalid authentication token"));
    expect((await target.post([])).status).toBe(401);
    expect(target.logged()).toContain("asap.auth.unavailable");
    expect(target.logged()).not.toContain(token);

    await provider.start();
    pass(1);
    expect(await both(target, token)).toEqual(granted);
    expect(target.runs()).toBe(2);
  });

  test("from the beginning: a request a second asks it ever more rarely, at most every 30 seconds", async () => {
    const token = await clientToken(provider);
    let asked = 0;
    provider.intercept = ({ socket }) => {
      asked += 1;
      socket.destroy();
      return true;
    };
    await using target = await start();
    for (let second = 0; second < 120; second += 1) {
      expect((await target.post(bearer(token))).status).toBe(503);
      pass(1);
    }
    provider.intercept = undefined;
    expect(asked).toBeGreaterThan(4);
    expect(asked).toBeLessThan(20);
    pass(30);
    expect((await target.post(bearer(token))).status).toBe(200);
  });

  test("later: known keys go on for their age and an hour more, then 503, and 200 when it is back", async () => {
    const token = await clientToken(provider);
    const second = await clientToken(provider);
    await using target = await start();
    expect(await both(target, token)).toEqual(granted);
    await provider.stop();
    for (const seconds of [0, 599, 2_000, 1_500]) {
      pass(seconds);
      expect(await both(target, token)).toEqual(granted);
      expect(await both(target, second)).toEqual(granted);
    }
    pass(200);
    expect(await both(target, token)).toEqual(unavailable);
    await provider.start();
    pass(31);
    expect(await both(target, token)).toEqual(granted);
  });

  test("an answer that is no key set, and a failing status, are 503 too", async () => {
    const token = await clientToken(provider);
    for (const body of ["<html>", "[]", '{"keys":[]}', undefined]) {
      provider.intercept = ({ url }, response) => {
        if (url !== "/jwks") return false;
        response.writeHead(body === undefined ? 500 : 200, { "content-type": "application/json" }).end(body);
        return true;
      };
      await using target = await start();
      expect(await both(target, token), String(body)).toEqual(unavailable);
    }
    provider.intercept = undefined;
  });
});

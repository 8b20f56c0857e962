import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, startTarget, targetId } from "../testing/forge-target.js";
import { startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";
import { agentIdClaim } from "./identity.js";

let issuer: TestIssuer;
/** What the issuer says of every token. */
let answer: object = {};
/** Credentials of the latest lookup. */
let credentials: string | undefined;
beforeAll(async () => {
  issuer = await startTestIssuer();
  issuer.intercept = (request, response) => {
    if (request.url !== "/introspect") return false;
    request.resume();
    credentials = request.headers.authorization;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    return true;
  };
});
afterAll(() => issuer.close());

/** Serves an agent, and tells what becomes of one token sent three times, and how often it was looked up. */
async function repeated(token: string, said: object) {
  let clock = Date.now();
  await using target = await startTarget(issuer, {
    auth: { introspection: { clientId: "agent", clientSecret: "its-secret", endpoint: `${issuer.issuer}/introspect` } },
    agent: { now: () => clock },
  });
  const good = { active: true, sub: "client-1", aud: testAudience, scope: "asap:execute", [agentIdClaim]: targetId };
  answer = { ...good, ...said };
  issuer.asked.clear();
  const statuses = [];
  for (let count = 0; count < 2; count += 1) {
    statuses.push((await target.post(bearer(token))).status, (await target.upgrade(bearer(token))).status);
  }
  const lookups = issuer.asked.get("/introspect");
  answer = good;
  clock += 60_000;
  return { statuses, lookups, later: (await target.post(bearer(token))).status };
}

const refused = [401, 401, 401, 401];

describe("an opaque token that is refused", () => {
  test.each([
    ["inactive", { active: false }],
    ["for another audience", { aud: "https://other.example" }],
    ["of another issuer", { iss: "https://other.example" }],
    ["that has ended", { exp: 1 }],
    ["bound to a key", { cnf: { jkt: "x" } }],
  ])("as %s is looked up once a minute", async (_, said) => {
    expect(await repeated("token", said)).toEqual({ statuses: refused, lookups: 1, later: 200 });
  });

  test("as one that begins later is looked up each time", async () => {
    const nbf = Math.floor(Date.now() / 1_000) + 3_600;
    expect(await repeated("token", { nbf })).toEqual({ statuses: refused, lookups: 4, later: 200 });
  });
});

test("a lookup sends id and secret in the form that token requests send them in", async () => {
  const [clientId, clientSecret] = ["agent-1_a.b", "its-secret"];
  const endpoint = `${issuer.issuer}/introspect`;
  await using target = await startTarget(issuer, { auth: { introspection: { clientId, clientSecret, endpoint } } });
  answer = { active: false };
  expect(await target.status("opaque")).toBe(401);
  expect(credentials).toBe(`Basic ${btoa(`${clientId}:${clientSecret}`)}`);
});

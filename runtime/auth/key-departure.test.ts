import { afterAll, beforeAll, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { issuerKey, startTestIssuer, type TestIssuer, testAudience } from "../testing/test-issuer.js";
import { isRefusal } from "./guard.js";
import { agentIdClaim } from "./identity.js";
import { resourceServer } from "./resource-server.js";

const id = "urn:asap:agent:guarded";

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startTestIssuer();
});
afterAll(() => issuer.close());

test("a token that is verified while its key leaves the set is not remembered", async () => {
  const keysAnswer = () => Response.json({ keys: issuer.keys.map(({ jwk }) => jwk) });
  const { guard } = createAgent({
    id,
    auth: resourceServer({
      issuer: issuer.issuer,
      audience: testAudience,
      jwksUri: issuer.jwksUri,
      env: {},
      fetch: async () => keysAnswer(),
    }),
  });
  if (guard === undefined) throw new Error("the agent is open");
  const admit = async (token: string) => {
    const judged = await guard.admit(`Bearer ${token}`, "asap:execute");
    return isRefusal(judged) ? judged.status : 200;
  };
  const mint = (jti: number) => issuer.mint({ [agentIdClaim]: id, jti: String(jti) });
  expect(await admit(await mint(0))).toBe(200);
  const old = await Promise.all(Array.from({ length: 300 }, (_, count) => mint(count + 1)));
  issuer.keys = [await issuerKey("k2")];
  const fresh = await mint(1_000);
  const during = await Promise.all([...old.slice(0, 150), fresh, ...old.slice(150)].map(admit));
  expect(during[150]).toBe(200);
  expect(new Set(await Promise.all(old.map(admit)))).toEqual(new Set([401]));
});

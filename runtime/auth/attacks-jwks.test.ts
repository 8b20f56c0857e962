import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compact, type Forge, forge, signer } from "../testing/forge.js";
import { agentClaim, bearer, startTarget, type Target, type TargetOptions, targetId } from "../testing/forge-target.js";
import { type IssuerKey, issuerKey, startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";

let issuer: TestIssuer;
let keys: readonly IssuerKey[];
/** The clock of the agent under test. */
let clock = 0;

beforeAll(async () => {
  issuer = await startTestIssuer();
  keys = await Promise.all(["k1", "k2", "k3", "k4"].map((kid) => issuerKey(kid)));
});
afterAll(() => issuer.close());
beforeEach(() => {
  issuer.asked.clear();
  issuer.intercept = undefined;
  issuer.keys = keys.slice(0, 1);
  clock = Date.now();
});

const pass = (seconds: number): void => {
  clock += seconds * 1_000;
};
const fetches = (): number => issuer.asked.get("/jwks") ?? 0;
const start = (auth: TargetOptions["auth"] = {}) => startTarget(issuer, { auth, agent: { now: () => clock } });

let serial = 0;
/** Makes tokens that no cache knows, which hold for two hours of the agent's clock. */
function forgeOf(key: number): Forge {
  const base = { [agentClaim]: targetId };
  const made = forge(issuer, base, keys[key] as IssuerKey);
  const claims: Forge["claims"] = (more) =>
    made.claims({ exp: Math.floor(clock / 1_000) + 7_200, jti: String(++serial), ...more });
  return { ...made, claims, honest: () => made.claimed(claims()) };
}
const tokenOf = (key: number): string => forgeOf(key).honest();
const unknownKid = (at: number): string =>
  compact({ alg: "RS256", kid: `unknown-${at}` }, forgeOf(1).claims(), signer(keys[1] as IssuerKey, "RS256"));
const badSignature = (at: number): string => {
  const { header, claims } = forgeOf(0);
  return compact(header(), claims({ at }), Buffer.alloc(256, at));
};

/** Sends tokens, some at a time, and counts the answers by status. */
async function flood(target: Target, count: number, tokenAt: (at: number) => string): Promise<Record<number, number>> {
  const seen: Record<number, number> = {};
  for (let from = 0; from < count; from += 25) {
    const batch = Array.from({ length: Math.min(25, count - from) }, (_, at) => target.status(tokenAt(from + at)));
    for (const status of await Promise.all(batch)) seen[status] = (seen[status] ?? 0) + 1;
  }
  return seen;
}

describe("floods of forged tokens", () => {
  test("1,000 unknown keys: one fetch, and one more for each cooldown that passes", async () => {
    await using target = await start();
    expect(await flood(target, 1_000, unknownKid)).toEqual({ 401: 1_000 });
    expect(fetches()).toBe(2);
    pass(29);
    expect(await flood(target, 25, unknownKid)).toEqual({ 401: 25 });
    expect(fetches()).toBe(2);
    pass(2);
    expect(await flood(target, 25, unknownKid)).toEqual({ 401: 25 });
    expect(fetches()).toBe(3);
    expect(await target.status(tokenOf(0))).toBe(200);
    expect(target.runs()).toBe(1);
  });

  test("1,000 bad signatures: as many fetches, and honest tokens among them pass", async () => {
    await using target = await start();
    const seen = await flood(target, 1_100, (at) => (at % 11 === 0 ? tokenOf(0) : badSignature(at % 256)));
    expect(seen).toEqual({ 200: 100, 401: 1_000 });
    expect(fetches()).toBe(2);
    expect(target.runs()).toBe(100);
  });

  test("1,000 unknown keys over a key set that is empty: as many fetches", async () => {
    issuer.keys = [];
    await using target = await start();
    expect(await flood(target, 1_000, unknownKid)).toEqual({ 503: 1_000 });
    expect(fetches()).toBeLessThanOrEqual(2);
  });

  test("200 honest tokens at once before any key is known: one fetch of metadata and of keys", async () => {
    await using target = await start();
    const statuses = await Promise.all(Array.from({ length: 200 }, () => target.status(tokenOf(0))));
    expect(statuses).toEqual(Array(200).fill(200));
    expect(Object.fromEntries(issuer.asked)).toEqual({ "/.well-known/openid-configuration": 1, "/jwks": 1 });
  });

  test("200 copies of one token at once are one verification with the same answer", async () => {
    await using target = await start();
    const token = tokenOf(0);
    const statuses = await Promise.all(Array.from({ length: 200 }, () => target.status(token)));
    expect(statuses).toEqual(Array(200).fill(200));
    expect(target.runs()).toBe(200);
    expect(fetches()).toBe(1);
  });
});

describe("rotation and withdrawal of keys", () => {
  test("a token of a new key passes after one fetch", async () => {
    await using target = await start();
    expect(await target.status(tokenOf(0))).toBe(200);
    issuer.keys = [keys[0], keys[1]] as IssuerKey[];
    expect(await target.status(tokenOf(1))).toBe(200);
    expect(await target.status(tokenOf(1))).toBe(200);
    expect(await target.status(tokenOf(0))).toBe(200);
    expect(fetches()).toBe(2);
  });

  test("keys that are rotated three times in a row pass, for a fetch each", async () => {
    await using target = await start();
    for (const key of [0, 1, 2, 3]) {
      issuer.keys = [keys[key] as IssuerKey];
      expect(await target.status(tokenOf(key))).toBe(200);
    }
    expect(fetches()).toBe(4);
  });

  test("after a forged key id a new key waits for the cooldown, and known keys go on", async () => {
    await using target = await start();
    expect(await target.status(unknownKid(0))).toBe(401);
    issuer.keys = [keys[0], keys[1]] as IssuerKey[];
    expect(await target.status(tokenOf(1))).toBe(401);
    expect(await target.status(tokenOf(0))).toBe(200);
    pass(31);
    expect(await target.status(tokenOf(1))).toBe(200);
    expect(fetches()).toBe(3);
  });

  test("a key replaced under its own id: tokens of the new one pass, of the old one no longer", async () => {
    await using target = await start();
    const old = tokenOf(0);
    expect(await target.status(old)).toBe(200);
    issuer.keys = [{ ...(keys[1] as IssuerKey), jwk: { ...keys[1]?.jwk, kid: "k1" } }];
    const { header, claims } = forgeOf(0);
    expect(await target.status(compact(header(), claims(), signer(keys[1] as IssuerKey, "RS256")))).toBe(200);
    expect(await target.status(old)).toBe(401);
    expect(await target.status(tokenOf(0))).toBe(401);
  });

  test("tokens of a withdrawn key are refused once the keys were fetched, also those that passed before", async () => {
    await using target = await start();
    const old = tokenOf(0);
    expect(await target.status(old)).toBe(200);
    issuer.keys = [keys[1] as IssuerKey];
    expect(await target.status(old)).toBe(200);
    expect(await target.status(tokenOf(1))).toBe(200);
    expect(await target.status(old)).toBe(401);
    expect(await target.status(tokenOf(0))).toBe(401);
    expect((await target.upgrade(bearer(old))).status).toBe(401);
    expect(target.runs()).toBe(3);
  });

  test("a withdrawn key is noticed when the keys have their age, without anybody's new key", async () => {
    await using target = await start();
    const old = tokenOf(0);
    expect(await target.status(old)).toBe(200);
    issuer.keys = [keys[1] as IssuerKey];
    pass(590);
    expect(await target.status(old)).toBe(200);
    pass(11);
    expect(await target.status(tokenOf(0))).toBe(401);
    expect(await target.status(old)).toBe(401);
  });

  test("a token that passed is verified again after a minute, and not past its end", async () => {
    await using target = await start({ clockToleranceSeconds: 0 });
    const token = forgeOf(0).claimed(forgeOf(0).claims({ exp: Math.floor(clock / 1_000) + 40 }));
    expect(await target.status(token)).toBe(200);
    pass(39);
    expect(await target.status(token)).toBe(200);
    pass(2);
    expect(await target.status(token)).toBe(401);
  });
});

describe("an issuer that is away", () => {
  const away = (): void => {
    issuer.intercept = (request) => {
      request.socket.destroy();
      return true;
    };
  };

  test("with known keys honest tokens pass for their age and an hour more, then 503, and 200 when it is back", async () => {
    await using target = await start();
    expect(await target.status(tokenOf(0))).toBe(200);
    away();
    for (const seconds of [300, 299, 10, 1_000, 2_000]) {
      pass(seconds);
      expect(await target.status(tokenOf(0))).toBe(200);
      expect(await target.status(badSignature(1))).toBe(401);
    }
    pass(700);
    expect(await target.status(tokenOf(0))).toBe(503);
    issuer.intercept = undefined;
    pass(31);
    expect(await target.status(tokenOf(0))).toBe(200);
  });

  test("with no known keys every token is answered 503 over HTTP and at the upgrade, then 200", async () => {
    away();
    await using target = await start();
    const token = tokenOf(0);
    for (const answer of [await target.post(bearer(token)), await target.upgrade(bearer(token))]) {
      expect(answer).toMatchObject({ status: 503, detail: "Authentication service unavailable" });
      expect(answer.challenge).toBeUndefined();
      expect(answer.text).not.toContain(token);
    }
    expect(await flood(target, 200, () => tokenOf(0))).toEqual({ 503: 200 });
    const asked = issuer.asked.get("/.well-known/openid-configuration") ?? 0;
    expect(asked).toBeLessThanOrEqual(2);
    expect((await target.post([])).status).toBe(401);
    expect(target.runs()).toBe(0);
    issuer.intercept = undefined;
    pass(31);
    expect(await target.status(token)).toBe(200);
    expect(target.logged()).not.toContain(token);
  });
});

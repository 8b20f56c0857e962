import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bearer, startTarget, type Target, targetId } from "../testing/forge-target.js";
import { jwtResource, type OidcProvider, startOidcProvider } from "../testing/oidc-provider.js";
import { clientToken } from "../testing/provider-tokens.js";

let provider: OidcProvider;
/** The clock of the agent; that of the provider is the system's. */
let clock = 0;

beforeEach(async () => {
  provider = await startOidcProvider({ agentId: targetId, accessTokenSeconds: 10_000 });
  clock = Date.now();
});
afterEach(() => provider.close());

const start = () => startTarget(provider, { auth: { audience: jwtResource }, agent: { now: () => clock } });
const keysAsked = () => provider.asked.get("/jwks") ?? 0;
const statuses = async (target: Target, token: string) => [
  (await target.post(bearer(token))).status,
  (await target.upgrade(bearer(token))).status,
];
const granted = [200, 101];
const refused = [401, 401];

describe("keys of a real provider that rotate while the agent runs", () => {
  test("a new key beside the old one: tokens of both pass, for one fetch", async () => {
    await using target = await start();
    const old = await clientToken(provider);
    expect(await statuses(target, old)).toEqual(granted);
    await provider.rotateKeys("old");
    const fresh = await clientToken(provider);
    expect(await statuses(target, fresh)).toEqual(granted);
    expect(await statuses(target, old)).toEqual(granted);
    expect(keysAsked()).toBe(2);
  });

  test("a new key in place of the old one: tokens that passed before pass no longer", async () => {
    await using target = await start();
    const old = await clientToken(provider);
    const unseen = await clientToken(provider);
    expect(await statuses(target, old)).toEqual(granted);
    await provider.rotateKeys();
    expect(await statuses(target, await clientToken(provider))).toEqual(granted);
    expect(await statuses(target, old)).toEqual(refused);
    expect(await statuses(target, unseen)).toEqual(refused);
    expect(keysAsked()).toBeLessThanOrEqual(3);
  });

  test("an old key that nobody's new token tells of is gone once the keys have their age", async () => {
    await using target = await start();
    const old = await clientToken(provider);
    expect(await statuses(target, old)).toEqual(granted);
    await provider.rotateKeys();
    clock += 599_000;
    expect(await statuses(target, old)).toEqual(granted);
    clock += 2_000;
    expect((await target.post(bearer(await clientToken(provider)))).status).toBe(200);
    expect(await statuses(target, old)).toEqual(refused);
  });

  test("many tokens of a new key at once are one fetch", async () => {
    await using target = await start();
    expect((await target.post(bearer(await clientToken(provider)))).status).toBe(200);
    await provider.rotateKeys("old");
    const tokens = await Promise.all(Array.from({ length: 40 }, () => clientToken(provider)));
    const seen = await Promise.all(tokens.map((token) => target.status(token)));
    expect(new Set(seen)).toEqual(new Set([200]));
    expect(keysAsked()).toBe(2);
  });

  test("key after key is followed, a fetch for each", async () => {
    await using target = await start();
    for (let rotations = 0; rotations < 4; rotations += 1) {
      expect(await statuses(target, await clientToken(provider))).toEqual(granted);
      await provider.rotateKeys();
    }
    expect(keysAsked()).toBe(4);
  });

  test("a new key while the provider cannot be reached is refused, and passes when it can", async () => {
    await using target = await start();
    const old = await clientToken(provider);
    expect(await statuses(target, old)).toEqual(granted);
    await provider.rotateKeys("old");
    const fresh = await clientToken(provider);
    await provider.stop();
    expect((await target.post(bearer(fresh))).status).toBe(401);
    expect(await statuses(target, old)).toEqual(granted);
    await provider.start();
    clock += 31_000;
    expect(await statuses(target, fresh)).toEqual(granted);
  });
});

import { createHmac, createPublicKey, type JsonWebKey } from "node:crypto";
import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { sampleContext } from "./sample-context.js";
import { agentClaim, createMint, type KeyName, type Mint, readToken, runKeys, secondsAt } from "./tokens.js";

const at = { now: () => Date.now(), clockAheadMs: 0 };
const options = { issuer: "http://127.0.0.1:9000", audience: "https://agent.example", agent: "urn:asap:agent:one" };
const scopes = ["asap:execute", "asap:read"];
const mint: Mint = createMint({ ...options, scopes, keys: await runKeys(true) });
const keysOf = (own: Mint, ...names: KeyName[]) =>
  createLocalJWKSet({ keys: names.map((name) => own.jwk(name) as JWK) });

describe("a token of the mint", () => {
  it("holds by another library's word, and says who it is for and of", async () => {
    const token = mint.token(at);
    const { payload, protectedHeader } = await jwtVerify(token.text, keysOf(mint, "current"), {
      issuer: options.issuer,
      audience: options.audience,
      typ: "JWT",
      requiredClaims: ["sub", "exp", "iat", "jti"],
    });
    expect(payload).toEqual(token.claims);
    expect(protectedHeader).toEqual(token.header);
    expect(payload).toMatchObject({
      [agentClaim]: options.agent,
      scope: "asap:execute asap:read",
      client_id: payload.sub,
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBeGreaterThan(3600);
  });

  it("is another one each time, and the same text each time it is read", () => {
    const token = mint.token(at);
    expect(token.text).toBe(token.text);
    expect(mint.token(at).text).not.toBe(token.text);
  });

  it("holds by ES256 where that is what the key is for", async () => {
    const { mint: other } = sampleContext;
    if (typeof other === "string") throw new Error(other);
    const { protectedHeader } = await jwtVerify(other.token(at).text, keysOf(other, "current"));
    expect(protectedHeader.alg).toBe("ES256");
  });

  it("is made by the clock of the agent", () => {
    const ahead = { now: () => 1_000_000, clockAheadMs: 600_000 };
    expect(secondsAt(ahead, 5)).toBe(1605);
    expect(mint.token(ahead).claims).toMatchObject({ iat: 1599, exp: 1600 + 7200 });
  });

  it.each<[KeyName]>([["next"], ["stranger"]])("is signed with the key %s where that is asked for", async (key) => {
    const { text } = mint.token(at, { key });
    await expect(jwtVerify(text, keysOf(mint, "current"))).rejects.toThrow();
    await expect(jwtVerify(text, keysOf(mint, key))).resolves.toBeDefined();
  });

  it("has the claims and the header that it is given, and is without those that are undefined", () => {
    const token = mint.token(at, { claims: { aud: undefined, sub: 7 }, header: { kid: undefined, typ: "at+jwt" } });
    expect(token.claims).toMatchObject({ sub: 7 });
    expect(token.claims).not.toHaveProperty("aud");
    expect(token.header).toEqual({ alg: "RS256", typ: "at+jwt" });
    expect(readToken(token.text)).toEqual({ header: token.header, claims: token.claims });
  });

  it("can be signed by nothing, or by the public key as a secret", () => {
    const bare = mint.token(at, { signature: "none" }).text;
    expect([bare.split(".").length, bare.endsWith("."), decodeProtectedHeader(bare).alg]).toEqual([3, true, "none"]);
    const [header = "", claims = "", signature] = mint.token(at, { signature: "hmac" }).text.split(".");
    const key = createPublicKey({ key: mint.jwk("current") as JsonWebKey, format: "jwk" });
    const pem = key.export({ type: "spki", format: "pem" });
    expect(signature).toBe(createHmac("sha256", pem).update(`${header}.${claims}`).digest("base64url"));
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toMatchObject({ alg: "HS256" });
  });

  it("can be changed before it is signed, and after", async () => {
    const twice = mint.token(at, { json: (text) => `${text.slice(0, -1)},"sub":"second"}` });
    const { payload } = await jwtVerify(twice.text, keysOf(mint, "current"));
    expect(payload.sub).toBe("second");
    expect(Buffer.from(twice.text.split(".")[1] ?? "", "base64url").toString()).toMatch(
      /"sub":"asap-conf.*"sub":"second"/,
    );
    expect(mint.token(at, { text: () => "word" }).text).toBe("word");
  });
});

describe("runKeys()", () => {
  it("keeps the keys of the process, and gives a next one that is new where it is wanted", async () => {
    const [first, second, third] = [await runKeys(true), await runKeys(true), await runKeys(false)];
    expect(second.current.kid).toBe(first.current.kid);
    expect(second.stranger.kid).toBe(first.stranger.kid);
    expect(second.next.kid).not.toBe(first.next.kid);
    expect(third.next.kid).toBe(third.current.kid);
    expect(new Set([first.current.kid, first.stranger.kid, first.next.kid]).size).toBe(3);
  });
});

describe("readToken()", () => {
  it.each(["", "word", "a.b", "bm8.e30.x", "W10.e30.x", "e30"])("gives nothing for %j", (text) => {
    expect(readToken(text)).toBeNull();
  });

  it("reads a token whatever its signature is", () => {
    expect(readToken("e30.eyJhIjoxfQ.!")).toEqual({ header: {}, claims: { a: 1 } });
  });
});

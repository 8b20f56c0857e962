import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compact, forge, signer } from "../testing/forge.js";
import { agentClaim, bearer, startTarget, type Target, type TargetOptions, targetId } from "../testing/forge-target.js";
import { type IssuerKey, issuerKey, startTestIssuer, type TestIssuer } from "../testing/test-issuer.js";

let issuer: TestIssuer;
let second: IssuerKey;
let elsewhere: Server;
let elsewhereUrl: string;
let askedElsewhere = 0;
let clock = 0;

beforeAll(async () => {
  issuer = await startTestIssuer();
  second = await issuerKey("k2");
  elsewhere = createServer((_request, response) => {
    askedElsewhere += 1;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  elsewhereUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await issuer.close();
  await new Promise((resolve) => elsewhere.close(resolve));
});
beforeEach(() => {
  issuer.asked.clear();
  issuer.intercept = undefined;
  askedElsewhere = 0;
  clock = Date.now();
});

const start = (auth: TargetOptions["auth"] = {}) =>
  startTarget(issuer, { auth: { timeoutMs: 500, ...auth }, agent: { now: () => clock } });
const honest = (jti: string, exp = 7_200): string => {
  const made = forge(issuer, { [agentClaim]: targetId });
  return made.claimed(made.claims({ jti, exp: Math.floor(clock / 1_000) + exp }));
};
/** Answers one path in its own way. */
const answer = (path: string, respond: (response: ServerResponse) => void): void => {
  issuer.intercept = (request, response) => {
    if (request.url !== path) return false;
    respond(response);
    return true;
  };
};
const json =
  (value: unknown, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
const text =
  (value: string, type = "application/json") =>
  (response: ServerResponse) => {
    response.writeHead(200, { "content-type": type });
    response.end(value);
  };
const expectUnavailable = async (target: Target): Promise<void> => {
  const token = honest("unavailable");
  for (const judged of [await target.post(bearer(token)), await target.upgrade(bearer(token))]) {
    expect(judged).toMatchObject({ status: 503, detail: "Authentication service unavailable" });
    expect(judged.text).not.toContain(token);
  }
  expect(target.logged()).not.toContain(token);
  expect(target.runs()).toBe(0);
};

const broken: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "status 500": json({ keys: [] }, 500),
  "status 404": json({ error: "not_found" }, 404),
  "status 204": (response) => response.writeHead(204).end(),
  HTML: text("<!doctype html><title>Sign in</title>", "text/html"),
  "half a document": text('{"keys":[{"kty":"RSA"'),
  "no bytes": text(""),
  "a list": json([]),
  null: json(null),
  "no keys": json({}),
  "an empty list of keys": json({ keys: [] }),
  "keys that are no list": json({ keys: { kty: "RSA" } }),
  "keys that are no objects": json({ keys: [null, 1, "key", []] }),
  "symmetric keys alone": json({ keys: [{ kty: "oct", k: "AAAA", kid: "k1", alg: "HS256" }] }),
  "nothing, for ever": () => {},
  "a head, then nothing": (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"keys":[');
  },
  "50 MiB": (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const chunk = Buffer.alloc(65_536, " ");
    let left = 800;
    const more = (): void => {
      while (left-- > 0) {
        if (response.destroyed) return;
        if (!response.write(chunk)) return void response.once("drain", more);
      }
      response.end('{"keys":[]}');
    };
    more();
  },
};

describe("key sets that are none", () => {
  for (const [name, respond] of Object.entries(broken)) {
    test(`${name}: 503 while no keys are known, and 200 when the keys are back`, async () => {
      answer("/jwks", respond);
      await using target = await start();
      await expectUnavailable(target);
      issuer.intercept = undefined;
      clock += 31_000;
      expect(await target.status(honest("back"))).toBe(200);
    });
  }

  const outages = Object.entries(broken).filter(([name]) => !/keys/.test(name));
  for (const [name, respond] of outages) {
    test(`${name}: known keys go on, forged ones do not get in`, async () => {
      await using target = await start();
      expect(await target.status(honest("before"))).toBe(200);
      answer("/jwks", respond);
      clock += 601_000;
      expect(await target.status(honest("after"))).toBe(200);
      const forged = compact({ alg: "RS256", kid: "k2" }, issuer.claims({ jti: "k2" }), signer(second, "RS256"));
      expect(await target.status(forged)).toBe(401);
    });
  }

  test.each([301, 302, 303, 307, 308])("a redirect with status %i is not followed", async (status) => {
    answer("/jwks", (response) => response.writeHead(status, { location: `${elsewhereUrl}/jwks` }).end());
    await using target = await start();
    await expectUnavailable(target);
    expect(askedElsewhere).toBe(0);
  });

  test("broken keys beside a good one: the good one works, tokens of the broken ones are refused", async () => {
    const wrong = [
      { kty: "RSA", kid: "b1", n: "!!", e: "AQAB", alg: "RS256" },
      { kty: "RSA", kid: "b2", alg: "RS256" },
      { kty: "EC", kid: "b3", crv: "P-999", x: "AA", y: "AA", alg: "ES256" },
      { kty: "EC", kid: "b4", crv: "P-256", x: "AA", y: "AA", alg: "ES256" },
      { kty: "OKP", kid: "b5", crv: "Ed25519", x: "AA", alg: "EdDSA" },
      { kty: "RSA", kid: 7 },
      { kid: "b6" },
      { kty: ["RSA"], kid: "b7" },
      { kty: "RSA", kid: "b8", n: {}, e: [], alg: "RS256" },
      null,
      "key",
      [],
    ];
    answer("/jwks", json({ keys: [...wrong, issuer.keys[0]?.jwk] }));
    await using target = await start();
    expect(await target.status(honest("good"))).toBe(200);
    for (const kid of ["b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8"]) {
      for (const alg of ["RS256", "ES256", "EdDSA"]) {
        const forged = compact({ alg, kid }, issuer.claims({ jti: kid }), Buffer.alloc(64, 1));
        expect(await target.status(forged), `${kid} ${alg}`).toBe(401);
      }
    }
    expect(await target.status(honest("still good"))).toBe(200);
  });

  test("two keys with one id: tokens of both pass, of a third do not", async () => {
    const { jwk } = issuer.keys[0] as IssuerKey;
    answer("/jwks", json({ keys: [jwk, { ...second.jwk, kid: jwk.kid }] }));
    await using target = await start();
    const made = forge(issuer, { [agentClaim]: targetId });
    const third = await issuerKey("k3");
    const by = (key: IssuerKey) => compact(made.header(), made.claims(), signer(key, "RS256"));
    expect(await target.status(by(issuer.keys[0] as IssuerKey))).toBe(200);
    expect(await target.status(by(second))).toBe(200);
    expect(await target.status(by(third))).toBe(401);
  });

  test("a private key in the set is not one to verify with", async () => {
    const { jwk } = issuer.keys[0] as IssuerKey;
    answer("/jwks", json({ keys: [{ ...jwk, d: "AAAA" }] }));
    await using target = await start();
    await expectUnavailable(target);
  });
});

const metadataPath = "/.well-known/openid-configuration";
const metadata = (more: object) => ({ issuer: issuer.issuer, jwks_uri: issuer.jwksUri, ...more });

describe("metadata of an issuer", () => {
  test.each([
    ["another issuer", () => ({ issuer: elsewhereUrl })],
    ["a slash after it", () => ({ issuer: `${issuer.issuer}/` })],
    ["the other case", () => ({ issuer: issuer.issuer.toUpperCase() })],
    ["another name of the host", () => ({ issuer: issuer.issuer.replace("127.0.0.1", "localhost") })],
    ["a path after it", () => ({ issuer: `${issuer.issuer}/realm` })],
    ["no issuer", () => ({ issuer: undefined })],
    ["a list", () => ({ issuer: [issuer.issuer] })],
    ["null", () => ({ issuer: null })],
  ])("that name %s: 503, nothing is taken from them, and they are not kept", async (_name, more) => {
    answer(metadataPath, json(metadata({ jwks_uri: `${elsewhereUrl}/jwks`, ...more() })));
    await using target = await start();
    await expectUnavailable(target);
    expect(askedElsewhere).toBe(0);
    expect(issuer.asked.get("/jwks")).toBeUndefined();
    issuer.intercept = undefined;
    clock += 31_000;
    expect(await target.status(honest("right again"))).toBe(200);
  });

  test.each([
    ["no URL of keys", undefined],
    ["a URL of keys that is a number", 1],
    ["a URL of keys that is a file", "file:///etc/passwd"],
    ["a URL of keys that is data", "data:application/json,%7B%22keys%22:%5B%5D%7D"],
    ["a relative URL of keys", "/jwks"],
    ["a URL of keys in the metadata service of a cloud", "http://169.254.169.254/latest/meta-data"],
    ["a URL of keys in a private network", "http://10.0.0.1/jwks"],
  ])("with %s: 503", async (_name, jwks_uri) => {
    answer(metadataPath, json(metadata({ jwks_uri })));
    await using target = await start();
    await expectUnavailable(target);
  });

  test.each(Object.entries(broken).filter(([name]) => !/keys|status 4|empty/.test(name)))(
    "that are %s: 503, and 200 when they are back",
    async (_name, respond) => {
      answer(metadataPath, respond);
      await using target = await start();
      await expectUnavailable(target);
      issuer.intercept = undefined;
      clock += 31_000;
      expect(await target.status(honest("back"))).toBe(200);
    },
  );

  test.each([302, 307, 308])(
    "that are redirected with status %i: 503, and the redirect is not followed",
    async (status) => {
      answer(metadataPath, (response) => response.writeHead(status, { location: elsewhereUrl }).end());
      await using target = await start();
      await expectUnavailable(target);
      expect(askedElsewhere).toBe(0);
    },
  );

  test("are found where RFC 8414 says, where OpenID Connect has none", async () => {
    issuer.intercept = (request, response) => {
      if (request.url !== "/.well-known/oauth-authorization-server") return false;
      json(metadata({}))(response);
      return true;
    };
    const issued = issuer.intercept;
    issuer.intercept = (request, response) => {
      if (request.url === metadataPath) json({}, 404)(response);
      else return issued(request, response);
      return true;
    };
    await using target = await start();
    expect(await target.status(honest("8414"))).toBe(200);
  });
});

describe("issuers on this host without permission for it", () => {
  const reached = () => [...issuer.asked.values()].reduce((sum, count) => sum + count, 0);

  test("the metadata: 503, and no request reaches it", async () => {
    await using target = await start({ egress: {} });
    await expectUnavailable(target);
    expect(reached()).toBe(0);
  });

  test.each(["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]"])(
    "the keys at %s: 503, and no request reaches them",
    async (host) => {
      await using target = await start({
        egress: {},
        allowInsecure: true,
        jwksUri: `http://${host}:${issuer.port}/jwks`,
      });
      await expectUnavailable(target);
      expect(reached()).toBe(0);
    },
  );

  test("a name that resolves to this host: 503, and no request reaches it", async () => {
    const resolve = async () => ["127.0.0.1"];
    await using target = await start({
      egress: { resolve },
      allowInsecure: true,
      jwksUri: `http://issuer.example:${issuer.port}/jwks`,
    });
    await expectUnavailable(target);
    expect(reached()).toBe(0);
  });
});

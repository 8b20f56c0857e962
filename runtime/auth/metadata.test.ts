import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type OidcProvider, startOidcProvider } from "../testing/oidc-provider.js";
import { checkedIssuer, fetchIssuerMetadata, type IssuerFetchOptions, keptMetadata } from "./metadata.js";

const loopback: IssuerFetchOptions = { egress: { allowLoopback: true } };
const openid = "/.well-known/openid-configuration";
const oauth = "/.well-known/oauth-authorization-server";

let server: Server;
let origin: string;
/** Answers by path; others are 404. */
let answers: Record<string, (response: ServerResponse) => void>;
let asked: string[];

const json =
  (body: unknown, status = 200) =>
  (response: ServerResponse) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    (answers[url] ?? json({}, 404))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  answers = {};
  asked = [];
});

describe("fetchIssuerMetadata()", () => {
  test("reads that of a real provider (OAUTH-004)", async () => {
    const provider: OidcProvider = await startOidcProvider();
    const metadata = await fetchIssuerMetadata(provider.issuer, loopback);
    expect(metadata).toMatchObject({
      issuer: provider.issuer,
      token_endpoint: provider.tokenEndpoint,
      jwks_uri: provider.jwksUri,
      introspection_endpoint: provider.introspectionEndpoint,
    });
    await provider.close();
  });

  test.each([
    ["", [openid, oauth]],
    ["/", [openid, oauth]],
    ["/tenant", [`/tenant${openid}`, `${oauth}/tenant`]],
    ["/tenant/", [`/tenant${openid}`, `${oauth}/tenant`]],
    ["/a/b/v2.0", [`/a/b/v2.0${openid}`, `${oauth}/a/b/v2.0`]],
  ])("of an issuer with the path %j is looked for where OpenID Connect and then RFC 8414 say", async (path, places) => {
    const issuer = origin + path;
    for (const place of places) {
      answers = { [place]: json({ issuer }) };
      expect(await fetchIssuerMetadata(issuer, loopback)).toEqual({ issuer });
    }
    expect(asked).toEqual([places[0], ...places]);
  });

  test.each([400, 401, 403, 404, 405, 410])("looks in the second place after a %i in the first", async (status) => {
    answers = { [openid]: json({}, status), [oauth]: json({ issuer: origin }) };
    expect(await fetchIssuerMetadata(origin, loopback)).toEqual({ issuer: origin });
  });

  test.each([204, 301, 302, 307, 308, 500, 502, 503])("does not look further after a %i", async (status) => {
    answers = {
      [openid]: (response) => response.writeHead(status, { location: oauth }).end(),
      [oauth]: json({ issuer: origin }),
    };
    await expect(fetchIssuerMetadata(origin, loopback)).rejects.toMatchObject({
      code: "asap:auth/unavailable",
      data: { url: origin + openid },
    });
    expect(asked).toEqual([openid]);
  });

  test.each<[string, (issuer: string) => unknown]>([
    ["a slash more", (issuer) => `${issuer}/`],
    ["another case", (issuer) => issuer.replace("http", "HTTP")],
    ["another name of the host", (issuer) => issuer.replace("127.0.0.1", "localhost")],
    ["a path more", (issuer) => `${issuer}/tenant`],
    ["another host", () => "https://login.example"],
    ["nothing", () => undefined],
    ["a list", (issuer) => [issuer]],
    ["null", () => null],
  ])("refuses metadata that names as its issuer %s", async (_, named) => {
    answers = { [openid]: json({ issuer: named(origin) }) };
    await expect(fetchIssuerMetadata(origin, loopback)).rejects.toMatchObject({
      code: "asap:auth/issuer_mismatch",
      data: { expected: origin },
    });
  });

  test("repeats no more of another issuer's name than 300 characters", async () => {
    answers = { [openid]: json({ issuer: "x".repeat(10_000) }) };
    const failed = await fetchIssuerMetadata(origin, loopback).catch((cause: unknown) => cause);
    expect(JSON.stringify(failed).length).toBeLessThan(1_000);
  });

  test.each(["token_endpoint", "authorization_endpoint", "jwks_uri", "introspection_endpoint"])(
    "refuses metadata whose %s is no URL",
    async (name) => {
      for (const value of ["/relative", "", 7, null, ["https://a.example"]]) {
        answers = { [openid]: json({ issuer: origin, [name]: value }) };
        await expect(fetchIssuerMetadata(origin, loopback)).rejects.toMatchObject({
          code: "asap:auth/unavailable",
          data: { reason: `its metadata holds no URL as ${name}` },
        });
      }
    },
  );

  test.each<[string, (response: ServerResponse) => void, RegExp]>([
    ["no JSON", (response) => response.end("<html>"), /no JSON object/],
    ["a list", json([]), /no JSON object/],
    ["null", json(null), /no JSON object/],
    ["more than 262,144 bytes", json({ more: "x".repeat(262_144) }), /larger than 262144 bytes/],
    ["bytes that are no UTF-8", (response) => response.end(Buffer.from([0x7b, 0xff])), /not UTF-8/],
    ["a connection that breaks", (response) => response.destroy(), /./],
  ])("takes %s for an issuer that cannot be used", async (_, answer, reason) => {
    answers = { [openid]: answer };
    await expect(fetchIssuerMetadata(origin, loopback)).rejects.toMatchObject({
      code: "asap:auth/unavailable",
      data: { reason: expect.stringMatching(reason) },
    });
  });

  test("ends at its time where no answer comes", async () => {
    answers = { [openid]: () => undefined };
    await expect(fetchIssuerMetadata(origin, { ...loopback, timeoutMs: 50 })).rejects.toMatchObject({
      code: "asap:auth/unavailable",
    });
  });

  test("is fetched without encryption from this host alone", async () => {
    const asking = fetchIssuerMetadata("http://login.example", { egress: { resolve: async () => ["93.184.216.34"] } });
    await expect(asking).rejects.toMatchObject({
      code: "asap:auth/unavailable",
      cause: { code: "asap:transport/insecure_url" },
    });
  });
});

describe("checkedIssuer()", () => {
  test.each(["https://login.example", "https://login.example/", "https://login.example/a/b", "http://127.0.0.1:1"])(
    "takes %s as it is",
    (issuer) => expect(checkedIssuer(issuer)).toBe(issuer),
  );

  test.each([
    "",
    "login.example",
    "/login",
    "ftp://login.example",
    "file:///etc/passwd",
    "https://login.example?tenant=a",
    "https://login.example#a",
    "https://user@login.example",
    "https://user:canary@login.example",
    undefined as never,
  ])("refuses %j", (issuer) => {
    expect(() => checkedIssuer(issuer)).toThrow(
      expect.objectContaining({ code: "asap:config/invalid_option", message: expect.not.stringContaining("canary") }),
    );
  });
});

describe("keptMetadata()", () => {
  let clock = 0;
  const start = () => keptMetadata(origin, { ...loopback, now: () => clock });

  test("is fetched once for many callers and kept for an hour", async () => {
    answers = { [openid]: json({ issuer: origin }) };
    const metadata = start();
    expect(asked).toEqual([]);
    await Promise.all(Array.from({ length: 50 }, metadata));
    clock += 3_600_000;
    await metadata();
    expect(asked).toHaveLength(1);
    clock += 1;
    await metadata();
    expect(asked).toHaveLength(2);
  });

  test("is kept for an hour more while the issuer cannot be reached", async () => {
    answers = { [openid]: json({ issuer: origin }) };
    const metadata = start();
    await metadata();
    answers = { [openid]: json({}, 500) };
    clock += 7_200_000;
    expect(await metadata()).toEqual({ issuer: origin });
    clock += 30_001;
    await expect(metadata()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
  });

  test("is asked for ever more rarely while that fails, and at once where it can", async () => {
    answers = { [openid]: json({}, 500) };
    const metadata = start();
    const at: number[] = [];
    for (let second = 0; second < 100; second += 1) {
      const before = asked.length;
      await expect(metadata()).rejects.toMatchObject({ code: "asap:auth/unavailable" });
      if (asked.length > before) at.push(second);
      clock += 1_000;
    }
    expect(at).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
    answers = { [openid]: json({ issuer: origin }) };
    clock += 30_000;
    expect(await metadata()).toEqual({ issuer: origin });
  });

  test("is refused before anything is fetched where the issuer is no URL", async () => {
    await expect(keptMetadata("login.example", loopback)()).rejects.toMatchObject({
      code: "asap:config/invalid_option",
    });
    expect(asked).toEqual([]);
  });
});

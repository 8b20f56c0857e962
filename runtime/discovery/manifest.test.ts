import { describe, expect, test } from "vitest";
import { type Move, type Received, scriptedPeer } from "../testing/scripted-peer.js";
import { createManifestCache, discover } from "./manifest.js";

const path = "/.well-known/asap/manifest.json";
const document = {
  id: "urn:asap:agent:sink",
  name: "S",
  version: "1.0.0",
  description: "d",
  capabilities: {
    asap_version: "0.1",
    skills: [{ id: "echo", description: "e", input_schema: { type: "object" }, output_schema: null }],
    state_persistence: false,
    streaming: false,
    mcp_tools: [],
  },
  endpoints: { asap: "http://127.0.0.1:8000/asap", events: null },
  auth: null,
  signature: null,
  ttl_seconds: 300,
};
const served = (parts: object = {}, headers: Record<string, string> = {}): Move => ({
  body: JSON.stringify({ ...document, ...parts }),
  headers,
});

/** Options with a cache and a clock of their own. */
function apart() {
  const clock = { ms: Date.UTC(2026, 0, 1) };
  return { clock, options: { cache: createManifestCache(), now: () => clock.ms } };
}

describe("discover()", () => {
  test.each(["", "/", "/asap", "/asap/", path])(
    "finds the manifest from the base URL with %j (DISC-002)",
    async (end) => {
      await using peer = await scriptedPeer(() => served());
      expect(await discover(peer.url + end, { cache: false })).toEqual(document);
      expect(peer.requests.map(({ method, path }) => [method, path])).toEqual([["GET", path]]);
    },
  );

  test("takes the URL of a manifest that lies elsewhere as it is", async () => {
    await using peer = await scriptedPeer(() => served());
    await discover(`${peer.url}/agents/one.json?v=2`, { cache: false });
    expect(peer.requests.map((request) => request.path)).toEqual(["/agents/one.json?v=2"]);
  });

  test("takes a manifest without optional members", async () => {
    const { auth: _, signature: __, ttl_seconds: ___, ...short } = document;
    await using peer = await scriptedPeer(() => ({ body: JSON.stringify(short) }));
    expect(await discover(peer.url, { cache: false })).toEqual(short);
  });

  test("drops members it does not know (MAN-005), wherever they are", async () => {
    const strange = {
      ...document,
      new_field: 1,
      capabilities: { ...document.capabilities, more: {}, skills: [{ ...document.capabilities.skills[0], tags: [] }] },
      endpoints: { ...document.endpoints, grpc: "x" },
      auth: { schemes: ["bearer"], oauth2: { token_url: "https://t", own: 1 }, extra: true },
    };
    const body = JSON.stringify(strange).replace("{", '{"__proto__":{"polluted":true},');
    await using peer = await scriptedPeer(() => ({ body }));
    const manifest = await discover(peer.url, { cache: false });
    expect(manifest).toEqual({
      ...document,
      auth: { schemes: ["bearer"], oauth2: { token_url: "https://t", own: 1 } },
    });
    expect(Object.keys(manifest)).not.toContain("__proto__");
    expect("polluted" in manifest).toBe(false);
  });

  test.each([["oauth2"], ["Bearer"], ["OAuth2", "basic"]])(
    "accepts the authentication scheme %s",
    async (...schemes) => {
      await using peer = await scriptedPeer(() => served({ auth: { schemes, oauth2: null } }));
      expect((await discover(peer.url, { cache: false })).auth).toEqual({ schemes, oauth2: null });
    },
  );

  test("refuses an authentication scheme it does not know, and names it", async () => {
    await using peer = await scriptedPeer(() => served({ auth: { schemes: ["bearer", "hmac"], oauth2: null } }));
    await expect(discover(peer.url, { cache: false })).rejects.toMatchObject({
      code: "asap:auth/unsupported_scheme",
      data: { scheme: "hmac", supported_schemes: ["bearer", "basic", "oauth2"] },
    });
  });

  test("gives a manifest that nobody can change", async () => {
    await using peer = await scriptedPeer(() => served());
    const manifest = await discover(peer.url, { cache: false });
    expect(() => {
      manifest.capabilities.skills?.pop();
    }).toThrow(TypeError);
  });

  test.each([
    ["no JSON", "<html>"],
    ["nothing", ""],
    ["a list", "[]"],
    ["null", "null"],
    ["no id", JSON.stringify({ ...document, id: undefined })],
    ["an id that is no URN", JSON.stringify({ ...document, id: "sink" })],
    ["a version that is none", JSON.stringify({ ...document, version: "latest" })],
    ["schemes that are no list", JSON.stringify({ ...document, auth: { schemes: "bearer" } })],
    ["a scheme that is a number", JSON.stringify({ ...document, auth: { schemes: [1] } })],
    ["ttl_seconds of 0", JSON.stringify({ ...document, ttl_seconds: 0 })],
  ])("refuses %s (MAN-014)", async (_, body) => {
    await using peer = await scriptedPeer(() => ({ body }));
    await expect(discover(peer.url, { cache: false })).rejects.toMatchObject({
      code: "asap:discovery/manifest_invalid",
      data: { url: peer.url + path, validation_errors: expect.any(Array) },
    });
  });

  test("names the member at fault", async () => {
    await using peer = await scriptedPeer(() => served({ endpoints: {} }));
    await expect(discover(peer.url, { cache: false })).rejects.toMatchObject({
      message: expect.stringContaining("endpoints.asap: Field required"),
      data: { validation_errors: [{ type: "missing", loc: ["endpoints", "asap"] }] },
    });
  });

  test("survives nesting as deep as its size allows", async () => {
    const body = JSON.stringify({ ...document, auth: { schemes: [], oauth2: { x: "DEEP" } } }).replace(
      '"DEEP"',
      `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    );
    await using peer = await scriptedPeer(() => ({ body }));
    expect((await discover(peer.url, { cache: false })).id).toBe(document.id);
  });

  test.each([301, 307, 400, 401, 404, 500, 503])("fails on status %i (MAN-014)", async (status) => {
    await using peer = await scriptedPeer(() => ({
      body: JSON.stringify(document),
      status,
      headers: { location: "/other" },
    }));
    await expect(discover(peer.url, { cache: false })).rejects.toMatchObject({
      code: "asap:transport/http_status",
      data: { url: peer.url + path, status },
    });
    expect(peer.requests).toHaveLength(1);
  });

  test("refuses a manifest over one mebibyte", async () => {
    await using peer = await scriptedPeer(() => served({ description: "x".repeat(1_048_576) }));
    await expect(discover(peer.url, { cache: false })).rejects.toMatchObject({
      code: "asap:transport/invalid_response",
      data: { reason: "larger than 1048576 bytes" },
    });
  });

  test("ends at its timeout, and at once when its signal aborts", async () => {
    const controller = new AbortController();
    await using peer = await scriptedPeer(({ count }) => {
      if (count === 1) controller.abort("enough");
      return "hang";
    });
    await expect(discover(peer.url, { cache: false, timeoutMs: 30 })).rejects.toMatchObject({
      code: "asap:transport/timeout",
    });
    await expect(discover(peer.url, { cache: false, signal: controller.signal })).rejects.toMatchObject({
      code: "asap:transport/aborted",
      cause: "enough",
    });
  });

  test("fails when nobody listens", async () => {
    const gone = await scriptedPeer(() => undefined);
    await gone[Symbol.asyncDispose]();
    await expect(discover(gone.url)).rejects.toMatchObject({ code: "asap:transport/connection_failed" });
  });

  test("checks the id when it is told which (DISC-002)", async () => {
    await using peer = await scriptedPeer(() => served());
    expect((await discover(peer.url, { cache: false, expectId: document.id })).id).toBe(document.id);
    await expect(discover(peer.url, { cache: false, expectId: "urn:asap:agent:other" })).rejects.toMatchObject({
      code: "asap:discovery/manifest_mismatch",
      data: { expected: "urn:asap:agent:other", received: document.id },
    });
  });

  test.each(["http://agent.example", "ftp://localhost", "localhost"])("does not ask %s", async (url) => {
    await expect(discover(url)).rejects.toMatchObject({ code: expect.stringMatching(/insecure_url|invalid_option/) });
  });
});

describe("the cache of discover()", () => {
  const etag = '"abc"';
  const known = (request: Received): Move =>
    request.headers["if-none-match"] === etag ? { status: 304, headers: { etag } } : served({}, { etag });

  test("answers for five minutes without asking (DISC-003)", async () => {
    const { clock, options } = apart();
    await using peer = await scriptedPeer(() => served());
    const first = await discover(peer.url, options);
    clock.ms += 299_999;
    expect(await discover(`${peer.url}/asap/`, options)).toBe(first);
    expect(peer.requests).toHaveLength(1);
    clock.ms += 1;
    await discover(peer.url, options);
    expect(peer.requests).toHaveLength(2);
  });

  test.each([
    ["max-age=60", 60],
    ["public, MAX-AGE=120", 120],
    ['max-age="30"', 30],
    ["max-age=9999999", 86_400],
    ["public", 300],
    ["max-age=-5", 300],
    ["max-age=soon", 300],
  ])("heeds Cache-Control: %s (DISC-003, MAN-012)", async (value, seconds) => {
    const { clock, options } = apart();
    await using peer = await scriptedPeer(() => served({}, { "cache-control": value }));
    await discover(peer.url, options);
    clock.ms += seconds * 1_000 - 1;
    await discover(peer.url, options);
    expect(peer.requests).toHaveLength(1);
    clock.ms += 1;
    await discover(peer.url, options);
    expect(peer.requests).toHaveLength(2);
  });

  test.each(["max-age=0", "no-cache", "no-store"])("asks each time under Cache-Control: %s", async (value) => {
    const { options } = apart();
    await using peer = await scriptedPeer(() => served({}, { "cache-control": value, etag }));
    await discover(peer.url, options);
    await discover(peer.url, options);
    expect(peer.requests.map((request) => request.headers["if-none-match"])).toEqual([
      undefined,
      value === "no-store" ? undefined : etag,
    ]);
  });

  test("asks by entity tag once stale, and keeps the manifest on 304 (DISC-004, MAN-011)", async () => {
    const { clock, options } = apart();
    await using peer = await scriptedPeer(known);
    const first = await discover(peer.url, options);
    for (let times = 0; times < 3; times++) {
      clock.ms += 300_000;
      expect(await discover(peer.url, options)).toBe(first);
      expect(await discover(peer.url, options)).toBe(first);
    }
    expect(peer.requests.map((request) => request.headers["if-none-match"])).toEqual([undefined, etag, etag, etag]);
  });

  test("takes the new manifest when the tag no longer holds", async () => {
    const { clock, options } = apart();
    await using peer = await scriptedPeer(({ count }) => served({ name: `S${count}` }, { etag: `"${count}"` }));
    expect((await discover(peer.url, options)).name).toBe("S0");
    clock.ms += 300_000;
    expect((await discover(peer.url, options)).name).toBe("S1");
    expect((await discover(peer.url, options)).name).toBe("S1");
    expect(peer.requests).toHaveLength(2);
  });

  test("refuses a 304 that answers no entity tag", async () => {
    const { options } = apart();
    await using peer = await scriptedPeer(() => ({ status: 304 }));
    await expect(discover(peer.url, options)).rejects.toMatchObject({ data: { status: 304 } });
  });

  test("makes one request for a thousand callers at once", async () => {
    const { options } = apart();
    await using peer = await scriptedPeer(() => served());
    const manifests = await Promise.all(Array.from({ length: 1_000 }, () => discover(peer.url, options)));
    expect(peer.requests).toHaveLength(1);
    expect(new Set(manifests).size).toBe(1);
  });

  test("does not let one caller's end become another's", async () => {
    const { options } = apart();
    const controller = new AbortController();
    await using peer = await scriptedPeer(() => {
      controller.abort();
      return served();
    });
    const [given, kept] = await Promise.allSettled([
      discover(peer.url, { ...options, signal: controller.signal }),
      discover(peer.url, options),
    ]);
    expect(given).toMatchObject({ status: "rejected", reason: { code: "asap:transport/aborted" } });
    expect(kept).toMatchObject({ status: "fulfilled", value: { id: document.id } });
    expect(peer.requests).toHaveLength(1);
  });

  test("keeps no failure", async () => {
    const { options } = apart();
    await using peer = await scriptedPeer(({ count }) => (count === 0 ? { status: 500 } : served()));
    const ends = await Promise.allSettled([discover(peer.url, options), discover(peer.url, options)]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(peer.requests).toHaveLength(1);
    expect((await discover(peer.url, options)).id).toBe(document.id);
  });

  test("keeps answers for different credentials apart", async () => {
    const { options } = apart();
    await using peer = await scriptedPeer(({ headers }) => served({ name: headers.authorization ?? "nobody" }));
    const as = (authorization: string) => discover(peer.url, { ...options, headers: { authorization } });
    expect((await as("Bearer a")).name).toBe("Bearer a");
    expect((await as("Bearer b")).name).toBe("Bearer b");
    expect((await discover(peer.url, options)).name).toBe("nobody");
    expect((await as("Bearer a")).name).toBe("Bearer a");
    expect(peer.requests).toHaveLength(3);
  });

  test("drops the longest unused first", async () => {
    const cache = createManifestCache(2);
    await using peer = await scriptedPeer(() => served());
    for (const name of ["a", "b", "a", "c", "a", "b"]) await discover(`${peer.url}/${name}`, { cache });
    const order = peer.requests.map((request) => request.path.charAt(1));
    expect(order).toEqual(["a", "b", "c", "b"]);
  });

  test("is shared by the whole program unless told otherwise", async () => {
    await using peer = await scriptedPeer(() => served());
    expect(await discover(peer.url)).toBe(await discover(peer.url));
    expect(peer.requests).toHaveLength(1);
    await discover(peer.url, { cache: false });
    expect(peer.requests).toHaveLength(2);
  });
});

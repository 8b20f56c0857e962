import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AsapError } from "../error.js";
import { scriptedPeer } from "../testing/scripted-peer.js";
import { discover } from "./manifest.js";
import { createRegistryCache, discoverFromRegistry, registryView } from "./registry.js";

const entry = (name: string, parts: object = {}) => ({
  id: `urn:asap:agent:${name}`,
  name,
  description: "d",
  endpoints: { http: `https://${name}.example/asap`, ws: `wss://${name}.example/asap/ws` },
  skills: ["code_review"],
  asap_version: "1.1.0",
  ...parts,
});
const registry = (...agents: unknown[]) => ({ version: "1.0", updated_at: "2026-02-07T00:00:00Z", agents });
const view = (value: unknown) => registryView(JSON.parse(JSON.stringify(value)), "u");

describe("registryView()", () => {
  test("reads an object at the root (REG-002, REGW-003)", () => {
    expect(view(registry(entry("a"), entry("b")))).toMatchObject({
      url: "u",
      version: "1.0",
      updatedAt: "2026-02-07T00:00:00Z",
      agents: [entry("a"), entry("b")],
      skipped: [],
    });
  });

  test("reads a list at the root (REGW-003)", () => {
    expect(view([entry("a")])).toMatchObject({ version: null, updatedAt: null, agents: [entry("a")], skipped: [] });
  });

  test("takes absent agents for none and absent skills for none (REGW-001)", () => {
    expect(view({ version: "1", updated_at: "2026-02-07T00:00:00Z" }).agents).toEqual([]);
    expect(view([entry("a", { skills: undefined })]).agents[0]?.skills).toEqual([]);
  });

  test("ignores members it does not know (REGW-005)", () => {
    const more = { category: "Coding", tags: [], verification: null, online_check: false };
    const read = view({ ...registry(entry("a", more)), generated_by: "x" });
    expect(read.agents).toEqual([entry("a")]);
    expect(read.skipped).toEqual([]);
  });

  test("leaves out invalid entries and says which and why (REG-004, REGW-002, REGW-004)", () => {
    const read = view(
      registry(entry("a"), entry("b", { id: "nobody" }), 7, entry("c", { name: undefined }), entry("d")),
    );
    expect(read.agents.map(({ name }) => name)).toEqual(["a", "d"]);
    expect(read.skipped).toMatchObject([
      { pointer: "/agents/1", id: "nobody", issues: [{ type: "string_pattern_mismatch", loc: ["agents", 1, "id"] }] },
      { pointer: "/agents/2", id: undefined, issues: [{ type: "dict_type", loc: ["agents", 2] }] },
      { pointer: "/agents/3", id: "urn:asap:agent:c", issues: [{ type: "missing", loc: ["agents", 3, "name"] }] },
    ]);
  });

  test("points into a list at the root", () => {
    expect(view([{}]).skipped[0]).toMatchObject({
      pointer: "/0",
      issues: expect.arrayContaining([expect.objectContaining({ loc: [0, "id"] })]),
    });
  });

  test.each([
    ["no JSON", undefined],
    ["null", null],
    ["a string", "x"],
    ["no version", { updated_at: "2026-02-07T00:00:00Z", agents: [] }],
    ["no updated_at", { version: "1", agents: [] }],
    ["a time that is none", { ...registry(), updated_at: "yesterday" }],
    ["agents that are no list", { ...registry(), agents: {} }],
    ["agents null", { ...registry(), agents: null }],
  ])("refuses %s (REGW-001)", (_, value) => {
    expect(() => registryView(value, "u")).toThrow(
      expect.objectContaining({ code: "asap:discovery/registry_invalid" }),
    );
  });

  test("finds agents by exact skill and by exact id (REGW-007)", () => {
    const read = view([
      entry("a"),
      entry("b", { skills: ["Code_Review", "sum"] }),
      entry("c", { skills: ["sum", "code_review"] }),
    ]);
    expect(read.findBySkill("code_review").map(({ name }) => name)).toEqual(["a", "c"]);
    expect(read.findBySkill("code")).toEqual([]);
    expect(read.findById("urn:asap:agent:b")?.name).toBe("b");
    expect(read.findById("urn:asap:agent:B")).toBeUndefined();
  });

  test("keeps several endpoints by kind (REG-001)", () => {
    expect(view([entry("a")]).agents[0]?.endpoints).toEqual(entry("a").endpoints);
    expect(view([entry("a", { endpoints: {} })]).agents[0]?.endpoints).toEqual({});
  });
});

describe("discoverFromRegistry()", () => {
  const body = JSON.stringify(registry(entry("a")));

  test("fetches once per URL and 900 seconds, and shares the request (REG-002, REGW-009)", async () => {
    const clock = { ms: 0 };
    const options = { cache: createRegistryCache(), now: () => clock.ms };
    await using peer = await scriptedPeer(() => ({ body }));
    const url = `${peer.url}/registry.json`;
    const views = await Promise.all(Array.from({ length: 1_000 }, () => discoverFromRegistry(url, options)));
    expect(new Set(views).size).toBe(1);
    expect(views[0]?.findById("urn:asap:agent:a")).toEqual(entry("a"));
    clock.ms += 899_999;
    await discoverFromRegistry(url, options);
    expect(peer.requests).toHaveLength(1);
    await discoverFromRegistry(`${peer.url}/other.json`, options);
    expect(peer.requests).toHaveLength(2);
    clock.ms += 1;
    await discoverFromRegistry(url, options);
    expect(peer.requests.map((request) => request.path)).toEqual(["/registry.json", "/other.json", "/registry.json"]);
  });

  test("asks the published registry when it is told nothing (REG-003)", async () => {
    const asked: string[] = [];
    const answer = async (url: unknown) => {
      asked.push(String(url));
      return new Response(body);
    };
    await discoverFromRegistry(undefined, { fetch: answer as typeof fetch, cache: false });
    expect(asked).toEqual(["https://asap-protocol.github.io/registry/registry.json"]);
  });

  test("keeps no failure", async () => {
    const cache = createRegistryCache();
    await using peer = await scriptedPeer(({ count }) => (count === 0 ? { body: "{}" } : { body }));
    await expect(discoverFromRegistry(peer.url, { cache })).rejects.toMatchObject({
      code: "asap:discovery/registry_invalid",
    });
    expect((await discoverFromRegistry(peer.url, { cache })).agents).toHaveLength(1);
  });

  test.each([
    ["a failing status", { status: 404 }, "asap:transport/http_status"],
    ["a redirect", { status: 301, headers: { location: "/" } }, "asap:transport/http_status"],
    ["text that is not JSON", { body: "<html>" }, "asap:discovery/registry_invalid"],
  ])("fails on %s", async (_, move, code) => {
    await using peer = await scriptedPeer(() => move);
    await expect(discoverFromRegistry(peer.url, { cache: false })).rejects.toMatchObject({ code });
  });

  test.each([
    ["a failing status", { status: 404 }],
    ["a redirect", { status: 301, headers: { location: "/next?sig=canary#canary" } }],
    ["text that is not JSON", { body: "<html>" }],
    ["text that is not UTF-8", { body: new Uint8Array([0xff]) }],
    ["a broken connection", "drop"],
    ["no answer", "hang"],
  ] as const)("an error for %s does not tell the query of a URL, which may be a secret", async (_, move) => {
    await using peer = await scriptedPeer(() => move);
    const url = `${peer.url}/r.json?sig=canary`;
    for (const ask of [discoverFromRegistry, discover]) {
      const timeoutMs = move === "hang" ? 500 : 5000;
      const failed = await ask(url, { cache: false, timeoutMs }).catch((cause: AsapError) => cause);
      expect(failed).toBeInstanceOf(AsapError);
      expect(JSON.stringify(failed)).toContain(`${peer.url}/r.json`);
      expect(JSON.stringify(failed)).not.toContain("canary");
    }
    expect(peer.requests.map(({ path }) => path)).toEqual(["/r.json?sig=canary", "/r.json?sig=canary"]);
  });

  test("refuses a registry over eight mebibytes while it streams", async () => {
    function* endless() {
      for (;;) yield " ".repeat(1_048_576);
    }
    await using peer = await scriptedPeer(() => ({ chunks: endless() }));
    await expect(discoverFromRegistry(peer.url, { cache: false })).rejects.toMatchObject({
      code: "asap:transport/invalid_response",
      data: { reason: "larger than 8388608 bytes" },
    });
  });

  test("refuses a registry that is declared too large before any of it comes", async () => {
    let cancelled = false;
    const body = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    const answer = async () => new Response(body, { headers: { "content-length": "8388609" } });
    const options = { cache: false, fetch: answer as typeof fetch, timeoutMs: 2_000 } as const;
    await expect(discoverFromRegistry("https://a.example/r.json", options)).rejects.toMatchObject({
      code: "asap:transport/invalid_response",
    });
    expect(cancelled).toBe(true);
  });

  test("ends when its signal aborts, and at its timeout", async () => {
    const controller = new AbortController();
    await using peer = await scriptedPeer(() => {
      controller.abort("enough");
      return "hang";
    });
    await expect(discoverFromRegistry(peer.url, { signal: controller.signal, timeoutMs: 100 })).rejects.toMatchObject({
      code: "asap:transport/aborted",
    });
    await expect(discoverFromRegistry(peer.url, { cache: false, timeoutMs: 30 })).rejects.toMatchObject({
      code: "asap:transport/timeout",
    });
  });
});

test("the registry among the examples is read without an entry left out", () => {
  const example = new URL("../../examples/registry.json", import.meta.url);
  const read = registryView(JSON.parse(readFileSync(example, "utf8")), String(example));
  expect(read.agents.length).toBeGreaterThan(0);
  expect(read.skipped).toEqual([]);
});

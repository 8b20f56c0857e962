import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MemoryIoOptions, memoryIo } from "../testing/memory-io.js";
import { run } from "./run.js";

async function asap(argv: readonly string[], options: MemoryIoOptions = {}) {
  const io = memoryIo({ cwd, ...options });
  return { code: await run(argv, io), out: io.out(), err: io.err() };
}

const manifest = {
  id: "urn:asap:agent:acme:billing",
  name: "Billing",
  version: "2.0.0",
  description: "Answers questions about invoices.",
  capabilities: { asap_version: "1.1.0", skills: [{ id: "invoice", description: "Finds an invoice." }] },
  endpoints: { asap: "https://billing.acme.example/asap", events: null },
  later: "member",
};

const entry = {
  id: manifest.id,
  name: manifest.name,
  description: manifest.description,
  endpoints: { http: "https://billing.acme.example/asap" },
  skills: ["invoice"],
  asap_version: "1.1.0",
};

const registry = (...agents: unknown[]) =>
  JSON.stringify({ version: "1.0", updated_at: "2026-01-31T12:00:00Z", agents }, null, 2);

const files: Record<string, string> = {
  "good.json": registry(entry),
  "bad.json": registry(entry, { ...entry, id: "urn:asap:agent:B" }),
  "warned.json": registry(entry, entry),
  "later.json": registry({ ...entry, category: "Finance" }),
  "broken.json": '{"version": "1.0",\n "agents": [}',
  "manifest.json": JSON.stringify(manifest),
  "no-manifest.json": JSON.stringify({ ...manifest, id: "me" }),
};

const served: Record<string, string> = {
  "/registry.json": registry(entry),
  "/.well-known/asap/manifest.json": JSON.stringify(manifest),
  "/agents/billing.json": JSON.stringify(manifest),
};

let cwd = "";
let server: Server;
let url = "";

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "asap-registry-"));
  await mkdir(join(cwd, ".git"));
  await mkdir(join(cwd, "data"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, "data", name), text);
  server = createServer((request, response) => {
    const text = served[request.url ?? ""];
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(cwd, { recursive: true });
});

describe("asap registry validate", () => {
  test.each([
    ["good.json", [], 0],
    ["warned.json", [], 0],
    ["bad.json", [], 1],
    ["broken.json", [], 1],
    ["later.json", [], 0],
    ["later.json", ["--strict"], 1],
  ])("ends for %s %j with %i (REG-004)", async (name, flags, code) => {
    const result = await asap(["registry", "validate", `data/${name}`, ...flags]);
    expect([result.code, result.err]).toEqual([code, ""]);
    expect(result.out).toContain(code === 0 ? ": valid" : ": invalid");
  });

  test("reads URLs and standard input", async () => {
    expect(await asap(["registry", "validate", `${url}/registry.json`])).toMatchObject({ code: 0, err: "" });
    expect(await asap(["registry", "validate", "-"], { stdin: files["bad.json"] ?? "" })).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^stdin:18:13: error: /),
    });
  });

  test("ends with 2 when the source could not be read", async () => {
    await expect(asap(["registry", "validate", "none.json"])).resolves.toEqual({
      code: 2,
      out: "",
      err: "asap: cannot read none.json: there is no such file (asap:config/invalid_option)\n",
    });
    expect(await asap(["registry", "validate", "data"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("it is a folder"),
    });
    expect(await asap(["registry", "validate", `${url}/none.json`])).toMatchObject({
      code: 2,
      err: expect.stringContaining("status 404"),
    });
    expect(await asap(["registry", "validate", "http://127.0.0.1:1/r.json"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("(asap:transport/connection_failed)"),
    });
  });

  test("prints JSON with --format json and with --json", async () => {
    for (const flags of [["--format", "json"], ["--json"]]) {
      const { code, out } = await asap(["registry", "validate", "data/bad.json", ...flags]);
      expect(code).toBe(1);
      expect(JSON.parse(out)).toMatchObject({
        source: "data/bad.json",
        valid: false,
        errors: 1,
        findings: [{ rule: "agent-urn", pointer: "/agents/1/id", line: 18, column: 13 }],
      });
    }
  });

  test("names files from the root of the repository in reports for code hosts", async () => {
    const data = join(cwd, "data");
    const github = await asap(["registry", "validate", "bad.json", "--format", "github"], { cwd: data });
    expect(github).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^::error file=data\/bad\.json,line=18,col=13,title=/),
    });
    expect(await asap(["registry", "validate", "good.json", "--format", "github"], { cwd: data })).toEqual({
      code: 0,
      out: "",
      err: "",
    });
    const uriOf = async (argv: readonly string[], options: MemoryIoOptions = {}) => {
      const { out } = await asap(["registry", "validate", ...argv, "--format", "sarif"], options);
      return JSON.parse(out).runs[0].results[0].locations[0].physicalLocation.artifactLocation;
    };
    expect(await uriOf(["bad.json"], { cwd: data })).toEqual({ uri: "data/bad.json", uriBaseId: "%SRCROOT%" });
    expect(await uriOf(["data/bad.json"], { env: { GITHUB_WORKSPACE: join(cwd, "data") } })).toMatchObject({
      uri: "bad.json",
    });
    expect(
      await uriOf([join(cwd, "data/bad.json")], { cwd: tmpdir(), env: { GITHUB_WORKSPACE: join(cwd, ".git") } }),
    ).toEqual({
      uri: expect.stringMatching(/^file:\/\/.*\/data\/bad\.json$/),
    });
    expect(await uriOf(["-"], { stdin: files["bad.json"] ?? "" })).toMatchObject({ uri: "stdin" });
  });

  test("colours its text when the terminal shows colours", async () => {
    const { out } = await asap(["registry", "validate", "data/bad.json"], { colour: true });
    expect(out).toContain(`${String.fromCharCode(27)}[31m`);
  });
});

describe("asap registry entry", () => {
  const expected = {
    ...entry,
    endpoints: { ...entry.endpoints, manifest: "https://billing.acme.example/.well-known/asap/manifest.json" },
  };

  test("makes an entry from a file and from standard input (REG-005)", async () => {
    const file = await asap(["registry", "entry", "data/manifest.json"]);
    expect([file.code, file.err]).toEqual([0, ""]);
    expect(JSON.parse(file.out)).toEqual(expected);
    expect((await asap(["registry", "entry", "-"], { stdin: files["manifest.json"] ?? "" })).out).toBe(file.out);
  });

  test("makes an entry from the URL of a manifest or of an agent, and names that URL in it (REG-005)", async () => {
    for (const [source, manifestUrl] of [
      [`${url}/agents/billing.json`, `${url}/agents/billing.json`],
      [url, `${url}/.well-known/asap/manifest.json`],
    ]) {
      const { code, out } = await asap(["registry", "entry", source ?? ""]);
      expect(code).toBe(0);
      expect(JSON.parse(out).endpoints).toEqual({ ...entry.endpoints, manifest: manifestUrl });
    }
  });

  test("prints what the strict validation takes (REGW-006)", async () => {
    const { out } = await asap(["registry", "entry", "data/manifest.json"]);
    const stdin = registry(JSON.parse(out));
    expect((await asap(["registry", "validate", "-", "--strict"], { stdin })).code).toBe(0);
  });

  test.each([
    ["data/no-manifest.json", 1, "asap:discovery/manifest_invalid"],
    ["data/broken.json", 1, "asap:discovery/manifest_invalid"],
    ["data/none.json", 2, "asap:config/invalid_option"],
  ])("ends for %s with %i", async (source, code, named) => {
    const result = await asap(["registry", "entry", source]);
    expect([result.code, result.out]).toEqual([code, ""]);
    expect(result.err).toMatch(/^asap: [^\n]+\n$/);
    expect(result.err).toContain(`(${named})`);
  });
});

describe("asap registry find", () => {
  test("prints the agents that offer a skill, by its exact id (REGW-007)", async () => {
    expect(await asap(["registry", "find", "--skill", "invoice", "data/good.json"])).toEqual({
      code: 0,
      out: "urn:asap:agent:acme:billing\tBilling\thttps://billing.acme.example/asap\n",
      err: "",
    });
    expect(await asap(["registry", "find", "--skill", "Invoice", "data/good.json"])).toEqual({
      code: 1,
      out: "",
      err: "",
    });
    const json = await asap(["registry", "find", "--skill", "invoice", `${url}/registry.json`, "--json"]);
    expect(JSON.parse(json.out)).toEqual([entry]);
    expect(await asap(["registry", "find", "--skill", "none", "data/good.json", "--json"])).toMatchObject({
      code: 1,
      out: "[]\n",
    });
  });

  test("leaves out entries that are not valid and says which and why (REGW-004)", async () => {
    const { code, out, err } = await asap(["registry", "find", "--skill", "invoice", "data/bad.json"]);
    expect([code, out.split("\n").length]).toEqual([0, 2]);
    expect(err).toMatch(/^asap: left out \/agents\/1: agents\.1\.id: .+\n$/);
  });

  test.each(["data/broken.json", "data/manifest.json", "data/none.json"])("ends with 2 for %s", async (source) => {
    const { code, out, err } = await asap(["registry", "find", "--skill", "x", source]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^asap: [^\n]+\)\n$/);
  });
});

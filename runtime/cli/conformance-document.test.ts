import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../conformance/index.js";
import { asap, asapServe } from "../testing/asap-command.js";

const folder = mkdtempSync(join(tmpdir(), "asap-conformance-document-"));
const good = `${JSON.stringify(
  {
    version: "1.0",
    updated_at: "2026-03-02T10:20:00Z",
    agents: [
      {
        id: "urn:asap:agent:greeter",
        name: "Greeter",
        description: "Greets.",
        endpoints: { http: "https://greeter.example/asap" },
        skills: ["greet"],
        asap_version: "1.1.0",
      },
    ],
  },
  null,
  2,
)}\n`;
const bad = good.replace("urn:asap:agent:greeter", "greeter");
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/registry.json?key=of-no-account") response.end(good);
    else if (request.url === "/hangs") response.flushHeaders();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return name;
};
const judge = (...words: string[]) => asap(["conformance", ...words], { cwd: folder });

describe("asap conformance registry", () => {
  it("passes a registry in the published form", async () => {
    const { code, out } = await judge("registry", file("good.json", good));
    expect(out).toContain("CONFORMS");
    expect(code).toBe(0);
  });

  it("names the line and the column of a fault", async () => {
    const { code, out } = await judge("registry", file("bad.json", bad));
    const line = bad.split("\n").findIndex((text) => text.includes('"greeter"'));
    const column = (bad.split("\n")[line]?.indexOf('"greeter"') ?? 0) + 1;
    expect(out).toContain(`bad.json:${line + 1}:${column}`);
    expect(code).toBe(1);
  });

  it("reads standard input", async () => {
    const { code, out } = await asap(["conformance", "registry", "-", "--json"], { stdin: bad });
    expect((JSON.parse(out) as Report).cases.find(({ places }) => places)?.places?.[0]).toMatchObject({
      file: "stdin",
      found: '"greeter"',
    });
    expect(code).toBe(1);
  });

  it("reads a URL and keeps its query out of the report", async () => {
    const { code, out } = await judge("registry", `${url}/registry.json?key=of-no-account`, "--json");
    expect((JSON.parse(out) as Report).target.name).toBe(`${url}/registry.json`);
    expect(out).not.toContain("of-no-account");
    expect(code).toBe(0);
  });

  it.each([
    ["a file that is not there", () => "missing.json", "there is no such file"],
    ["a folder", () => ".", "it is a folder"],
    ["a URL that answers 404", () => `${url}/nothing`, "HTTP status 404"],
    ["a URL that nobody listens at", () => "http://127.0.0.1:1/registry.json", "could not be read"],
    ["a URL that never ends its answer", () => `${url}/hangs`, "did not answer within 200 ms"],
  ])("gives no verdict on %s", async (_, source, reason) => {
    const { code, out } = await judge("registry", source(), "--json", "--timeout", "0.2");
    const report = JSON.parse(out) as Report;
    expect(report.outcome).toBe("could-not-run");
    expect(report.reason).toContain(reason);
    expect(code).toBe(2);
  });

  it("takes members of later registries with --form later alone", async () => {
    const later = JSON.parse(good) as { agents: Record<string, unknown>[] };
    Object.assign(later.agents[0] ?? {}, { category: "Coding" });
    const name = file("later.json", JSON.stringify(later));
    expect((await judge("registry", name)).code).toBe(1);
    expect((await judge("registry", name, "--form", "later")).code).toBe(0);
  });

  it("holds faults against a baseline, both ways", async () => {
    const name = file("known.json", bad);
    const entry = { id: "registry-document.entry.id.form", reason: "to be renamed", expires: "2999-01-01" };
    const baseline = file("baseline.json", JSON.stringify({ cases: [entry] }));
    expect((await judge("registry", name, "--baseline", baseline)).code).toBe(0);
    const stale = await judge("registry", file("mended.json", good), "--baseline", baseline);
    expect(stale.out).toContain("STALE");
    expect(stale.code).toBe(1);
    const broken = file("broken.json", JSON.stringify({ cases: [{ ...entry, expires: "soon" }] }));
    const wrong = await judge("registry", name, "--baseline", broken);
    expect(wrong.err).toContain("cases[0].expires");
    expect(wrong.code).toBe(64);
  });

  it("judges the cases that are named", async () => {
    const { out } = await judge("registry", file("some.json", bad), "--json", "--only", "URN-*", "--skip", "*.length");
    const ids = (JSON.parse(out) as Report).cases.map(({ id }) => id);
    expect(ids).toContain("registry-document.entry.id.form");
    expect(ids).not.toContain("registry-document.entry.id.length");
    expect(ids).not.toContain("registry-document.version.missing");
  });

  it("lists the chosen cases and explains one, without a document", async () => {
    const list = await judge("registry", "--list", "--only", "TIME-*");
    expect(list.out).toContain("registry-document.updated-at.form");
    expect(list.out).not.toContain("registry-document.entry.id.form");
    expect(list.out).toMatch(/2 cases\n$/);
    const one = await judge("registry", "--explain", "registry-document.entry.id.form");
    expect(one.out).toContain("URN-001 An agent URN MUST be");
    expect([list.code, one.code]).toEqual([0, 0]);
    const all = await judge("manifest", "--list", "--json");
    expect((JSON.parse(all.out) as { id: string }[]).every(({ id }) => id.startsWith("manifest-document."))).toBe(true);
  });

  it.each([
    [["--only", "registry-document.nothing"], "no case is called registry-document.nothing"],
    [["--explain", "nothing"], "--explain nothing: no case is called that"],
    [["--explain", "manifest-document.closed"], "that is a case of conformance manifest"],
    [["--tag", "nonsense"], "It must be one of generated"],
    [["--baseline", "nowhere.json", "-"], "--baseline nowhere.json: there is no such file (usage)"],
    [[], "missing required argument 'source'"],
  ])("refuses %j", async (words, message) => {
    const { code, err } = await judge("registry", ...words);
    expect(err).toContain(message);
    expect(code).toBe(64);
  });

  it("refuses a URL with credentials", async () => {
    const { code, err } = await judge("registry", "http://user:hidden@127.0.0.1:1/registry.json");
    expect(err).toContain("the URL holds credentials");
    expect(err).not.toContain("hidden");
    expect(code).toBe(64);
  });
});

describe("asap conformance manifest", () => {
  it("passes the manifest that an agent of this package serves, headers too", async () => {
    const agent = await asapServe(["--rate-limit", "off"]);
    const { code, out } = await judge("manifest", `${agent.url}/.well-known/asap/manifest.json`, "--json", "--strict");
    await agent.stop();
    const { counts, cases, target } = JSON.parse(out) as Report;
    expect(cases.filter(({ outcome }) => outcome === "fail" || outcome === "warn")).toEqual([]);
    expect(cases.find(({ id }) => id === "manifest-document.served.etag-strong")?.outcome).toBe("pass");
    expect(counts.run).toBe(counts.planned);
    expect(target.agentId).toMatch(/^urn:asap:agent:/);
    expect(code).toBe(0);
  });

  it("tells of every place where a rule is broken, in the order of the text", async () => {
    const { code, out } = await judge(
      "manifest",
      file("manifest.json", '{\n  "id": 1,\n  "zeal": 1,\n  "age": 2\n}\n'),
      "--json",
    );
    const { cases } = JSON.parse(out) as Report;
    const places = cases.find(({ id }) => id === "manifest-document.closed")?.places;
    expect(places?.map(({ line, column, pointer }) => [line, column, pointer])).toEqual([
      [3, 3, "/zeal"],
      [4, 3, "/age"],
    ]);
    expect(code).toBe(1);
  });
});

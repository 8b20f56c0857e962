import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { validateConformanceReport } from "../../generated/validators/conformance-report.js";
import {
  type DocumentMutant,
  documentMutants,
  judgeServed,
  soundHeaders,
  soundManifest,
  soundRegistry,
} from "../mutants/documents.js";
import type { CaseResult, Report } from "../report.js";
import { renderReport } from "../reports/formats.js";
import { loadRules } from "../rules.js";
import { documentCases, documentUnread, judgeManifest, judgeRegistry } from "./judge.js";

const failed = ({ cases }: Report): CaseResult[] =>
  cases.filter(({ outcome }) => outcome === "fail" || outcome === "warn");
const idsOf = (results: readonly { id: string }[]) => results.map(({ id }) => id).toSorted();
const published = fileURLToPath(new URL("../../../shared/data/registry.json", import.meta.url));

describe("cases about documents", () => {
  it("have ids of their own that begin with their area", () => {
    expect(new Set(idsOf(documentCases)).size).toBe(documentCases.length);
    expect(documentCases.filter(({ id, area }) => !id.startsWith(`${area}.`))).toEqual([]);
    expect(documentCases.filter(({ id }) => !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(id))).toEqual([]);
  });

  it("name requirements that there are, of their level or above", async () => {
    const { rule } = await loadRules();
    for (const { id, requirements } of documentCases) {
      expect(requirements.length, id).toBeGreaterThan(0);
      for (const each of requirements) expect(rule(each).source, `${id} ${each}`).not.toBe("");
    }
  });

  it("all pass on documents without fault", async () => {
    for (const report of [
      await judgeRegistry(JSON.stringify(soundRegistry())),
      await judgeServed(soundHeaders, soundManifest()),
    ]) {
      expect(report.cases.filter(({ outcome }) => outcome !== "pass").map(({ id, reason }) => [id, reason])).toEqual(
        [],
      );
      expect(report.outcome).toBe("conforms");
      expect(report.profiles.map(({ verdict }) => verdict)).toEqual(["holds"]);
    }
  });

  it("pass none but those on its bytes, and find faults, where there is no document at all", async () => {
    for (const text of ["", "\0", "<html>", "undefined", "[1,", '{"a":1', "nul", "// {}\n{}"]) {
      for (const judge of [judgeRegistry, judgeManifest]) {
        const report = await judge(text);
        expect(report.outcome, text).toBe("findings");
        const passed = report.cases.filter(({ outcome }) => outcome === "pass").map(({ id }) => id);
        expect(passed.filter((id) => !/\.text\.(utf-8|byte-order-mark)$/.test(id))).toEqual([]);
      }
    }
  });
});

describe("documents that are wrong on purpose", () => {
  it("are each of another name", () => {
    expect(new Set(idsOf(documentMutants)).size).toBe(documentMutants.length);
  });

  it("kill every case between them, and only cases that there are", () => {
    const killed = new Set(documentMutants.flatMap(({ kills }) => kills));
    expect(idsOf(documentCases).filter((id) => !killed.has(id))).toEqual([]);
    expect([...killed].filter((id) => !documentCases.some((one) => one.id === id))).toEqual([]);
  });

  it.each(documentMutants)("$id: $name", async ({ kills, also, judge }: DocumentMutant) => {
    const found = failed(await judge());
    expect(idsOf(found)).toEqual([...kills, ...also].toSorted());
    for (const one of found) {
      expect(one.expected).not.toBe("");
      expect(one.places?.length).toBeGreaterThan(0);
    }
  });
});

describe("places", () => {
  it("are counted in lines of every kind, with the pointer to the value", async () => {
    const text = '{\r\n"version": "1",\r"updated_at": "2026-01-01T00:00:00Z",\n "agents": [\n{"a/b~": 1}\n]}';
    const { cases } = await judgeRegistry(text, { name: "lists/registry.json" });
    const of = (id: string) => cases.find((one) => one.id === `registry-document.${id}`)?.places;
    expect(of("entry.closed")).toEqual([
      { file: "lists/registry.json", line: 5, column: 2, pointer: "/agents/0/a~1b~0", found: "the member a/b~" },
    ]);
    expect(of("entry.id.missing")).toMatchObject([{ line: 5, column: 1, pointer: "/agents/0", found: "no member id" }]);
  });

  it("are at most 100 of one case; what was found tells how many there are", async () => {
    const agents = Array.from({ length: 120 }, () => null);
    const { cases } = await judgeRegistry(JSON.stringify({ ...soundRegistry(), agents }));
    const one = cases.find(({ id }) => id === "registry-document.entry.null");
    expect(one?.places).toHaveLength(100);
    expect(one?.found).toBe("null (and 119 more places)");
  });

  it("are found in a text of great depth", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const { cases } = await judgeManifest(`{\n"id": ${deep}, "zeal": 1}`);
    expect(cases.find(({ id }) => id === "manifest-document.id.type")?.places).toMatchObject([{ line: 2, column: 7 }]);
    expect((await judgeRegistry("[".repeat(200_000))).outcome).toBe("findings");
  });
});

describe("documents from a URL", () => {
  it("are no larger than was said", async () => {
    const server = createServer((_, response) => response.end("[".repeat(70_000)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const report = await judgeRegistry(url, { maxBytes: 65_536 });
    server.closeAllConnections();
    server.close();
    expect(report).toMatchObject({ outcome: "could-not-run", reason: "the document is larger than 65536 bytes" });
    expect(report.counts).toMatchObject({ run: 0, pass: 0 });
  });

  it("are http or https, without credentials", async () => {
    await expect(judgeRegistry(new URL("file:///etc/hostname"))).rejects.toThrow(TypeError);
    await expect(judgeManifest(new URL("http://a:b@127.0.0.1/"))).rejects.toThrow("credentials");
    await expect(judgeManifest("{}", { timeoutMs: 0 })).rejects.toThrow(RangeError);
  });
});

describe("reports on documents", () => {
  it("fit their published schema, whatever was found", async () => {
    const sound = JSON.stringify(soundRegistry());
    for (const report of [
      await judgeRegistry(sound),
      await judgeRegistry(sound.replaceAll("urn:asap", "\u0000\ud800")),
      await judgeManifest("{"),
      await documentUnread("manifest", "missing.json", "there is no such file"),
    ]) {
      const written: unknown = JSON.parse(renderReport("json", report));
      expect(validateConformanceReport(written), JSON.stringify(validateConformanceReport.errors)).toBe(true);
      for (const format of ["text", "junit", "sarif", "tap", "markdown", "html"] as const)
        expect(renderReport(format, report).length).toBeGreaterThan(20);
    }
  });
});

describe("a registry that was published", () => {
  it.skipIf(!existsSync(published))("has the members of later registries and no other fault", async () => {
    const bytes = readFileSync(published);
    expect(idsOf(failed(await judgeRegistry(bytes)))).toEqual(["registry-document.entry.closed"]);
    expect((await judgeRegistry(bytes, { form: "later" })).outcome).toBe("conforms");
  });
});

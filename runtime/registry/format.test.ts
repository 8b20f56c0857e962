import { describe, expect, test } from "vitest";
import { sarifFaults } from "../../conformance/testing/published-schemas.js";
import {
  formatRegistryGithub,
  formatRegistryJson,
  formatRegistrySarif,
  formatRegistryText,
  registryRules,
  validateRegistry,
} from "../registry.js";

const entry = (id: string, more: object = {}) => ({
  id: `urn:asap:agent:${id}`,
  name: "A",
  description: "An agent.",
  endpoints: {},
  asap_version: "1.1.0",
  ...more,
});

const textOf = (...agents: unknown[]) =>
  JSON.stringify({ version: "1.0", updated_at: "2026-01-31T12:00:00Z", agents }, null, 2);

const faulty = validateRegistry(textOf(entry("a", { endpoints: { "x,y": "100%: a\nb" } }), entry("b", { name: 1 })));
const sound = validateRegistry(textOf(entry("a")));

interface SarifResult {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string }; region: object } }[];
  partialFingerprints: Record<string, string>;
}

interface SarifLog {
  version: string;
  $schema: string;
  runs: { tool: { driver: { name: string; version?: string; rules: { id: string }[] } }; results: SarifResult[] }[];
}

const sarifOf = (text: string, source = "registry.json"): SarifLog =>
  JSON.parse(formatRegistrySarif(validateRegistry(text), source, { toolVersion: "9.9.9" }));

const prints = (log: SarifLog) => log.runs[0]?.results.map((result) => Object.values(result.partialFingerprints)[0]);

describe("formatRegistryText()", () => {
  test("gives each finding its place, rule, pointer and hint, then the verdict (REG-004)", () => {
    const lines = formatRegistryText(faulty, "registry.json").split("\n");
    expect(lines[0]).toMatch(/^registry\.json:10:16: warning: .*\[endpoint-url\]$/);
    expect(lines[1]).toBe("    at /agents/0/endpoints/x,y");
    expect(lines[3]).toMatch(/^registry\.json:16:15: error: "name" must be a string.*\[wrong-type\]$/);
    expect(lines.at(-1)).toBe("registry.json: invalid: 2 agents, 1 error, 1 warning");
  });

  test("says valid of a sound registry, and which form was asked for", () => {
    expect(formatRegistryText(sound, "r.json")).toBe("r.json: valid: 1 agent, 0 errors, 0 warnings");
    expect(formatRegistryText({ ...sound, strict: true }, "r.json")).toContain("valid (published six-field form)");
  });

  test("colours only when asked to", () => {
    const esc = String.fromCharCode(27);
    expect(formatRegistryText(faulty, "r.json")).not.toContain(esc);
    expect(formatRegistryText(faulty, "r.json", { colour: true })).toContain(`${esc}[31merror${esc}[0m`);
  });

  test("escapes control characters of the file", () => {
    const esc = String.fromCharCode(27);
    const report = validateRegistry(textOf(entry("a", { endpoints: { [`${esc}[2J`]: "no url" } })));
    expect(formatRegistryText(report, "r.json")).not.toContain(esc);
    expect(formatRegistryText(report, "r.json")).toContain("\\u001b[2J");
  });
});

describe("formatRegistryJson()", () => {
  test("counts errors and warnings and holds every finding", () => {
    expect(JSON.parse(formatRegistryJson(faulty, "registry.json"))).toEqual({
      source: "registry.json",
      valid: false,
      strict: false,
      agents: 2,
      errors: 1,
      warnings: 1,
      findings: faulty.findings,
    });
  });
});

describe("formatRegistryGithub()", () => {
  test("writes one workflow command per finding", () => {
    const lines = formatRegistryGithub(faulty, "data/registry.json").split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^::error file=data\/registry\.json,line=16,col=15,title=asap registry%3A wrong-type::"name" must be a string/,
    );
  });

  test("escapes per cent, line ends, colons and commas", () => {
    const [first = ""] = formatRegistryGithub(faulty, "a,b:c%.json").split("\n");
    expect(first).toContain("::warning file=a%2Cb%3Ac%25.json,line=10,");
    expect(first).toContain('endpoint "x,y" is no URL: "100%25: a\\nb"');
    const finding = {
      severity: "error",
      rule: "json-syntax",
      pointer: "/a\r\nb",
      line: 1,
      column: 1,
      message: "m",
      hint: "h",
    } as const;
    expect(formatRegistryGithub({ ...faulty, findings: [finding] }, "r")).toBe(
      "::error file=r,line=1,col=1,title=asap registry%3A json-syntax::m (/a%0D%0Ab). h",
    );
  });

  test("writes nothing for a sound registry", () => {
    expect(formatRegistryGithub(sound, "r.json")).toBe("");
  });
});

describe("formatRegistrySarif()", () => {
  const bad = textOf(entry("a", { name: 1 }), entry("b", { endpoints: { http: "x" } }));

  test.each([bad, textOf(entry("a")), "no JSON", "[]"])("is SARIF by the schema of OASIS for %s", (text) => {
    for (const source of ["./data/my registry.json", "https://a.example/registry.json"])
      expect(sarifFaults(formatRegistrySarif(validateRegistry(text), source, { toolVersion: "9.9.9" }))).toEqual([]);
  });

  test("is SARIF 2.1.0 with a rule for every result", () => {
    const log = sarifOf(bad);
    expect(log.version).toBe("2.1.0");
    expect(log.$schema).toContain("sarif-2.1.0");
    const { driver } = log.runs[0]?.tool ?? { driver: { name: "", rules: [] } };
    expect(driver).toMatchObject({ name: "asap registry validate", version: "9.9.9" });
    expect(driver.rules.map((rule) => rule.id)).toEqual(Object.keys(registryRules));
    expect(log.runs[0]?.results.map((result) => [result.ruleId, result.level])).toEqual([
      ["wrong-type", "error"],
      ["endpoint-url", "warning"],
    ]);
    for (const result of log.runs[0]?.results ?? []) {
      expect(driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(result.message.text).not.toBe("");
    }
  });

  test("names the file relative to the repository, and a URL as it is", () => {
    const at = (source: string) =>
      sarifOf(bad, source).runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation;
    expect(at("./data/my registry.json")).toEqual({ uri: "data/my%20registry.json", uriBaseId: "%SRCROOT%" });
    expect(at("data\\registry.json")).toEqual({ uri: "data/registry.json", uriBaseId: "%SRCROOT%" });
    expect(at("https://a.example/registry.json")).toEqual({ uri: "https://a.example/registry.json" });
  });

  test("keeps the fingerprint of a finding when its entry moves, and tells findings apart", () => {
    const moved = textOf(entry("z"), entry("b", { endpoints: { http: "x" } }), entry("a", { name: 1 }));
    expect(prints(sarifOf(moved))?.toSorted()).toEqual(prints(sarifOf(bad))?.toSorted());
    const twice = prints(sarifOf(textOf(entry("a", { name: 1 }), entry("a", { name: 1 }))));
    expect(new Set(twice).size).toBe(twice?.length);
  });
});

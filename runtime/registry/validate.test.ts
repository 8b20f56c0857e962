import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateRegistry as validateRoot } from "../../generated/validators/registry.js";
import { validateRegistryTolerant as validateRootTolerant } from "../../generated/validators/registry-tolerant.js";
import { type RegistryFinding, validateRegistry } from "../registry.js";

const entry = {
  id: "urn:asap:agent:acme:billing",
  name: "Billing",
  description: "Answers questions about invoices.",
  endpoints: { http: "https://billing.acme.example/asap" },
  skills: ["invoice"],
  asap_version: "1.1.0",
};

const registry = (...agents: unknown[]) => ({ version: "1.0", updated_at: "2026-01-31T12:00:00Z", agents });

const without = (name: string) => Object.fromEntries(Object.entries(entry).filter(([key]) => key !== name));

/** Line and column of the n-th occurrence of a text, found by splitting: another way than the code's. */
function placeOf(text: string, needle: string, nth = 1): { line: number; column: number } {
  const before = text.split(needle).slice(0, nth).join(needle);
  const lines = before.split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

const brief = ({ rule, pointer, severity }: RegistryFinding) => `${severity} ${rule} ${pointer}`;

interface Fault {
  readonly title: string;
  readonly value: unknown;
  readonly strict?: boolean;
  readonly expected: readonly string[];
  readonly at?: readonly [needle: string, nth?: number];
  readonly hint?: string;
}

const faults: readonly Fault[] = [
  {
    title: "no version",
    value: { updated_at: "2026-01-31T12:00:00Z", agents: [] },
    expected: ["error missing-member "],
    at: ["{"],
  },
  { title: "no updated_at", value: { version: "1.0", agents: [] }, expected: ["error missing-member "], at: ["{"] },
  {
    title: "a version that is a number",
    value: { ...registry(), version: 1 },
    expected: ["error wrong-type /version"],
    at: ["1,"],
  },
  {
    title: "a time that is none",
    value: { ...registry(), updated_at: "yesterday" },
    expected: ["error timestamp /updated_at"],
    at: ['"yesterday"'],
    hint: "2026-01-31T12:00:00Z",
  },
  {
    title: "agents that are no array",
    value: { ...registry(), agents: {} },
    expected: ["error wrong-type /agents"],
    at: ["{}"],
  },
  { title: "a root that is a text", value: "registry", expected: ["error root-type "], at: ['"registry"'] },
  { title: "a root that is null", value: null, expected: ["error root-type "], at: ["null"] },
  ...["id", "name", "description", "endpoints", "asap_version"].map((name) => ({
    title: `an entry without ${name}`,
    value: registry(entry, { ...without(name), ...(name !== "id" && { id: "urn:asap:agent:b" }) }),
    expected: ["error missing-member /agents/1"],
    at: ["{", 4] as const,
    hint: `"${name}"`,
  })),
  {
    title: "a misspelt required member",
    value: registry({ ...without("endpoints"), endpoint: {} }),
    expected: ["error missing-member /agents/0"],
    hint: 'Rename "endpoint" to "endpoints".',
  },
  {
    title: "an id in upper case",
    value: registry({ ...entry, id: "urn:asap:agent:ACME" }),
    expected: ["error agent-urn /agents/0/id"],
    at: ['"urn:asap:agent:ACME"'],
    hint: 'Write "urn:asap:agent:acme".',
  },
  {
    title: "an id with three segments",
    value: registry({ ...entry, id: "urn:asap:agent:a:b:c" }),
    expected: ["error agent-urn /agents/0/id"],
    hint: "one or two segments",
  },
  {
    title: "an id with a line feed at its end",
    value: registry({ ...entry, id: "urn:asap:agent:a\n" }),
    expected: ["error agent-urn /agents/0/id"],
    hint: 'Write "urn:asap:agent:a".',
  },
  {
    title: "an id of more than 256 characters",
    value: registry({ ...entry, id: `urn:asap:agent:${"a".repeat(250)}` }),
    expected: ["error agent-urn /agents/0/id"],
  },
  {
    title: "skills that are null",
    value: registry({ ...entry, skills: null }),
    expected: ["error wrong-type /agents/0/skills"],
    at: ["null"],
  },
  {
    title: "skills that are no texts, each of them",
    value: registry({ ...entry, skills: ["a", 1, "b", { id: "c" }] }),
    expected: ["error wrong-type /agents/0/skills/1", "error wrong-type /agents/0/skills/3"],
  },
  {
    title: "endpoints that are no texts, each of them",
    value: registry({ ...entry, endpoints: { http: 1, "a/b~c": null, ws: "wss://a.example/asap/ws" } }),
    expected: ["error wrong-type /agents/0/endpoints/http", "error wrong-type /agents/0/endpoints/a~1b~0c"],
  },
  {
    title: "an entry that is a text",
    value: registry(entry, "urn:asap:agent:a"),
    expected: ["error wrong-type /agents/1"],
    at: ['"urn:asap:agent:a"'],
  },
  {
    title: "many faults in one entry, all of them in the order of the text",
    value: registry({ id: "x", name: 1, skills: [2] }),
    expected: [
      "error missing-member /agents/0",
      "error missing-member /agents/0",
      "error missing-member /agents/0",
      "error agent-urn /agents/0/id",
      "error wrong-type /agents/0/name",
      "error wrong-type /agents/0/skills/0",
    ],
  },
  {
    title: "an id listed three times, as warnings",
    value: registry(entry, entry, { ...entry, name: "Other" }),
    expected: ["warning duplicate-id /agents/1/id", "warning duplicate-id /agents/2/id"],
    at: ['"urn:asap:agent:acme:billing"', 2],
  },
  ...["billing.acme.example/asap", "", "ftp://a.example", "https://", "http://[", "/asap"].map((http) => ({
    title: `the endpoint ${JSON.stringify(http)}, as a warning`,
    value: registry({ ...entry, endpoints: { http } }),
    expected: ["warning endpoint-url /agents/0/endpoints/http"],
  })),
  {
    title: "a misspelt optional member, as a warning",
    value: registry({ ...without("skills"), skils: ["invoice"] }),
    expected: ["warning near-miss /agents/0/skils"],
    at: ['"skils"'],
    hint: 'Rename it to "skills".',
  },
  {
    title: "strict: each member of another name",
    value: { ...registry({ ...entry, category: "Finance", colour: "red" }), extra: {} },
    strict: true,
    expected: [
      "error unknown-member /agents/0/category",
      "error unknown-member /agents/0/colour",
      "error unknown-member /extra",
    ],
    at: ['"category"'],
  },
  {
    title: "strict: a member of another name that is like a known one",
    value: registry({ ...without("skills"), skils: ["invoice"] }),
    strict: true,
    expected: ["error unknown-member /agents/0/skils"],
    hint: 'Rename it to "skills"',
  },
  { title: "strict: an array at the root", value: [entry], strict: true, expected: ["error root-array "], at: ["["] },
];

describe("validateRegistry()", () => {
  test.each(faults)(
    "reports $title (REGW-001, REGW-002, URN-004, REG-004)",
    ({ value, strict = false, expected, at, hint }) => {
      const text = JSON.stringify(value, null, 2);
      const report = validateRegistry(text, { strict });
      expect(report.findings.map(brief)).toEqual(expected);
      expect(report.valid).toBe(expected.every((each) => each.startsWith("warning")));
      if (at) expect(report.findings[0]).toMatchObject(placeOf(text, ...at));
      if (hint) expect(report.findings[0]?.hint).toContain(hint);
      for (const { message, hint: words } of report.findings) expect([message, words]).not.toContain("");
    },
  );

  test("takes the published form, several endpoints per agent, in both modes (REG-001)", () => {
    const endpoints = {
      http: "https://a.example/asap",
      ws: "wss://a.example/asap/ws",
      manifest: "https://a.example/m.json",
    };
    for (const strict of [false, true]) {
      expect(
        validateRegistry(JSON.stringify(registry({ ...entry, endpoints }, { ...entry, id: "urn:asap:agent:b" })), {
          strict,
        }),
      ).toEqual({ valid: true, strict, agents: 2, findings: [] });
    }
  });

  test("takes an array of entries, absent skills and absent agents in the tolerant mode (REGW-001, REGW-003)", () => {
    expect(validateRegistry(JSON.stringify([entry, { ...without("skills"), id: "urn:asap:agent:b" }]))).toMatchObject({
      valid: true,
      agents: 2,
    });
    expect(validateRegistry('{"version":"1","updated_at":"2026-01-31T12:00:00Z"}')).toMatchObject({
      valid: true,
      agents: 0,
    });
  });

  test("ignores members of later registries and of any other name in the tolerant mode (REGW-005)", () => {
    const later = {
      category: "x",
      tags: ["y"],
      verification: null,
      online_check: false,
      hardware_class: "gpu",
      anything: { else: 1 },
    };
    expect(validateRegistry(JSON.stringify({ ...registry({ ...entry, ...later }), more: true })).findings).toEqual([]);
  });

  test("names the agent of a finding", () => {
    const { findings } = validateRegistry(JSON.stringify(registry({ ...entry, name: 1 })));
    expect(findings.map((finding) => finding.agent)).toEqual([entry.id]);
  });

  test("counts a character outside the basic plane as two columns and takes CRLF as one line end", () => {
    const { findings } = validateRegistry('{\r\n"version": "\u{1F600}", "updated_at": 7\r\n}');
    expect(findings).toMatchObject([{ rule: "wrong-type", line: 2, column: 32 }]);
  });

  test.each([
    ["", 1, 1],
    ['{\n  "agents": [],\n}', 3, 1],
    ["{\n  // agents\n}", 2, 3],
    ["{'version': 1}", 1, 2],
    ["[1 2]", 1, 4],
    ['{"a": tru}', 1, 7],
    ['{"a": "b', 1, 7],
    ["[01]", 1, 2],
    ["{} {}", 1, 4],
    ['["\\x"]', 1, 3],
    ['["a\nb"]', 1, 2],
    ["[NaN]", 1, 2],
  ])("reports %j, which is not JSON, at its place", (text, line, column) => {
    const report = validateRegistry(text);
    expect(report).toMatchObject({
      valid: false,
      agents: 0,
      findings: [{ rule: "json-syntax", pointer: "", line, column }],
    });
  });

  test("reports a byte order mark and goes on", () => {
    const text = `\uFEFF${JSON.stringify({ ...registry(), version: 1 })}`;
    expect(validateRegistry(text).findings.map(brief)).toEqual(["error json-bom ", "error wrong-type /version"]);
    expect(validateRegistry(new TextEncoder().encode(text)).findings.map(brief)).toEqual([
      "error json-bom ",
      "error wrong-type /version",
    ]);
  });

  test("reports bytes that are not UTF-8", () => {
    const bytes = Buffer.from(JSON.stringify({ ...registry(), version: "caf\u00e9" }), "latin1");
    expect(validateRegistry(bytes)).toMatchObject({
      valid: false,
      findings: [{ rule: "json-encoding", line: 1, column: 16 }],
    });
  });

  test("reports a key that stands twice, as a warning", () => {
    const text = '{"version":"1","updated_at":"2026-01-31T12:00:00Z","agents":[],\n"version":"2"}';
    expect(validateRegistry(text)).toMatchObject({
      valid: true,
      findings: [{ rule: "duplicate-key", pointer: "/version", line: 2, column: 1 }],
    });
    const inEntry = JSON.stringify([entry, entry])
      .replaceAll('"name"', '"name":1,"name"')
      .replace(":billing", ":other");
    expect(validateRegistry(inEntry).findings.map(brief)).toEqual([
      "warning duplicate-key /0/name",
      "warning duplicate-key /1/name",
    ]);
  });

  test("takes __proto__ for a member like any other", () => {
    const text = JSON.stringify(registry(entry)).replace('"name"', '"__proto__":{"skills":1},"name"');
    expect(validateRegistry(text).findings).toEqual([]);
    expect(validateRegistry(text, { strict: true }).findings.map(brief)).toEqual([
      "error unknown-member /agents/0/__proto__",
    ]);
    expect(validateRegistry('{"__proto__":{"version":"1","updated_at":"2026-01-31T12:00:00Z"}}').valid).toBe(false);
  });

  test("bears deep nesting", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    expect(validateRegistry(deep)).toMatchObject({
      valid: false,
      agents: 1,
      findings: [{ rule: "wrong-type", pointer: "/0" }],
    });
    expect(validateRegistry("[".repeat(200_000)).findings).toMatchObject([{ rule: "json-syntax", column: 200_001 }]);
    const inside = JSON.stringify(registry({ ...entry, tags: "DEEP" })).replace('"DEEP"', deep);
    expect(validateRegistry(inside).valid).toBe(true);
  });

  test("lists a bounded number of faults of one entry and says that there are more", () => {
    const { findings } = validateRegistry(
      JSON.stringify(registry({ ...entry, skills: Array.from({ length: 3000 }, () => 1) })),
    );
    expect(findings).toHaveLength(1001);
    expect(findings.filter((finding) => finding.rule === "too-many-faults")).toHaveLength(1);
  });

  test("agrees with the generated validators over damaged registries (REG-004)", () => {
    const junk = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom("urn:asap:agent:a", "2026-01-01T00:00:00Z", [], {}),
    );
    const damage = (value: object) =>
      fc
        .tuple(fc.constantFrom(...Object.keys(value), "extra"), fc.constantFrom("drop", "set", "keep", "keep"), junk)
        .map(([name, how, other]) => {
          const copy: Record<string, unknown> = { ...value };
          if (how === "drop") delete copy[name];
          if (how === "set") copy[name] = other;
          return copy;
        });
    const agents = fc.array(fc.oneof(damage(entry), damage(entry), junk), { maxLength: 4 });
    fc.assert(
      fc.property(
        agents.chain((list) => damage(registry(...list))),
        (value) => {
          const text = JSON.stringify(value, null, 1);
          expect(validateRegistry(text).valid).toBe(validateRootTolerant(value));
          expect(validateRegistry(text, { strict: true }).valid).toBe(validateRoot(value));
        },
      ),
      { numRuns: 2000 },
    );
  });

  const published = new URL("../../examples/registry.json", import.meta.url);
  describe("the registry among the examples, in the shape of the published ones", () => {
    test("is valid in the tolerant mode, without a finding (REG-001)", () => {
      const report = validateRegistry(readFileSync(published));
      expect(report).toMatchObject({ valid: true, agents: 6, findings: [] });
    });

    test("is reported field by field in the strict mode (REG-004)", () => {
      const { agents }: { agents: Record<string, unknown>[] } = JSON.parse(readFileSync(published, "utf8"));
      const extra = agents.flatMap((agent, index) =>
        Object.keys(agent)
          .filter((name) => !(name in entry))
          .map((name) => `error unknown-member /agents/${index}/${name}`),
      );
      const report = validateRegistry(readFileSync(published), { strict: true });
      expect(report.valid).toBe(false);
      expect(report.findings.map(brief)).toEqual(extra);
    });
  });
});

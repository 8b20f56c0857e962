import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { validateRegistry } from "../../runtime/registry.js";
import { asap } from "../../runtime/testing/asap-command.js";
import { documentMutants, soundManifest, soundRegistry } from "../mutants/documents.js";
import type { Report } from "../report.js";
import { judgeManifest, judgeRegistry } from "./judge.js";

const breaksMust = ({ cases }: Report) => cases.some(({ level, outcome }) => level === "MUST" && outcome === "fail");

const later = { category: "Coding", tags: ["x"], verification: null, online_check: true };
const entry = { ...soundRegistry().agents[0], ...later };
const registries = [soundRegistry(), { ...soundRegistry(), agents: [entry] }, [entry], soundRegistry().agents, []];

const value = fc.oneof(
  fc.constantFrom<unknown>(null, 0, 1.5, "", "x", true, [], {}, [null], { __proto__: null, "": 1 }),
  fc.constantFrom("urn:asap:agent:a", "urn:asap:agent:A", "urn:asap:agent:a\n", `urn:asap:agent:${"a".repeat(242)}`),
  fc.constantFrom("2026-02-29T00:00:00Z", "2026-02-28 00:00:00", "2026-01-01T24:00:00Z", "http://[", "1.0", "bearer"),
  fc.jsonValue({ maxDepth: 2 }),
);
const member = fc.oneof(
  fc.constantFrom("id", "name", "version", "agents", "skills", "endpoints", "updated_at", "category", "asap_version"),
  fc.constantFrom("__proto__", "toString", "auth", "schemes", "ttl_seconds", "capabilities", "streaming"),
  fc.string({ maxLength: 4 }),
);
const edit = fc.record({
  at: fc.array(fc.nat(12), { maxLength: 5 }),
  member,
  value,
  kind: fc.constantFrom("put", "drop", "add"),
});

/** Applies an edit somewhere in a document: the numbers choose a way through its members. */
function applied(
  document: unknown,
  { at, member: name, value: put, kind }: typeof edit extends fc.Arbitrary<infer E> ? E : never,
): unknown {
  if (typeof document !== "object" || document === null) return put;
  const keys = Object.keys(document);
  const copy = (Array.isArray(document) ? [...document] : { ...document }) as Record<string, unknown>;
  const [step, ...rest] = at;
  const key = keys[(step ?? 0) % Math.max(1, keys.length)];
  if (step === undefined || key === undefined) {
    if (kind === "drop" && key !== undefined) delete copy[key];
    else if (Array.isArray(copy)) copy.push(put);
    else Object.defineProperty(copy, name, { value: put, enumerable: true, writable: true, configurable: true });
    return copy;
  }
  copy[key] = applied(copy[key], { at: rest, member: name, value: put, kind });
  return copy;
}

const edits = fc.array(edit, { maxLength: 3 });
const textual = fc.constantFrom<(text: string) => string | Uint8Array>(
  (text) => text,
  (text) => text,
  (text) => `\ufeff${text}`,
  (text) => text.slice(0, -1),
  (text) => text.replace("{", "{,"),
  (text) => text.replace("{", '{"version":"2",'),
  (text) => Buffer.from(text.replace("T", "\u00e9"), "latin1"),
);

describe("the judge of registries and the validator of the runtime", () => {
  const verdicts = { valid: 0, invalid: 0 };
  const agree = async (source: string | Uint8Array) => {
    for (const [form, strict] of [
      ["published", true],
      ["later", false],
    ] as const) {
      const { valid, findings } = validateRegistry(source, { strict });
      const report = await judgeRegistry(source, { form });
      verdicts[valid ? "valid" : "invalid"] += 1;
      expect(!breaksMust(report), JSON.stringify([form, findings.slice(0, 3), String(source).slice(0, 600)])).toBe(
        valid,
      );
    }
  };

  it("agree on every document that is wrong on purpose", async () => {
    for (const { group, text } of documentMutants) if (group === "registry") await agree(text());
    for (const registry of registries) await agree(JSON.stringify(registry));
  });

  it("agree on registries that were edited anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...registries), edits, textual, async (registry, list, write) => {
        await agree(write(JSON.stringify(list.reduce<unknown>(applied, registry))));
      }),
      { numRuns: 150 },
    );
    expect(Math.min(verdicts.valid, verdicts.invalid)).toBeGreaterThan(30);
  });
});

const beyondSchema = ["manifest-document.capabilities.asap-version.least", "manifest-document.auth.oauth2.bearer"];

describe("the judge of manifests and `asap validate`", () => {
  it("agree on manifests that were edited anywhere, as far as the schema goes", async () => {
    await fc.assert(
      fc.asyncProperty(edits, async (list) => {
        const text = JSON.stringify(list.reduce<unknown>(applied, soundManifest()));
        const { code } = await asap(["validate", "--type", "Manifest", "-"], { stdin: text });
        const report = await judgeManifest(text, { skip: beyondSchema });
        expect(breaksMust(report) ? 1 : 0, text).toBe(code);
      }),
      { numRuns: 120 },
    );
  });
});

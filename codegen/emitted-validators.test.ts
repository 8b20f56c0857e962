import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { ValidationError, Validator } from "../generated/contract.js";
import { loadValidator, type TypeName, validators } from "../generated/validators/index.js";
import { compilerFor } from "./emit/compile.js";
import { prepare, reachable, tolerate } from "./emit/prepare.js";
import { load } from "./load.js";
import { readSpec } from "./read.js";

const specDir = fileURLToPath(new URL("../spec/", import.meta.url));
const model = load(await readSpec(specDir));
const types = new Map(model.types.map((type) => [type.name, type]));
const strict = prepare(model.types);
const open = tolerate(strict);
const mutationsPerType = 1000;

/** The schemas as they are in the spec, compiled by a compiler that shares no option with the emitter but strictness. */
function rawAjv(change: (schema: unknown) => unknown): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allErrors: true,
    allowUnionTypes: true,
    discriminator: true,
  });
  for (const file of readdirSync(specDir, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".schema.json")) continue;
    const schema = change(JSON.parse(readFileSync(specDir + file, "utf8")));
    if (typeof schema === "object" && schema !== null) ajv.addSchema(schema, `spec:/${file.replaceAll("\\", "/")}`);
  }
  return ajv;
}

function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, member]) => !(key === "additionalProperties" && member === false));
  return Object.fromEntries(kept.map(([key, member]) => [key, opened(member)]));
}

const raw = rawAjv((schema) => schema);
const rawOpen = rawAjv(opened);

function compiled(ajv: Ajv2020, key: string): ValidateFunction {
  const validate = ajv.getSchema(key);
  if (validate === undefined) throw new Error(`no schema ${key}`);
  return validate;
}

function samplesOf(type: string): unknown[] {
  return (["valid", "invalid"] as const).flatMap((kind) =>
    readdirSync(`${specDir}samples/${kind}/${type}`)
      .sort()
      .map((file) => {
        const sample: unknown = JSON.parse(readFileSync(`${specDir}samples/${kind}/${type}/${file}`, "utf8"));
        return kind === "valid" ? sample : Reflect.get(Object(sample), "document");
      }),
  );
}

/** A generator of pseudo-random whole numbers below a bound, the same for the same seed. */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

const odd: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => false,
  () => 0,
  () => -1,
  () => 1.5,
  () => 101,
  () => 1e300,
  () => "",
  () => " ",
  () => "x",
  () => "urn:asap:agent:a:b",
  () => "urn:asap:agent:Bad",
  () => "2026-02-30T00:00:00Z",
  () => "2024-02-29t23:59:59",
  () => "TaskResponse",
  () => "task.request",
  () => "\u{1f600}".repeat(130),
  () => "file:///etc/passwd",
  () => [],
  () => [null, 1, "a"],
  () => ({}),
  () => ({ a: 1, "b/c~d": [{}] }),
  () => JSON.parse('{"__proto__":{"id":"x"},"constructor":1}'),
];

const names = ["__proto__", "constructor", "toString", "id", "type", "status", "x-unknown", "a/b~c", ""];

/** A changed copy of a value: one to three places replaced, removed, added or repeated. */
function mutate(value: unknown, random: (bound: number) => number): unknown {
  let copy: unknown = structuredClone(value);
  for (let left = 1 + random(3); left > 0; left--) copy = mutateOnce(copy, random);
  return copy;
}

function mutateOnce(value: unknown, random: (bound: number) => number): unknown {
  const fresh = () => odd[random(odd.length)]?.();
  if (Array.isArray(value)) {
    const at = random(value.length + 1);
    const copy: unknown[] = [...value];
    if (random(3) === 0) copy.splice(at, 0, fresh());
    else if (random(4) === 0) copy.splice(at, 1);
    else if (value.length > 0) copy[at % value.length] = mutateOnce(value[at % value.length], random);
    return random(12) === 0 ? fresh() : copy;
  }
  if (typeof value === "object" && value !== null) {
    if (random(15) === 0) return fresh();
    const entries: [string, unknown][] = Object.entries(value);
    const at = random(entries.length + 1);
    const entry = entries[at];
    if (entry === undefined) entries.push([names[random(names.length)] ?? "x", fresh()]);
    else if (random(4) === 0) entries.splice(at, 1);
    else entries[at] = [entry[0], random(3) === 0 ? fresh() : mutateOnce(entry[1], random)];
    return Object.fromEntries(entries);
  }
  if (typeof value === "string" && value !== "" && random(2) === 0) {
    const at = random(value.length);
    return `${value.slice(0, at)}${["", "\n", "Z", ".", "-", "\u{1f600}"][random(6)]}${value.slice(at + random(2))}`;
  }
  return fresh();
}

function facts(errors: readonly Partial<ValidationError>[] | null | undefined): string[] {
  return (errors ?? []).map((error) => `${error.keyword} ${error.instancePath} ${error.schemaPath}`);
}

function differences(
  emitted: Validator,
  own: ValidateFunction,
  plain: ValidateFunction,
  documents: readonly unknown[],
): string[] {
  return documents.flatMap((document) => {
    const verdict = emitted(document);
    const told = facts(emitted.errors);
    const ownVerdict: unknown = own(document);
    const ownTold = facts(own.errors);
    const same = verdict === ownVerdict && verdict === plain(document) && told.join() === ownTold.join();
    return same && verdict === (emitted.errors === null) ? [] : [`${JSON.stringify(document)}: ${told} / ${ownTold}`];
  });
}

describe.each(Object.keys(validators) as TypeName[])("the emitted validator of %s", (name) => {
  const tolerant = name.endsWith("Tolerant");
  const typeName = tolerant ? name.slice(0, -"Tolerant".length) : name;
  const type = types.get(typeName);
  if (type === undefined) throw new Error(`no type ${typeName}`);
  const own = compilerFor(reachable(typeName, types), tolerant ? open : strict).getSchema(typeName);
  const plain = compiled(tolerant ? rawOpen : raw, `spec:/${type.source.file}`);
  const samples = samplesOf(typeName);

  it("agrees with plain Ajv on the samples and on their mutations", async () => {
    const emitted = await loadValidator(name);
    if (own === undefined) throw new Error(`no schema ${name}`);
    expect(samples.length).toBeGreaterThan(3);
    expect(differences(emitted, own, plain, samples)).toEqual([]);
    const random = randomFrom(name.length * 7919 + name.charCodeAt(0));
    const mutations = Array.from({ length: mutationsPerType }, (_, at) => mutate(samples[at % samples.length], random));
    expect(differences(emitted, own, plain, mutations)).toEqual([]);
    expect(mutations.some((document) => !emitted(document))).toBe(true);
  });
});

describe("tolerant validators", () => {
  it("accept unknown members at every depth, where the plain ones refuse them", async () => {
    const manifest = JSON.parse(
      readFileSync(`${specDir}samples/valid/Manifest/${readdirSync(`${specDir}samples/valid/Manifest`)[0]}`, "utf8"),
    );
    const extended = { ...manifest, extra: 1, capabilities: { ...manifest.capabilities, extra: 2 } };
    expect((await loadValidator("ManifestTolerant"))(extended)).toBe(true);
    expect((await loadValidator("Manifest"))(extended)).toBe(false);
    expect((await loadValidator("ManifestTolerant"))({ ...extended, id: 7 })).toBe(false);
  });

  it("accept what the plain ones accept, also where closed objects were alternatives", () => {
    const closed = (name: string) => ({
      type: "object",
      properties: { [name]: { type: "string" } },
      additionalProperties: false,
    });
    const either = new Map([["Either", { oneOf: [closed("a"), closed("b")] }]]);
    const judge = compilerFor(["Either"], tolerate(either)).getSchema("Either");
    expect([{ a: "x" }, { b: "x", c: 1 }, { a: 1 }, []].map((value) => judge?.(value))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const discriminated = { discriminator: { propertyName: "kind" }, oneOf: [closed("kind")] };
    expect(tolerate(new Map([["Tagged", discriminated]])).get("Tagged")).toMatchObject({ oneOf: [{ type: "object" }] });
  });
});

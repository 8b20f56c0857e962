import { describe, expect, it } from "vitest";
import { CodegenError } from "./error.js";
import { load } from "./load.js";
import { readSpec, type SpecSource } from "./read.js";
import { specDir } from "./testing/spec-copy.js";

const source = await readSpec(specDir);
const paths = [...source.files.keys()];

/** Whole numbers below a bound, the same for the same seed. */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const odd: readonly unknown[] = [
  null,
  true,
  -1,
  "",
  "TaskRequest",
  "#",
  "#/$defs/%",
  "%",
  "object",
  [],
  ["object", "object"],
  {},
  { $ref: "../envelope.schema.json" },
  { $ref: 1 },
  { type: ["null"], enum: [] },
  { $defs: { A: { $ref: "#" } } },
];
const keys = [
  "$ref",
  "type",
  "title",
  "properties",
  "required",
  "$defs",
  "oneOf",
  "items",
  "enum",
  "pattern",
  "discriminator",
];

/** A copy of a JSON value with one place in it replaced, removed or added. */
function mutate(value: unknown, random: (bound: number) => number): unknown {
  if (typeof value !== "object" || value === null || random(6) === 0) return odd[random(odd.length)];
  if (Array.isArray(value)) {
    const at = random(value.length + 1);
    return value.toSpliced(at, 1, mutate(value[at], random));
  }
  const entries: [string, unknown][] = Object.entries(value);
  const at = random(entries.length + 1);
  const [key, inner] = entries[at] ?? [keys[random(keys.length)] ?? "x", undefined];
  const changed: [string, unknown][] = random(5) === 0 ? [] : [[key, mutate(inner, random)]];
  return Object.fromEntries(entries.toSpliced(at, 1, ...changed));
}

function mutated(seed: number): SpecSource {
  const random = randomFrom(seed);
  const path = paths[random(paths.length)] ?? "";
  const files = new Map(source.files);
  let document: unknown = JSON.parse(files.get(path) ?? "");
  for (let left = 1 + random(2); left > 0; left--) document = mutate(document, random);
  return { files: files.set(path, JSON.stringify(document) ?? "null"), hash: source.hash };
}

describe("load()", () => {
  it("makes plain data in which references are names of types", () => {
    const model = load(source);
    expect(structuredClone(model)).toEqual(model);
    const names = new Set(model.types.map((type) => type.name));
    expect(model.types.flatMap((type) => type.refs).filter((name) => !names.has(name))).toEqual([]);
    expect(model.types.find((type) => type.name === "Envelope")?.refs).toEqual(["AgentUrn", "Timestamp"]);
    expect(model.messages.every((message) => names.has(message.payload))).toBe(true);
  });

  it("takes a broken spec apart without breaking: a model, or a refusal with file and reason", {
    timeout: 60_000,
  }, () => {
    let refused = 0;
    for (let seed = 1; seed <= 300; seed++) {
      try {
        load(mutated(seed));
      } catch (error) {
        if (!(error instanceof CodegenError)) throw new Error(`seed ${seed}`, { cause: error });
        refused += 1;
        expect(
          error.problems.every(({ file, reason }) => file !== "" && reason !== ""),
          `seed ${seed}`,
        ).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

type Schema = { readonly title?: string; readonly oneOf?: unknown; readonly discriminator?: unknown };
type Sample = { readonly slug: string; readonly document: unknown; readonly rule: string };

const specDir = fileURLToPath(new URL("../spec/", import.meta.url));
const readJson = (path: string): unknown => JSON.parse(readFileSync(specDir + path, "utf8"));

/** Types with the full set of samples; all others are small. */
const large = new Set([
  "Envelope",
  "TaskRequest",
  "TaskResponse",
  "TaskUpdate",
  "TaskCancel",
  "MessageSend",
  "StateQuery",
  "StateRestore",
  "ArtifactNotify",
  "McpToolCall",
  "McpToolResult",
  "McpResourceFetch",
  "McpResourceData",
  "MessageAck",
  "Manifest",
  "Health",
  "Registry",
  "RegistryEntry",
  "WebhookSubscription",
  "WebhookEvent",
  "JsonRpcRequest",
  "ConformanceReport",
]);

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, discriminator: true });
const schemas = new Map<string, { readonly key: string; readonly schema: Schema }>();
for (const file of readdirSync(specDir, { recursive: true, encoding: "utf8" }).sort()) {
  if (!file.endsWith(".schema.json")) continue;
  const path = file.replaceAll("\\", "/");
  const schema = readJson(path) as Schema;
  const key = `spec:/${path}`;
  ajv.addSchema(schema, key);
  if (schema.title !== undefined) schemas.set(schema.title, { key, schema });
}

function validatorOf(type: string): ValidateFunction {
  const entry = schemas.get(type);
  const validate = entry && ajv.getSchema(entry.key);
  if (!validate) throw new Error(`no schema is titled ${type}`);
  return validate;
}

function samplesOf(kind: "valid" | "invalid", type: string): Sample[] {
  return readdirSync(`${specDir}samples/${kind}/${type}`)
    .sort()
    .map((file) => {
      const slug = file.replace(/\.json$/, "");
      const content = readJson(`samples/${kind}/${type}/${file}`);
      return kind === "valid" ? { slug, document: content, rule: "" } : { slug, ...(content as Omit<Sample, "slug">) };
    });
}

const types = [...schemas.keys()];
const requirementIds = new Set(
  (readJson("requirements.json") as { requirements: { id: string }[] }).requirements.map(({ id }) => id),
);
const citedIn = (rule: string): string[] => rule.match(/\b[A-Z]+-\d{3}\b/g) ?? [];

/** Where in the document an error points: the member that is missing or too many, otherwise the value at fault. */
function placeOf({ instancePath, params }: ErrorObject): string {
  const member: unknown = params.missingProperty ?? params.additionalProperty;
  return member === undefined ? instancePath : `${instancePath}/${String(member)}`;
}

/** Places at fault, without the errors that only pass on what a branch found. */
function faultPlaces(errors: readonly ErrorObject[]): string[] {
  const own = errors.filter(({ keyword }) => !["if", "anyOf", "oneOf"].includes(keyword)).map(placeOf);
  const places = [...new Set(own)];
  return places.filter((place) => !places.some((other) => other.startsWith(`${place}/`)));
}

describe("spec/samples", () => {
  it("holds samples of every titled schema and of nothing else", () => {
    for (const kind of ["valid", "invalid"]) {
      expect(readdirSync(`${specDir}samples/${kind}`).sort()).toEqual([...types].sort());
    }
  });

  it("holds at least 3 valid and 10 invalid documents of each large type, 1 and 3 of each small one", () => {
    for (const type of large) expect(types).toContain(type);
    for (const type of types) {
      const [valid, invalid] = large.has(type) ? [3, 10] : [1, 3];
      expect(samplesOf("valid", type).length, `valid ${type}`).toBeGreaterThanOrEqual(valid);
      expect(samplesOf("invalid", type).length, `invalid ${type}`).toBeGreaterThanOrEqual(invalid);
    }
  });

  it("never holds one document twice under a type", () => {
    for (const type of types) {
      const all = (["valid", "invalid"] as const).flatMap((kind) => samplesOf(kind, type));
      const texts = all.map(({ document }) => JSON.stringify(document));
      const repeated = all.filter((_, position) => texts.indexOf(texts[position] ?? "") !== position);
      expect(repeated.map(({ slug }) => `${type}/${slug}`)).toEqual([]);
    }
  });
});

describe.each(types)("samples of %s", (type) => {
  const validate = validatorOf(type);

  it("that are valid pass", () => {
    for (const { slug, document } of samplesOf("valid", type)) {
      expect(validate(document), `${slug}: ${ajv.errorsText(validate.errors)}`).toBe(true);
    }
  });

  it("that are invalid fail, each in one place", () => {
    const { schema } = schemas.get(type) ?? {};
    const decidable = schema?.oneOf === undefined || schema.discriminator !== undefined;
    for (const { slug, document } of samplesOf("invalid", type)) {
      expect(validate(document), slug).toBe(false);
      if (decidable) expect(faultPlaces(validate.errors ?? []), slug).toHaveLength(1);
    }
  });

  it("that are invalid name the rule they break in one sentence with known ids", () => {
    for (const { slug, rule } of samplesOf("invalid", type)) {
      expect(rule, slug).toMatch(/^\S.*[^.]\.$/);
      expect(citedIn(rule), slug).not.toEqual([]);
      for (const id of citedIn(rule)) expect(requirementIds, `${slug} cites ${id}`).toContain(id);
    }
  });
});

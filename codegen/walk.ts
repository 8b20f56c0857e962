import type { Schema } from "./model.js";

/** How the value of a keyword holds schemas: one, a list of them, a map of them, or none at all. */
type KeywordKind = "schema" | "list" | "map" | "value" | "doc";

/** The keywords of JSON Schema 2020-12 that are understood. Every other one stops generation. */
export const keywords: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ...kind("schema", "items additionalProperties propertyNames contains not if then else"),
  ...kind("list", "allOf anyOf oneOf prefixItems"),
  ...kind("map", "properties patternProperties dependentSchemas"),
  ...kind(
    "value",
    "$ref type const enum format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf " +
      "minItems maxItems uniqueItems minContains maxContains minProperties maxProperties required dependentRequired discriminator",
  ),
  ...kind(
    "doc",
    "title description default examples deprecated readOnly writeOnly $comment contentEncoding contentMediaType",
  ),
]);

function kind(of: KeywordKind, names: string): [string, KeywordKind][] {
  return names.split(" ").map((name) => [name, of]);
}

/** Whether a value is a plain JSON object. */
export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One schema within another, and its place: keyword, then key or position. */
interface Subschema {
  readonly schema: unknown;
  readonly path: readonly (string | number)[];
}

/** The schemas directly inside a schema, `$defs` not among them. */
export function subschemas(schema: Schema): Subschema[] {
  const found: Subschema[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const holds = keywords.get(keyword);
    if (holds === "schema") found.push({ schema: value, path: [keyword] });
    if (holds === "list" && Array.isArray(value)) {
      for (const [index, schema] of value.entries()) found.push({ schema, path: [keyword, index] });
    }
    if (holds === "map" && isObject(value)) {
      for (const [key, schema] of Object.entries(value)) found.push({ schema, path: [keyword, key] });
    }
  }
  return found;
}

/** A schema and every schema within it. */
export function* schemasIn(schema: Schema): Generator<Schema> {
  yield schema;
  for (const inner of subschemas(schema)) if (isObject(inner.schema)) yield* schemasIn(inner.schema);
}

/** Whether a schema within another judges the same value as that one, and not a member or an item of it. */
export function judgesSameValue({ path: [keyword] }: Subschema): boolean {
  return ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"].includes(String(keyword));
}

/** A copy of a schema in which `change` has replaced each schema within it, innermost first, and then itself. */
export function mapSchema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const mapOne = (value: unknown): unknown => (isObject(value) ? mapSchema(value, change) : value);
  const copy: Schema = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const holds = keywords.get(keyword);
    if (holds === "schema") copy[keyword] = mapOne(value);
    else if (holds === "list" && Array.isArray(value)) copy[keyword] = value.map(mapOne);
    else if (holds === "map" && isObject(value)) {
      copy[keyword] = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapOne(inner)]));
    } else copy[keyword] = value;
  }
  return change(copy);
}

/** A schema without some of its keywords. */
export function without(schema: Schema, ...names: string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !names.includes(keyword)));
}

/** JSON text of a value with the members of every object in order: equal values give equal texts. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

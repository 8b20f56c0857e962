import type { Schema, TypeModel } from "../model.js";
import { isObject, keywords, mapSchema, schemasIn, without } from "../walk.js";

/** Keywords that say nothing about null, so that `"null"` may join the type list beside them. */
const silentOnNull = new Set(
  (
    "type pattern format minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf " +
    "items minItems maxItems uniqueItems properties required additionalProperties patternProperties minProperties maxProperties " +
    "propertyNames dependentRequired"
  ).split(" "),
);

/**
 * The schemas as the validator compiler takes them: without documentation, and with "this type or null" as one schema
 * with a type list, which is quicker to check and gives one error where `anyOf` gives three.
 */
export function prepare(types: readonly TypeModel[]): ReadonlyMap<string, Schema> {
  const bare = new Map(types.map((type) => [type.name, mapSchema(type.schema, strip)]));
  return new Map([...bare].map(([name, schema]) => [name, mapSchema(schema, (inner) => collapseNull(inner, bare))]));
}

function strip(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keywords.get(keyword) !== "doc"));
}

function collapseNull(schema: Schema, all: ReadonlyMap<string, Schema>): Schema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || Object.keys(rest).length > 0) return schema;
  const other = anyOf.find((branch) => !isNull(branch));
  if (!anyOf.some(isNull) || !isObject(other)) return schema;
  const ref = other["$ref"];
  const target = typeof ref === "string" && Object.keys(other).length === 1 ? all.get(ref) : other;
  if (target === undefined || !Object.keys(target).every((keyword) => silentOnNull.has(keyword))) return schema;
  const { type } = target;
  const listed = typeof type === "string" ? [type] : Array.isArray(type) ? type : [];
  return listed.length === 0 ? schema : { ...target, type: [...new Set([...listed, "null"])] };
}

function isNull(branch: unknown): boolean {
  return isObject(branch) && branch["type"] === "null" && Object.keys(branch).length === 1;
}

/**
 * The schemas with every closed object opened: unknown members are accepted everywhere. Of alternatives that only their
 * closedness kept apart more than one may then hold, so `oneOf` becomes `anyOf` where no discriminator chooses.
 */
export function tolerate(schemas: ReadonlyMap<string, Schema>): ReadonlyMap<string, Schema> {
  const open = (schema: Schema): Schema => {
    const { oneOf, ...rest } =
      schema["additionalProperties"] === false ? without(schema, "additionalProperties") : schema;
    if (oneOf === undefined) return rest;
    if (rest["discriminator"] !== undefined) return { ...rest, oneOf };
    return { ...rest, allOf: [...(Array.isArray(rest["allOf"]) ? rest["allOf"] : []), { anyOf: oneOf }] };
  };
  return new Map([...schemas].map(([name, schema]) => [name, mapSchema(schema, open)]));
}

/** The names of a type and of every type it reaches. */
export function reachable(name: string, types: ReadonlyMap<string, TypeModel>): string[] {
  const found = new Set<string>([name]);
  for (const one of found) for (const ref of types.get(one)?.refs ?? []) found.add(ref);
  return [...found];
}

/** Whether a schema or one within it uses a keyword. */
export function uses(schema: Schema, keyword: string): boolean {
  return [...schemasIn(schema)].some((inner) => Object.hasOwn(inner, keyword));
}

/** Whether a schema names a member that every object inherits, so that only own members may count. */
export function namesInherited(schema: Schema): boolean {
  return [...schemasIn(schema)].some(({ properties, required, dependentRequired }) => {
    const names: unknown[] = [
      ...(isObject(properties) ? Object.keys(properties) : []),
      ...(Array.isArray(required) ? required : []),
      ...(isObject(dependentRequired) ? Object.entries(dependentRequired).flat(2) : []),
    ];
    return names.some((name) => typeof name === "string" && name in Object.prototype);
  });
}

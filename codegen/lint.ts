import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { formats } from "./emit/compile.js";
import { type Problem, pointerOf } from "./error.js";
import type { Schema, TypeModel } from "./model.js";
import { show } from "./names.js";
import { isObject, judgesSameValue, keywords, subschemas } from "./walk.js";

type Report = (path: readonly (string | number)[], reason: string) => void;

/** Checks the schemas themselves: against the meta-schema of 2020-12, and for rules that no validator could follow. */
export function lintTypes(types: readonly TypeModel[], problems: Problem[]): void {
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  for (const type of types) {
    const { file, pointer } = type.source;
    const report: Report = (path, reason) => problems.push({ file, pointer: pointer + pointerOf(path), reason });
    const before = problems.length;
    if (ajv.validateSchema(type.schema) === false) {
      for (const [at, reason] of reasonsByPlace(ajv.errors ?? []))
        problems.push({ file, pointer: pointer + at, reason });
    }
    if (problems.length === before) lint(type.schema, [], [], report);
  }
}

/** One reason per place: the alternatives that a keyword of the meta-schema leaves are told together. */
function reasonsByPlace(errors: readonly ErrorObject[]): ReadonlyMap<string, string> {
  const reasons = new Map<string, Set<string>>();
  for (const { instancePath, keyword, message = "is no valid schema", params } of errors) {
    if (keyword === "anyOf" || keyword === "if") continue;
    const allowed: unknown = params["allowedValues"];
    const text = Array.isArray(allowed) ? `must be one of ${allowed.join(", ")}` : message;
    reasons.set(instancePath, (reasons.get(instancePath) ?? new Set()).add(text));
  }
  return new Map([...reasons].map(([place, texts]) => [place, [...texts].join(", or ")]));
}

/** `around` holds the schemas that judge the same value as this one: those it is a branch of. */
function lint(schema: Schema, path: readonly (string | number)[], around: readonly Schema[], report: Report): void {
  const scope = [schema, ...around];
  lintRef(schema, path, report);
  lintText(schema, path, report);
  lintValues(schema, path, report);
  lintRequired(schema, path, scope, report);
  lintDiscriminator(schema, path, report);
  for (const inner of subschemas(schema)) {
    if (!isObject(inner.schema)) continue;
    lint(inner.schema, [...path, ...inner.path], judgesSameValue(inner) ? scope : [], report);
  }
}

function lintRef(schema: Schema, path: readonly (string | number)[], report: Report): void {
  if (schema["$ref"] === undefined) return;
  for (const keyword of Object.keys(schema)) {
    if (keyword === "$ref" || keywords.get(keyword) === "doc") continue;
    report([...path, keyword], `${show(keyword)} may not stand beside $ref: put both into allOf`);
  }
}

function lintText(schema: Schema, path: readonly (string | number)[], report: Report): void {
  const { format, pattern, patternProperties } = schema;
  if (typeof format === "string" && !formats.has(format)) {
    report([...path, "format"], `${show(format)} is not a format the generator can check: use a pattern`);
  }
  const patterns: [string, (string | number)[]][] = [];
  if (typeof pattern === "string") patterns.push([pattern, [...path, "pattern"]]);
  for (const key of isObject(patternProperties) ? Object.keys(patternProperties) : []) {
    patterns.push([key, [...path, "patternProperties", key]]);
  }
  for (const [text, at] of patterns) {
    try {
      new RegExp(text, "u");
    } catch {
      report(at, `${show(text)} is not a regular expression in Unicode mode`);
    }
  }
}

function lintValues(schema: Schema, path: readonly (string | number)[], report: Report): void {
  if (Array.isArray(schema["enum"]) && schema["enum"].length === 0) report([...path, "enum"], "must list a value");
  for (const keyword of ["enum", "const"]) {
    if (holdsRef(schema[keyword]))
      report([...path, keyword], "a value with a member $ref cannot be told from a reference");
  }
}

function holdsRef(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "$ref") || Object.values(value).some(holdsRef);
}

function lintRequired(
  schema: Schema,
  path: readonly (string | number)[],
  scope: readonly Schema[],
  report: Report,
): void {
  if (!Array.isArray(schema["required"])) return;
  const known = scope.some((one) => {
    const branches = ["allOf", "anyOf", "oneOf", "$ref", "patternProperties"].some(
      (keyword) => one[keyword] !== undefined,
    );
    return branches || isObject(one["additionalProperties"]);
  });
  if (known) return;
  for (const [index, name] of schema["required"].entries()) {
    const defined = scope.some((one) => isObject(one["properties"]) && Object.hasOwn(one["properties"], String(name)));
    if (!defined)
      report([...path, "required", index], `${show(String(name))} is required and not among the properties`);
  }
}

function lintDiscriminator(schema: Schema, path: readonly (string | number)[], report: Report): void {
  const { discriminator, oneOf } = schema;
  if (discriminator === undefined) return;
  if (!isObject(discriminator) || typeof discriminator["propertyName"] !== "string") {
    report([...path, "discriminator"], "a discriminator needs a propertyName");
  } else if (Object.keys(discriminator).length > 1) {
    report([...path, "discriminator"], "a discriminator has a propertyName and nothing else");
  }
  if (!Array.isArray(oneOf)) report([...path, "discriminator"], "a discriminator stands beside oneOf");
}

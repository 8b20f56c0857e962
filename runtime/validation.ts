import type { ValidationError } from "../generated/contract.js";
import type { ValidationIssue } from "../generated/models.js";

const typeNames: Readonly<Record<string, readonly [type: string, msg: string]>> = {
  string: ["string_type", "Input should be a valid string"],
  integer: ["int_type", "Input should be a valid integer"],
  number: ["float_type", "Input should be a valid number"],
  boolean: ["bool_type", "Input should be a valid boolean"],
  object: ["dict_type", "Input should be a valid dictionary"],
  array: ["list_type", "Input should be a valid list"],
  null: ["none_required", "Input should be null"],
};

/** Keywords whose errors only repeat what another error of the same place says better. */
const wrappers = new Set(["if", "anyOf", "allOf"]);

type Rule = (params: Readonly<Record<string, unknown>>) => readonly [type: string, msg: string];

const rules: Readonly<Record<string, Rule>> = {
  required: () => ["missing", "Field required"],
  additionalProperties: () => ["extra_forbidden", "Extra inputs are not permitted"],
  unevaluatedProperties: () => ["extra_forbidden", "Extra inputs are not permitted"],
  type: (params) => typeFault(params["type"]),
  enum: (params) => ["literal_error", `Input should be one of ${list(params["allowedValues"])}`],
  const: (params) => ["literal_error", `Input should be ${JSON.stringify(params["allowedValue"])}`],
  discriminator: (params) => ["union_tag_invalid", `Input should have a known '${String(params["tag"])}'`],
  oneOf: () => ["union_error", "Input should match exactly one of the allowed forms"],
  not: () => ["value_error", "Input has a form that is not allowed"],
  pattern: (params) => ["string_pattern_mismatch", `Input should match the pattern ${String(params["pattern"])}`],
  format: (params) => ["format_error", `Input should be a valid ${String(params["format"])}`],
  minLength: (params) => ["string_too_short", `Input should have at least ${params["limit"]} characters`],
  maxLength: (params) => ["string_too_long", `Input should have at most ${params["limit"]} characters`],
  minItems: (params) => ["too_short", `Input should have at least ${params["limit"]} items`],
  maxItems: (params) => ["too_long", `Input should have at most ${params["limit"]} items`],
  minimum: (params) => ["greater_than_equal", `Input should be at least ${params["limit"]}`],
  maximum: (params) => ["less_than_equal", `Input should be at most ${params["limit"]}`],
  exclusiveMinimum: (params) => ["greater_than", `Input should be more than ${params["limit"]}`],
  exclusiveMaximum: (params) => ["less_than", `Input should be less than ${params["limit"]}`],
};

function typeFault(expected: unknown): readonly [string, string] {
  const wanted = (Array.isArray(expected) ? expected : String(expected).split(",")).filter((name) => name !== "null");
  const known = wanted.length === 1 ? typeNames[String(wanted[0])] : undefined;
  return known ?? ["type_error", `Input should be of type ${wanted.join(" or ")}`];
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(", ") : "the allowed values";
}

/** Splits a JSON pointer (RFC 6901) into member names and array positions. */
export function pointerToPath(pointer: string): (string | number)[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((token) =>
      /^(?:0|[1-9]\d*)$/.test(token) ? Number(token) : token.replaceAll("~1", "/").replaceAll("~0", "~"),
    );
}

/**
 * Turns validator errors into the issues that travel in `validation_errors`
 * (wire section 6.2): kind, place and text, never the offending value.
 *
 * @param errors Errors of a generated validator or of Ajv.
 * @param root Place of the validated value within the whole document; the document itself by default.
 * @param max Most issues to return, 20 by default.
 */
export function issuesOf(
  errors: readonly ValidationError[] | null | undefined,
  root: readonly (string | number)[] = [],
  max = 20,
): ValidationIssue[] {
  const all = errors ?? [];
  const telling = all.filter((error) => !wrappers.has(error.keyword));
  const issues: ValidationIssue[] = [];
  for (const error of telling.length > 0 ? telling : all) {
    if (issues.length === max) break;
    const [type, msg] = rules[error.keyword]?.(error.params) ?? [
      "value_error",
      error.message ?? "Input is not allowed",
    ];
    const member =
      error.params["missingProperty"] ?? error.params["additionalProperty"] ?? error.params["unevaluatedProperty"];
    const loc = [...root, ...pointerToPath(error.instancePath)];
    if (typeof member === "string") loc.push(member);
    issues.push({ type, loc, msg });
  }
  return issues;
}

/** One line for people: place and text of the first issues. */
export function describeIssues(issues: readonly ValidationIssue[], max = 3): string {
  const lines = issues.slice(0, max).map((issue) => `${issue.loc.join(".") || "document"}: ${issue.msg}`);
  if (issues.length > max) lines.push(`and ${issues.length - max} more`);
  return lines.join("; ");
}

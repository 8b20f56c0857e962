import type { ValidationError } from "../../generated/contract.js";
import { pointerToPath } from "../validation.js";
import { nearest } from "./nearest.js";
import { type RegistryRule, registryRules } from "./rules.js";

/** A fault in words, and the path it is about, seen from the object that was validated. */
export interface Description {
  readonly rule: RegistryRule;
  readonly path: readonly string[];
  readonly at: "key" | "value";
  readonly message: string;
  readonly hint: string;
}

/** Members that later registries publish and readers of version 1.1 refuse (wire section 13.3). */
export const laterMembers: ReadonlySet<string> = new Set([
  "category",
  "tags",
  "repository_url",
  "documentation_url",
  "built_with",
  "verification",
  "online_check",
  "hardware_class",
  "inference_modes",
  "hardware_io",
]);

/** Members of the published form, by the object that has them. */
export const publishedMembers = {
  root: ["version", "updated_at", "agents"],
  entry: ["id", "name", "description", "endpoints", "skills", "asap_version"],
} as const;

const examples: Readonly<Record<string, string>> = {
  version: '"version": "1.0"',
  updated_at: '"updated_at": "2026-01-31T12:00:00Z"',
  id: '"id": "urn:asap:agent:acme:billing"',
  name: '"name": "Billing"',
  description: '"description": "Answers questions about invoices."',
  endpoints: '"endpoints": { "http": "https://billing.acme.example/asap" }',
  asap_version: '"asap_version": "1.1.0"',
};

const typeNames: Readonly<Record<string, string>> = {
  object: "an object",
  array: "an array",
  string: "a string",
  boolean: "a boolean",
  integer: "an integer",
  number: "a number",
  null: "null",
};

/** Name of a JSON value's type, with its article. */
export function typeOf(value: unknown): string {
  if (value === null) return "null";
  return typeNames[Array.isArray(value) ? "array" : typeof value] ?? typeof value;
}

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

const placeOf = (path: readonly string[]): string => {
  const [member = "", item] = path;
  if (item === undefined) return quoted(member);
  return /^\d+$/.test(item) ? `item ${item} of ${quoted(member)}` : `${quoted(item)} in ${quoted(member)}`;
};

function urnHint(value: string, pattern: unknown): string {
  const tidy = value
    .trim()
    .toLowerCase()
    .replace(/[_.\s]+/g, "-");
  const guess = tidy.startsWith("urn:asap:agent:")
    ? tidy
    : `urn:asap:agent:${tidy.replace(/^(?:urn:)?(?:asap:)?(?:agent:)?/, "")}`;
  const right = typeof pattern === "string" && guess.length <= 256 && new RegExp(pattern, "u").test(guess);
  return right ? `Write ${quoted(guess)}.` : registryRules["agent-urn"].help;
}

function describeMissing(name: string, value: object, members: readonly string[]): Description {
  const candidates = Object.keys(value).filter((key) => !members.includes(key) && !laterMembers.has(key));
  const [like] = nearest(name, candidates);
  const hint = like
    ? `Rename ${quoted(like)} to ${quoted(name)}.`
    : `Add it, such as ${examples[name] ?? quoted(name)}.`;
  return { rule: "missing-member", path: [], at: "value", message: `${quoted(name)} is missing`, hint };
}

function describeUnknown(
  path: readonly string[],
  name: string,
  value: object,
  members: readonly string[],
): Description {
  const [like] = nearest(
    name,
    members.filter((each) => !Object.hasOwn(value, each)),
  );
  let hint: string = registryRules["unknown-member"].help;
  if (laterMembers.has(name))
    hint = "Remove it: later registries publish it, readers of version 1.1 refuse a registry that has it.";
  else if (like) hint = `Rename it to ${quoted(like)}, or remove it.`;
  return {
    rule: "unknown-member",
    path: [...path, name],
    at: "key",
    message: `${quoted(name)} is not a member of the published form`,
    hint,
  };
}

/**
 * Says a fault of a registry's root or entry in words.
 *
 * @param error the fault
 * @param value the object that was validated
 * @param members names of the published form's members
 */
export function describeFault(error: ValidationError, value: unknown, members: readonly string[]): Description {
  const path = pointerToPath(error.instancePath).map(String);
  const found = path.reduce<unknown>(
    (inner, name) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
  const { missingProperty, additionalProperty, type, pattern, limit } = error.params;
  if (typeof found === "object" && found !== null) {
    if (typeof missingProperty === "string") return describeMissing(missingProperty, found, members);
    if (typeof additionalProperty === "string") return describeUnknown(path, additionalProperty, found, members);
  }
  const at = "value";
  const place = path.length === 0 ? "the entry" : placeOf(path);
  if (error.keyword === "type") {
    const wanted = typeNames[String(type)] ?? `of type ${String(type)}`;
    const message = `${place} must be ${wanted}, it is ${typeOf(found)}`;
    const [member = ""] = path;
    const example = path.length === 1 ? examples[member] : undefined;
    const none =
      member === "skills" && path.length === 1
        ? 'Write an array of skill ids, such as ["echo"]; [] for none.'
        : `Write ${wanted}.`;
    return { rule: "wrong-type", path, at, message, hint: example ? `Write ${wanted}, such as ${example}.` : none };
  }
  if (path.length === 1 && path[0] === "id" && typeof found === "string") {
    const message =
      error.keyword === "maxLength"
        ? `"id" is longer than ${String(limit)} characters`
        : `${quoted(found)} is not an agent URN`;
    return { rule: "agent-urn", path, at, message, hint: urnHint(found, pattern) };
  }
  if (path.length === 1 && path[0] === "updated_at") {
    return {
      rule: "timestamp",
      path,
      at,
      message: `${quoted(found)} is not a time`,
      hint: registryRules.timestamp.help,
    };
  }
  return {
    rule: "invalid-value",
    path,
    at,
    message: `${place} ${error.message ?? "does not fit its schema"}`,
    hint: registryRules["invalid-value"].help,
  };
}

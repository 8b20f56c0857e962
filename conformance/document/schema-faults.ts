import type { ValidationError, Validator } from "../../generated/contract.js";
import type { Manifest, Registry, RegistryEntry } from "../../generated/models.js";
import { validateManifest } from "../../generated/validators/manifest.js";
import { validateRegistry } from "../../generated/validators/registry.js";
import { validateRegistryEntry } from "../../generated/validators/registry-entry.js";
import { asObject } from "../documents.js";
import type { DocumentKind } from "./case.js";
import { type Path, pathOf, valueAt } from "./json-text.js";

/**
 * Which part of a schema is broken: `missing` a required member, `null` where no null may be, `type`, `form` of a text,
 * `length`, `least` and `most` of a number, `closed` for a member of another name, else the keyword of JSON Schema.
 */
export type Aspect = "missing" | "null" | "type" | "form" | "length" | "least" | "most" | "closed" | (string & {});

/** A place where a document breaks its schema. */
export interface SchemaFault {
  readonly aspect: Aspect;
  /** Way to the value at fault, or to the object that lacks a member or has one too many. */
  readonly path: Path;
  /** The member that is missing, or too many. */
  readonly member?: string;
  /** What the rule is about, with `*` for the items of an array and for names that are free: `agents.*.id`. */
  readonly rule: string;
  readonly error: ValidationError;
}

const aspects: Readonly<Record<string, Aspect>> = {
  required: "missing",
  type: "type",
  pattern: "form",
  minLength: "length",
  maxLength: "length",
  minimum: "least",
  maximum: "most",
  additionalProperties: "closed",
};

/** A name for every member of a map whose names are free. */
const anyName = "*";

const entry: Required<RegistryEntry> = {
  id: "urn:asap:agent:sample",
  name: "Sample",
  description: "Stands for every entry.",
  endpoints: { [anyName]: "https://agent.example/asap" },
  skills: ["echo"],
  asap_version: "1.1.0",
};
const registry: Required<Registry> = { version: "1.0", updated_at: "2026-01-31T12:00:00Z", agents: [entry] };

/** Every member, those of every type within it too: the compiler asks for those that a new spec adds. */
const manifest: Required<Manifest> & {
  capabilities: Required<Manifest["capabilities"]>;
  endpoints: Required<Manifest["endpoints"]>;
  auth: Required<NonNullable<Manifest["auth"]>>;
} = {
  id: "urn:asap:agent:sample",
  name: "Sample",
  version: "1.0.0",
  description: "Stands for every manifest.",
  capabilities: {
    asap_version: "0.1",
    skills: [{ id: "echo", description: "Echoes.", input_schema: {}, output_schema: {} }],
    state_persistence: false,
    streaming: false,
    mcp_tools: ["search"],
  },
  endpoints: { asap: "https://agent.example/asap", events: "wss://agent.example/asap/ws" },
  auth: { schemes: ["bearer"], oauth2: {} },
  signature: "",
  ttl_seconds: 300,
};

const samples: Readonly<Record<DocumentKind, unknown>> = { registry, manifest };

/** Every place where a document breaks its schema; entries of a registry are looked at one by one. */
export function schemaFaultsOf(kind: DocumentKind, value: unknown): SchemaFault[] {
  if (kind === "manifest") return faultsOf(validateManifest, value, [], manifest);
  const agents = asObject(value)?.agents;
  const isList = Array.isArray(agents);
  const root = isList ? { ...asObject(value), agents: [] } : value;
  const ofRoot = Array.isArray(value) ? [] : faultsOf(validateRegistry, root, [], registry);
  const at = isList ? ["agents"] : [];
  return [...ofRoot, ...entriesOf(value).flatMap((one, index) => entryFaults(one, [...at, index]))];
}

/** The entries of a registry, whose root may be an array of them. */
export function entriesOf(value: unknown): readonly unknown[] {
  const entries = Array.isArray(value) ? value : asObject(value)?.agents;
  return Array.isArray(entries) ? entries : [];
}

const entryFaults = (value: unknown, path: Path): SchemaFault[] =>
  faultsOf(validateRegistryEntry, value, path, entry).map((fault) => ({
    ...fault,
    rule: ["agents", anyName, ...(fault.rule === "" ? [] : [fault.rule])].join("."),
  }));

function faultsOf(validate: Validator, value: unknown, before: Path, sample: unknown): SchemaFault[] {
  if (validate(value)) return [];
  const seen = new Set<string>();
  return (validate.errors ?? []).flatMap((error) => {
    const inner = pathOf(error.instancePath);
    const { missingProperty, additionalProperty } = error.params;
    const member = [missingProperty, additionalProperty].find((name) => typeof name === "string");
    const aspect = error.keyword === "type" && valueAt(value, inner) === null ? "null" : aspects[error.keyword];
    const rule = ruleOf(missingProperty === undefined ? inner : [...inner, String(member)], sample);
    const path = [...before, ...inner];
    const key = JSON.stringify([path, aspect ?? error.keyword, member]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ aspect: aspect ?? error.keyword, path, rule, error, ...(member === undefined ? {} : { member }) }];
  });
}

/** A path in the names of the sample. */
function ruleOf(path: Path, sample: unknown): string {
  let inner = sample;
  return path
    .map((segment) => {
      const known = Array.isArray(inner) ? inner[0] : asObject(inner);
      const name = Array.isArray(inner) || !Object.hasOwn(known ?? {}, segment) ? anyName : String(segment);
      inner = Array.isArray(inner) ? known : known?.[name];
      return name;
    })
    .join(".");
}

/** What the rules about a path are called. */
const ruleIn = (kind: DocumentKind, path: Path) => ruleOf(path, samples[kind]);

/** One rule of a schema, as a fault of the sample showed it. */
export type SchemaRule = Pick<SchemaFault, "aspect" | "rule" | "error">;

/** The key under which a fault and its rule meet. */
export const keyOf = ({ rule, aspect }: Pick<SchemaFault, "rule" | "aspect">): string => `${rule}#${aspect}`;

const wrongs: readonly unknown[] = [null, 7, 7.5, -1, 0, "x", "", true, [], {}, "y".repeat(300), "z".repeat(70_000)];

/**
 * The rules of a schema: every member of a document that has them all is left out, replaced by values of every kind and
 * length, and given a member of another name, and each kind of fault that the validator then finds is a rule.
 */
export function schemaRulesOf(kind: DocumentKind): SchemaRule[] {
  const rules = new Map<string, SchemaRule>();
  const probe = (changed: unknown) => {
    for (const { rule, aspect, error } of schemaFaultsOf(kind, changed))
      if (!rules.has(keyOf({ rule, aspect }))) rules.set(keyOf({ rule, aspect }), { rule, aspect, error });
  };
  const sample = samples[kind];
  for (const path of pathsIn(sample)) {
    if (path.length > 0) probe(changed(sample, path, undefined));
    for (const wrong of wrongs) probe(changed(sample, path, wrong));
    const value = valueAt(sample, path);
    if (typeof value === "string") probe(changed(sample, path, `${value}${"a".repeat(300)}`));
    if (asObject(value) !== undefined) probe(changed(sample, [...path, "surprise"], 1));
  }
  const order = pathsIn(sample).map((path) => ruleIn(kind, path));
  return [...rules.values()]
    .filter(({ rule, aspect }) => rule !== "" || aspect === "closed")
    .toSorted((one, other) => order.indexOf(one.rule) - order.indexOf(other.rule));
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(asObject(value) ?? {});
  return [path, ...keys.flatMap((key) => pathsIn(valueAt(value, [key]), [...path, key]))];
}

/** A copy with another value at a path; undefined takes the member out. */
function changed(value: unknown, path: Path, put: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  if (Array.isArray(value)) return value.map((item, at) => (at === key ? changed(item, rest, put) : item));
  const copy = { ...asObject(value), [key]: changed(valueAt(value, [key]), rest, put) };
  if (rest.length === 0 && put === undefined) delete copy[key];
  return copy;
}

import { show } from "../checks.js";
import { asObject } from "../documents.js";
import {
  type DocumentCase,
  type DocumentFault,
  type DocumentKind,
  failOn,
  notFor,
  notJson,
  type Subject,
  shown,
} from "./case.js";
import { type Path, valueAt } from "./json-text.js";
import {
  type Aspect,
  keyOf,
  type SchemaFault,
  type SchemaRule,
  schemaFaultsOf,
  schemaRulesOf,
} from "./schema-faults.js";

/** Requirements by rule and aspect; the first line that matches counts. */
const requirementsOf: Readonly<Record<DocumentKind, readonly (readonly [pattern: RegExp, ...ids: string[]])[]>> = {
  registry: [
    [/^agents\.\*#closed/, "REGW-006"],
    [/^#closed/, "REGW-001", "REGW-006"],
    [/^agents\.\*\.id#missing/, "REGW-002", "URN-004"],
    [/^agents\.\*\.id#length/, "URN-002", "URN-004"],
    [/^agents\.\*\.id#form/, "URN-001", "URN-003", "URN-004"],
    [/^agents\.\*\.id#/, "URN-004"],
    [/^agents\.\*\.endpoints(?:\.\*)?#/, "REG-001", "REGW-002"],
    [/^agents\.\*\.skills#null/, "JSON-004", "REGW-006"],
    [/^agents\.\*\.skills/, "REGW-006"],
    [/^agents\.\*/, "REGW-002"],
    [/^agents#null/, "REGW-001", "JSON-004"],
    [/^updated_at#form/, "REGW-001", "TIME-003", "TIME-005"],
    [/^/, "REGW-001"],
  ],
  manifest: [
    [/#closed/, "MAN-005"],
    [/^id#missing/, "MAN-001", "URN-004"],
    [/^id#length/, "URN-002", "URN-004"],
    [/^id#form/, "URN-001", "URN-003", "URN-004"],
    [/^id#/, "URN-004"],
    [/^version#/, "MAN-001", "MAN-002"],
    [/^auth\.schemes/, "MAN-003"],
    [/^ttl_seconds#null/, "MAN-004", "JSON-004"],
    [/^ttl_seconds/, "MAN-004"],
    [/^capabilities\.skills\.\*.*_schema/, "MAN-017", "JSON-002"],
    [/^capabilities\.skills\.\*/, "MAN-017"],
    [/^auth\.oauth2/, "MAN-015", "JSON-002"],
    [/^capabilities\..*#null/, "JSON-004"],
    [/^capabilities\.(?:streaming|state_persistence)/, "JSON-007"],
    [/^/, "MAN-001"],
  ],
};

/** What a text with a form is, by the type or the member that has the form. */
const forms: Readonly<Record<string, string>> = {
  AgentUrn: "an agent URN: urn:asap:agent: and one or two segments of lower-case letters, digits and hyphens",
  Timestamp: "a time as RFC 3339 writes it, such as 2026-01-31T12:00:00Z",
  version: "a version that PEP 440 reads, such as 1.0.0",
  "auth.schemes.*": "bearer or basic",
};

const types: Readonly<Record<string, string>> = {
  object: "an object",
  array: "an array",
  string: "a string",
  boolean: "a boolean",
  integer: "an integer",
  number: "a number",
  null: "null",
};

/** What items of lists are called. */
const items: Readonly<Record<string, string>> = { "agents.*": "each entry", "capabilities.skills.*": "each skill" };

/** The cases that follow from the schema of a document. */
export function schemaCases(kind: DocumentKind): DocumentCase[] {
  const rules = schemaRulesOf(kind);
  const known = new Set(rules.map(keyOf));
  const seen = new WeakMap<Subject, ReadonlyMap<string, readonly SchemaFault[]>>();
  const faultsIn: FaultsIn = (subject, key) => {
    const faults = seen.get(subject) ?? inGroups(schemaFaultsOf(kind, subject.json.value), known);
    seen.set(subject, faults);
    return faults.get(key) ?? [];
  };
  return rules.map((rule) => schemaCase(kind, rule, faultsIn));
}

/** The faults of a document that break the rule of a key. */
type FaultsIn = (subject: Subject, key: string) => readonly SchemaFault[];

function inGroups(faults: readonly SchemaFault[], known: ReadonlySet<string>): Map<string, SchemaFault[]> {
  const groups = new Map<string, SchemaFault[]>();
  for (const fault of faults) {
    const key = homeOf(fault, known);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fault]);
    else group.push(fault);
  }
  return groups;
}

/** The area of the cases about a kind of document. */
export const areaOf = (kind: DocumentKind): DocumentCase["area"] => `${kind}-document`;

/** Why nothing can be said about what a rule is about; null when something can. */
function obstacleOf({ kind, json }: Subject, rule: string): string | null {
  if (json.syntaxFault !== null) return notJson;
  if (asObject(json.value) !== undefined) return null;
  if (kind !== "registry" || !Array.isArray(json.value)) return "the root is not an object";
  return rule.startsWith("agents.") ? null : "the root is an array";
}

/** The rule that a fault breaks; one that no sample showed counts as a wrong type, or as a member too many. */
function homeOf(fault: SchemaFault, known: ReadonlySet<string>): string {
  const keys = [keyOf(fault), keyOf({ ...fault, aspect: "type" })];
  return keys.find((key) => known.has(key)) ?? keyOf({ rule: "", aspect: "closed" });
}

function schemaCase(kind: DocumentKind, schemaRule: SchemaRule, faultsIn: FaultsIn): DocumentCase {
  const { rule, aspect } = schemaRule;
  const key = keyOf(schemaRule);
  const [, ...ids] = requirementsOf[kind].find(([pattern]) => pattern.test(key)) ?? [];
  const expected = expectedOf(schemaRule);
  return {
    id: idOf(kind, rule, aspect),
    title: titleOf(kind, schemaRule, expected),
    area: areaOf(kind),
    level: "MUST",
    requirements: ids,
    tags: ["generated"],
    expected,
    judge(subject) {
      const obstacle = obstacleOf(subject, rule);
      if (obstacle !== null) return notFor(obstacle);
      const isFree = kind === "registry" && subject.form === "later" && aspect === "closed";
      const faults = faultsIn(subject, key).filter((fault) => !isFree || fault.aspect !== "closed");
      if (faults.length > 0) return failOn(faults.map(faultIn(subject)));
      if (isFree) return notFor("registries of later versions have such members");
      const about = aspect === "missing" ? rule.replace(/\.?[^.]+$/, "") : rule;
      return isThere(subject, about) ? failOn([]) : notFor(`there is no ${nounOf(about)}`);
    },
  };
}

/** `agents.*.updated_at` and `missing` as `entry.updated-at.missing`. */
function idOf(kind: DocumentKind, rule: string, aspect: Aspect): string {
  const subject = rule
    .replace(/^agents\.\*/, "entry")
    .replaceAll("*", "each")
    .replaceAll("_", "-");
  return [`${kind}-document`, ...(subject === "" ? [] : [subject]), aspect].join(".");
}

/** What a document lacks when a rule is about nothing in it. */
function nounOf(rule: string): string {
  const [name, around = ""] = rule.split(".").toReversed();
  if (name !== "*") return `member ${name}`;
  return items[rule]?.replace(/^each /, "") ?? `item of the member ${around}`;
}

/** What a rule is about: `member id of each entry`. */
function wordsOf(kind: DocumentKind, rule: string): string {
  if (rule === "") return `the ${kind}`;
  const [name = "", ...before] = rule.split(".").toReversed();
  const around = before.toReversed().join(".");
  if (name === "*") return items[rule] ?? `each item of ${wordsOf(kind, around)}`;
  return `the member ${name} of ${wordsOf(kind, around)}`;
}

function titleOf(kind: DocumentKind, { rule, aspect }: SchemaRule, expected: string): string {
  const [name = "", ...before] = rule.split(".").toReversed();
  const words = aspect === "missing" ? wordsOf(kind, before.toReversed().join(".")) : wordsOf(kind, rule);
  const begun = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  if (aspect === "missing") return `${begun} has the member ${name}`;
  if (aspect === "null") return `${begun} is not null`;
  if (aspect === "closed") return `${begun} has no member of another name`;
  if (aspect === "length") return `${begun} has ${expected}`;
  return `${begun} is ${expected}`;
}

function expectedOf({ rule, aspect, error }: SchemaRule): string {
  const { type, limit } = error.params;
  if (aspect === "missing") return `the member ${rule.split(".").at(-1)}`;
  if (aspect === "closed") return "no member of another name";
  if (aspect === "length") return `${error.keyword === "maxLength" ? "at most" : "at least"} ${limit} characters`;
  if (aspect === "least") return `at least ${limit}`;
  if (aspect === "most") return `at most ${limit}`;
  if (aspect === "form")
    return forms[error.schemaPath.split("/")[0] ?? ""] ?? forms[rule] ?? "of the form that the schema asks for";
  if (aspect !== "type" && aspect !== "null") return `as the schema says: it ${error.message ?? aspect}`;
  return [type]
    .flat()
    .map((name) => types[String(name)] ?? String(name))
    .join(" or ");
}

const faultIn =
  ({ json }: Subject) =>
  ({ aspect, path, member }: SchemaFault): DocumentFault => {
    if (aspect === "missing") return { path, found: `no member ${member}` };
    if (aspect === "closed") return { path: [...path, String(member)], at: "key", found: `the member ${show(member)}` };
    return { path, found: shown(valueAt(json.value, path)) };
  };

/** Whether a document has something that a rule is about. */
function isThere({ kind, json }: Subject, rule: string): boolean {
  const isBareList = kind === "registry" && Array.isArray(json.value);
  const names = rule === "" ? [] : rule.split(".");
  return anyAt(json.value, isBareList && names[0] === "agents" ? names.slice(1) : names);
}

function anyAt(value: unknown, names: Path): boolean {
  const [name, ...rest] = names;
  if (name === undefined) return true;
  if (name === "*")
    return Object.values(Array.isArray(value) ? value : (asObject(value) ?? {})).some((one) => anyAt(one, rest));
  return Object.hasOwn(asObject(value) ?? {}, name) && anyAt(valueAt(value, [name]), rest);
}

import type { Validator } from "../../generated/contract.js";
import { validateRegistry as validateRoot } from "../../generated/validators/registry.js";
import { validateRegistryEntry } from "../../generated/validators/registry-entry.js";
import { validateRegistryEntryTolerant } from "../../generated/validators/registry-entry-tolerant.js";
import { validateRegistryTolerant as validateRootTolerant } from "../../generated/validators/registry-tolerant.js";
import { describeFault, laterMembers, publishedMembers, typeOf } from "./describe.js";
import type { RegistryFinding, RegistryReport } from "./finding.js";
import { type JsonNode, readJsonSource } from "./json-source.js";
import { nearest } from "./nearest.js";
import { createLineIndex, offsetAt, type Position, pointerOf } from "./position.js";
import { type RegistryRule, registryRules } from "./rules.js";

/** Options of {@link validateRegistry}. */
export interface ValidateRegistryOptions {
  /** Exactly the published six-field form: an object at the root, no member of another name. Default false. */
  strict?: boolean;
}

type Path = readonly (string | number)[];

interface Draft {
  readonly rule: RegistryRule;
  readonly path: Path;
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
  readonly agent?: string;
}

/** Most faults a generated validator lists. */
const mostFaults = 1000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const idOf = (entry: unknown): string | undefined =>
  isObject(entry) && typeof entry["id"] === "string" ? entry["id"] : undefined;

const isEndpointUrl = (text: string): boolean => /^(?:https?|wss?):\/\//i.test(text) && URL.canParse(text);

function* faultsOf(
  kind: "root" | "entry",
  validate: Validator,
  value: unknown,
  path: Path,
  root: JsonNode,
): Generator<Draft> {
  if (validate(value)) return;
  const faults = validate.errors ?? [];
  for (const fault of faults) {
    const { rule, path: inner, at, message, hint } = describeFault(fault, value, publishedMembers[kind]);
    const full = [...path, ...inner];
    yield { rule, path: full, offset: offsetAt(root, full, at), message, hint };
  }
  if (faults.length >= mostFaults) {
    const message = `there are more than ${mostFaults} faults in it; the others are not listed`;
    yield { rule: "too-many-faults", path, offset: offsetAt(root, path), message };
  }
}

function* nearMisses(
  kind: "root" | "entry",
  value: Record<string, unknown>,
  path: Path,
  root: JsonNode,
): Generator<Draft> {
  const absent = publishedMembers[kind].filter(
    (name) => (name === "skills" || name === "agents") && !Object.hasOwn(value, name),
  );
  if (absent.length === 0) return;
  for (const name of Object.keys(value)) {
    if (laterMembers.has(name) || (publishedMembers[kind] as readonly string[]).includes(name)) continue;
    const [like] = nearest(name, absent);
    if (!like) continue;
    const full = [...path, name];
    const message = `"${name}" is ignored, and there is no "${like}"`;
    yield {
      rule: "near-miss",
      path: full,
      offset: offsetAt(root, full, "key"),
      message,
      hint: `Rename it to "${like}".`,
    };
  }
}

function* endpointFaults(entry: Record<string, unknown>, path: Path, root: JsonNode): Generator<Draft> {
  const endpoints = entry["endpoints"];
  if (!isObject(endpoints)) return;
  for (const [kind, url] of Object.entries(endpoints)) {
    if (typeof url !== "string" || isEndpointUrl(url)) continue;
    const full = [...path, "endpoints", kind];
    const shown = JSON.stringify(url.length > 80 ? `${url.slice(0, 77)}...` : url);
    const message = `endpoint "${kind}" is no URL: ${shown}`;
    yield { rule: "endpoint-url", path: full, offset: offsetAt(root, full), message };
  }
}

function* entryFaults(entries: readonly unknown[], path: Path, root: JsonNode, strict: boolean): Generator<Draft> {
  const firsts = new Map<string, number>();
  const validate = strict ? validateRegistryEntry : validateRegistryEntryTolerant;
  for (const [index, entry] of entries.entries()) {
    const here = [...path, index];
    const agent = idOf(entry);
    const drafts = [...faultsOf("entry", validate, entry, here, root)];
    if (isObject(entry)) {
      drafts.push(...endpointFaults(entry, here, root));
      if (!strict) drafts.push(...nearMisses("entry", entry, here, root));
    }
    if (agent !== undefined) {
      const first = firsts.get(agent);
      if (first === undefined) firsts.set(agent, index);
      else {
        const full = [...here, "id"];
        const message = `${JSON.stringify(agent)} is listed already, at ${pointerOf([...path, first])}`;
        drafts.push({ rule: "duplicate-id", path: full, offset: offsetAt(root, full), message });
      }
    }
    for (const draft of drafts) yield agent === undefined ? draft : { ...draft, agent };
  }
}

function* registryFaults(value: unknown, root: JsonNode, strict: boolean): Generator<Draft> {
  if (Array.isArray(value)) {
    if (strict) yield { rule: "root-array", path: [], offset: root.offset, message: "the root is an array" };
    yield* entryFaults(value, [], root, strict);
  } else if (isObject(value)) {
    const agents = value["agents"];
    const head = Array.isArray(agents) ? { ...value, agents: [] } : value;
    yield* faultsOf("root", strict ? validateRoot : validateRootTolerant, head, [], root);
    if (!strict) yield* nearMisses("root", value, [], root);
    if (Array.isArray(agents)) yield* entryFaults(agents, ["agents"], root, strict);
  } else {
    yield { rule: "root-type", path: [], offset: root.offset, message: `the root is ${typeOf(value)}` };
  }
}

const entriesOf = (value: unknown): readonly unknown[] => {
  const entries = isObject(value) ? value["agents"] : value;
  return Array.isArray(entries) ? entries : [];
};

function findingOf(draft: Draft, positionOf: (offset: number) => Position): RegistryFinding {
  const { severity, help } = registryRules[draft.rule];
  return {
    severity,
    rule: draft.rule,
    pointer: pointerOf(draft.path),
    ...positionOf(draft.offset),
    message: draft.message,
    hint: draft.hint ?? help,
    ...(draft.agent !== undefined && { agent: draft.agent }),
  };
}

function decode(source: string | Uint8Array): { text: string; drafts: Draft[] } {
  const drafts: Draft[] = [];
  let text = typeof source === "string" ? source : new TextDecoder("utf-8", { ignoreBOM: true }).decode(source);
  if (typeof source !== "string") {
    try {
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source);
    } catch {
      const offset = Math.max(text.indexOf("\uFFFD"), 0);
      drafts.push({ rule: "json-encoding", path: [], offset, message: "the bytes are not UTF-8" });
    }
  }
  if (text.startsWith("\uFEFF")) {
    drafts.push({ rule: "json-bom", path: [], offset: 0, message: "the text begins with a byte order mark" });
    text = ` ${text.slice(1)}`;
  }
  return { text, drafts };
}

/**
 * Holds a registry against its form and reports every fault with its place in the text (wire section 13.3, REG-004).
 * Readers ignore members they do not know, so does this; with `strict` each of them is an error.
 *
 * @param source the text of a `registry.json`, or its bytes
 * @param options see {@link ValidateRegistryOptions}
 */
export function validateRegistry(source: string | Uint8Array, options: ValidateRegistryOptions = {}): RegistryReport {
  const strict = options.strict ?? false;
  const { text, drafts } = decode(source);
  let value: unknown = null;
  let isJson = true;
  try {
    value = JSON.parse(text);
  } catch {
    isJson = false;
  }
  const { root, fault, duplicates } = readJsonSource(text);
  if (isJson && root) {
    for (const { path, offset } of duplicates) {
      drafts.push({
        rule: "duplicate-key",
        path,
        offset,
        message: `"${String(path.at(-1))}" stands twice in its object`,
      });
    }
    for (const draft of registryFaults(value, root, strict)) drafts.push(draft);
  } else {
    const { offset, message } = fault ?? { offset: 0, message: "the text is not JSON" };
    drafts.push({ rule: "json-syntax", path: [], offset, message });
  }
  drafts.sort((a, b) => a.offset - b.offset);
  const positionOf = drafts.length > 0 ? createLineIndex(text) : () => ({ line: 1, column: 1 });
  const findings = drafts.map((draft) => findingOf(draft, positionOf));
  const valid = findings.every((finding) => finding.severity !== "error");
  return { valid, strict, agents: entriesOf(value).length, findings };
}

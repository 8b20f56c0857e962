import type { Baseline } from "../baseline.js";
import type { Level } from "../case.js";
import { conclude, type PlannedCase, suiteOf } from "../conclude.js";
import { asObject } from "../documents.js";
import type { Profile } from "../profiles.js";
import type { CaseResult, Place, Report } from "../report.js";
import { loadRules, type Rules } from "../rules.js";
import { hideCase, hideReport, hiderOf, secretsOf } from "../secrets.js";
import { selectCases } from "../select.js";
import type { DocumentCase, DocumentFault, DocumentKind, RegistryForm, Served, Subject } from "./case.js";
import { fetchDocument } from "./fetch-document.js";
import { type JsonText, pointerOf, readJsonText } from "./json-text.js";
import { manifestDocumentCases } from "./manifest-cases.js";
import { registryDocumentCases } from "./registry-cases.js";

/** Options of {@link judgeManifest}. */
export interface JudgeDocumentOptions {
  /** What places and reports call the document; the URL unless set, or `registry.json` and `manifest.json`. */
  readonly name?: string;
  /** Cases to run: ids, areas, requirement ids, or patterns with `*`; all unless set. */
  readonly only?: readonly string[];
  /** Cases to leave out, named in the same way; none unless set. */
  readonly skip?: readonly string[];
  /** Cases of this level alone; both unless set. */
  readonly level?: Level;
  /** Cases with one of these tags alone; all unless set. */
  readonly tags?: readonly string[];
  /** Known failures; none unless set. */
  readonly baseline?: Baseline;
  /** Headers sent when the document is read from a URL; none unless set. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds that reading from a URL may take; 30000 unless set. */
  readonly timeoutMs?: number;
  /** Largest document from a URL, in bytes; 67108864 unless set. */
  readonly maxBytes?: number;
  /** Stops the reading of a URL. */
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970; `Date.now` unless set. */
  readonly now?: () => number;
  /** Called after each case with its result, how many are done and how many are planned. */
  readonly onCase?: (result: CaseResult, done: number, planned: number) => void;
}

/** Options of {@link judgeRegistry}. */
export interface JudgeRegistryOptions extends JudgeDocumentOptions {
  /**
   * What a registry may look like; `published` unless set, which every reader of ASAP 1.1 takes. `later` also allows an array
   * at the root and members of other names.
   */
  readonly form?: RegistryForm;
}

/** Every case about documents. */
export const documentCases: readonly DocumentCase[] = [...registryDocumentCases, ...manifestDocumentCases];

/**
 * Judges a registry and tells what it found, with the line and column of each fault. Text that is no registry is a finding; a
 * URL that cannot be read makes a report whose outcome is `could-not-run`.
 *
 * @param source text or bytes of a `registry.json`, or the URL to read it from
 * @throws TypeError for a URL that cannot be used, RangeError for an option out of range
 */
export const judgeRegistry = (source: string | Uint8Array | URL, options: JudgeRegistryOptions = {}): Promise<Report> =>
  judgeDocument("registry", source, options);

/**
 * Judges a manifest, and its headers when it is read from a URL, and tells what it found, with the line and column of each
 * fault. Text that is no manifest is a finding; a URL that cannot be read makes a report whose outcome is `could-not-run`.
 *
 * @param source text or bytes of a manifest, or the URL to read it from
 * @throws TypeError for a URL that cannot be used, RangeError for an option out of range
 */
export const judgeManifest = (source: string | Uint8Array | URL, options: JudgeDocumentOptions = {}): Promise<Report> =>
  judgeDocument("manifest", source, options);

/**
 * The report on a document that could not be read.
 *
 * @param reason why it could not
 */
export async function documentUnread(kind: DocumentKind, name: string, reason: string): Promise<Report> {
  const { version } = await loadRules();
  const target = { name, agentId: null, agentVersion: null };
  const planned = casesOf(kind).map(plannedOf);
  const run = { mode: kind, suite: suiteOf(version), target, notes: [], startedAt: Date.now(), durationMs: 0 };
  return conclude({ ...run, planned, results: [], reason });
}

const casesOf = (kind: DocumentKind) => (kind === "registry" ? registryDocumentCases : manifestDocumentCases);
const maxPlaces = 100;
const profileOf = (kind: DocumentKind): Profile => (kind === "registry" ? "registry" : "discovery");
const kindOf = ({ area }: DocumentCase): DocumentKind => (area === "registry-document" ? "registry" : "manifest");
const plannedOf = (one: DocumentCase): PlannedCase => ({
  id: one.id,
  level: one.level,
  profile: profileOf(kindOf(one)),
});

async function judgeDocument(
  kind: DocumentKind,
  source: string | Uint8Array | URL,
  options: JudgeRegistryOptions,
): Promise<Report> {
  const { now = Date.now, form = "published", timeoutMs = 30_000, maxBytes = 67_108_864, signal } = options;
  if (form !== "published" && form !== "later") throw new RangeError(`form is neither published nor later: ${form}`);
  const startedAt = now();
  const began = performance.now();
  const rules = await loadRules();
  const all = casesOf(kind);
  const { only, skip, level, tags } = options;
  const chosen = selectCases(all, { only: only ?? [], skip: skip ?? [], level: level ?? null, tags: tags ?? [] });
  const name = options.name ?? (source instanceof URL ? withoutQuery(source) : `${kind}.json`);
  const read = await readIn(kind, source, {
    timeoutMs: positive("timeoutMs", timeoutMs),
    maxBytes: positive("maxBytes", maxBytes),
    headers: options.headers ?? {},
    ...(signal === undefined ? {} : { signal }),
  });
  const hide = hiderOf(secretsOf(options.headers ?? {}).values);
  const about = (target: Report["target"], results: readonly CaseResult[], reason?: string) => {
    const report = conclude({
      mode: kind,
      suite: suiteOf(rules.version),
      target,
      startedAt,
      durationMs: performance.now() - began,
      all: all.map(plannedOf),
      planned: chosen.map(plannedOf),
      results,
      notes: notesOn(results),
      profiles: [{ profile: profileOf(kind), declared: true, because: `the document was given as a ${kind}` }],
      ...(reason === undefined ? {} : { reason }),
      ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
    });
    return hideReport(report, hide);
  };
  if (typeof read === "string") return about({ name, agentId: null, agentVersion: null }, [], read);
  const subject: Subject = { kind, form, ...read };
  const toResult = resultMaker(rules, subject, name);
  const results: CaseResult[] = [];
  for (const one of chosen) {
    const result = hideCase(toResult(one), hide);
    results.push(result);
    options.onCase?.(result, results.length, chosen.length);
  }
  const { id, version } = (kind === "manifest" && asObject(subject.json.value)) || {};
  return about({ name, agentId: textOrNull(id), agentVersion: textOrNull(version) }, results);
}

type Reading = Parameters<typeof fetchDocument>[2];

async function readIn(
  kind: DocumentKind,
  source: string | Uint8Array | URL,
  reading: Reading,
): Promise<{ json: JsonText; served: Served | null } | string> {
  if (!(source instanceof URL)) return { json: readJsonText(source), served: null };
  if (!/^https?:$/.test(source.protocol)) throw new TypeError(`not an http or https URL: ${source.protocol}`);
  if (source.username !== "" || source.password !== "")
    throw new TypeError("the URL holds credentials; give them as a header");
  const fetched = await fetchDocument(kind, source, reading);
  return typeof fetched === "string" ? fetched : { json: readJsonText(fetched.bytes), served: fetched.served };
}

function resultMaker(rules: Rules, subject: Subject, file: string) {
  const { json } = subject;
  const offsetOf = ({ path, at, offset }: DocumentFault) => offset ?? json.offsetOf(path, at);
  const placeOf = (fault: DocumentFault): Place => ({
    file,
    ...json.lineAndColumn(offsetOf(fault)),
    pointer: pointerOf(fault.path),
    found: fault.found,
  });
  return (one: DocumentCase): CaseResult => {
    const began = performance.now();
    const verdict = one.judge(subject);
    const base = {
      id: one.id,
      title: one.title,
      area: one.area,
      profile: profileOf(subject.kind),
      level: one.level,
      tags: one.tags,
      rules: one.requirements.map(rules.rule),
      elapsedMs: Math.round(performance.now() - began),
    };
    if (verdict.outcome === "pass") return { ...base, outcome: "pass" };
    if (verdict.outcome === "not-applicable") return { ...base, outcome: "not-applicable", reason: verdict.reason };
    const faults = verdict.faults.toSorted((a, b) => offsetOf(a) - offsetOf(b));
    const further = faults.length - 1;
    const more = further === 0 ? "" : ` (and ${further} more ${further === 1 ? "place" : "places"})`;
    return {
      ...base,
      outcome: one.level === "MUST" ? "fail" : "warn",
      expected: one.expected,
      found: `${faults[0]?.found}${more}`,
      places: faults.slice(0, maxPlaces).map(placeOf),
    };
  };
}

/** Said once when a registry has what readers of ASAP 1.1 refuse and later ones take. */
function notesOn(results: readonly CaseResult[]): string[] {
  const ofLater = ["registry-document.closed", "registry-document.entry.closed"];
  const isLater = results.some(({ id, outcome }) => ofLater.includes(id) && outcome === "fail");
  return isLater ? ['Readers of ASAP 1.1.0 refuse members of other names; the form "later" allows them.'] : [];
}

const withoutQuery = ({ origin, pathname }: URL) => `${origin}${pathname}`;
const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

function positive(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 2_147_483_647)
    throw new RangeError(`${name} is no positive integer: ${value}`);
  return value;
}

import type { Known } from "./report.js";

/** One known failure. */
export interface BaselineEntry extends Known {
  /** Id of the case, in full. */
  readonly id: string;
  /** Whether the case fails only at times; false unless set. The entry then covers that and no failure every time. */
  readonly flaky?: boolean;
}

/** Known failures, one entry a case. */
export type Baseline = readonly BaselineEntry[];

/** A baseline that cannot be used. */
export class BaselineError extends Error {
  override readonly name = "BaselineError";
  /** Path of the member at fault, such as `cases[2].expires`; empty for the document as a whole. */
  readonly member: string;

  constructor(member: string, problem: string) {
    super(member === "" ? problem : `${member} ${problem}`);
    this.member = member;
  }
}

/**
 * Reads a baseline.
 *
 * @param text JSON: `{ "cases": [{ "id", "reason", "expires", "issue"?, "flaky"? }] }`
 * @throws BaselineError for text that is no JSON and for a document that does not fit
 */
export function readBaseline(text: string): Baseline {
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new BaselineError("", `the baseline is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  return baselineOf(document);
}

/**
 * Checks a baseline.
 *
 * @param document the baseline as JSON holds it
 * @throws BaselineError that names the first member at fault, and the entry by its id where it has one
 */
export function baselineOf(document: unknown): Baseline {
  const root = membersOf(document, "", ["$schema", "cases"]);
  if ((root.$schema ?? undefined) !== undefined) textOf(root.$schema, "$schema", "");
  if (!Array.isArray(root.cases)) throw new BaselineError("cases", "must be an array of entries");
  const seen = new Map<string, number>();
  return root.cases.map((value: unknown, at) => {
    const entry = entryOf(value, `cases[${at}]`);
    const before = seen.get(entry.id);
    if (before !== undefined) throw new BaselineError(`cases[${at}].id`, `repeats cases[${before}].id (${entry.id})`);
    seen.set(entry.id, at);
    return entry;
  });
}

/** Whether an entry still counts on a day, such as `2027-01-31`, in UTC. */
export const isLive = ({ expires }: Known, day: string): boolean => day <= expires;

function entryOf(value: unknown, path: string): BaselineEntry {
  const entry = membersOf(value, path, ["id", "reason", "expires", "issue", "flaky"]);
  const whose = typeof entry.id === "string" && entry.id !== "" ? ` (entry ${entry.id})` : "";
  const id = textOf(entry.id, `${path}.id`, whose);
  if (/[*?\s]/.test(id))
    throw new BaselineError(`${path}.id`, `must be the id of one case, without patterns or spaces${whose}`);
  const reason = textOf(entry.reason, `${path}.reason`, whose);
  const expires = textOf(entry.expires, `${path}.expires`, whose);
  if (!isDay(expires)) throw new BaselineError(`${path}.expires`, `must be a day written YYYY-MM-DD${whose}`);
  const { issue, flaky } = entry;
  if (flaky !== undefined && typeof flaky !== "boolean")
    throw new BaselineError(`${path}.flaky`, `must be true or false${whose}`);
  return {
    id,
    reason,
    expires,
    ...((issue ?? undefined) === undefined ? {} : { issue: textOf(issue, `${path}.issue`, whose) }),
    ...(flaky === undefined ? {} : { flaky }),
  };
}

function membersOf(value: unknown, path: string, names: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BaselineError(path, path === "" ? "the baseline must be a JSON object" : "must be an object");
  const surplus = Object.keys(value).find((name) => !names.includes(name));
  if (surplus === undefined) return value as Record<string, unknown>;
  const member = path === "" ? surplus : `${path}.${surplus}`;
  throw new BaselineError(member, `is no member of ${path === "" ? "a baseline" : "an entry"}: ${names.join(", ")}`);
}

function textOf(value: unknown, path: string, whose: string): string {
  if (value === undefined) throw new BaselineError(path, `is missing${whose}`);
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new BaselineError(path, `must be a text that is not empty${whose}`);
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

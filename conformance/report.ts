import type { Level } from "./case.js";
import type { Profile } from "./profiles.js";

/**
 * What became of a case. `flaky`: it failed, and passed when it was tried again. `known`: it failed as the baseline says.
 */
export type CaseOutcome = "pass" | "fail" | "warn" | "flaky" | "known" | "not-applicable" | "error";

/** What is judged: an agent, a client, or a document. */
export type Mode = "server" | "client" | "registry" | "manifest";

/** A rule a case stands for. */
export interface Rule {
  /** Id from spec/requirements.json. */
  readonly id: string;
  readonly text: string;
  /** Where the rule comes from: a section of the wire document, such as `wire 9.4`, or `plan`. */
  readonly source: string;
}

/** A frame of a WebSocket, as a report shows it. */
export interface FrameRecord {
  readonly direction: "sent" | "received";
  /** text, binary, continuation, close, ping, pong, or the number of another opcode. */
  readonly kind: string;
  /** What is out of the ordinary: `not final`, `without mask`, `reserved bits 2`. */
  readonly marks: readonly string[];
  /** The payload, or code and reason of a close frame; cut to what a reader can use. */
  readonly text: string;
  /** Length of the payload. */
  readonly bytes: number;
  /** Milliseconds since the conversation began. */
  readonly atMs: number;
}

/** A webhook that the suite received, as a report shows it. */
export interface ArrivalRecord {
  readonly method: string;
  /** Path below that of the callback; empty for the callback itself. */
  readonly path: string;
  /** Headers by their names in lower case, without what authorizes. */
  readonly headers: Readonly<Record<string, string>>;
  /** Cut to what a reader can use. */
  readonly body: string;
  /** Milliseconds since the first one. */
  readonly atMs: number;
}

/**
 * One request and its answer, cut to what a reader can use; secrets are replaced by `***`. `sent` is what the suite wrote and
 * `received` what it read: of an agent that is judged the suite sends the request, of a client it sends the answer.
 */
export interface ExchangeRecord {
  readonly sent: string;
  readonly received: string;
  /** Header and claims of the token that the suite made for it, as they were written. */
  readonly token?: {
    readonly header: Readonly<Record<string, unknown>>;
    readonly claims: Readonly<Record<string, unknown>>;
  };
  /** What went over the WebSocket that the request opened, in order. */
  readonly frames?: readonly FrameRecord[];
  /** What had arrived at the callback that the request names, in order. */
  readonly arrived?: readonly ArrivalRecord[];
  /** HTTP status, null when there was no answer. */
  readonly status: number | null;
  /** Milliseconds since the run began. */
  readonly atMs: number;
  readonly elapsedMs: number;
}

/** A place in a document, lines and columns counted from 1. */
export interface Place {
  /** Path or URL of the document, as it was given. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** JSON pointer (RFC 6901) to the value at fault, or to the object that lacks a member; empty for the whole document. */
  readonly pointer: string;
  /** What was found there. */
  readonly found: string;
}

/** A known failure, as the baseline tells of it. */
export interface Known {
  readonly reason: string;
  /** Day after which the entry no longer counts, such as `2027-01-31`. */
  readonly expires: string;
  /** Where the failure is being worked on. */
  readonly issue?: string;
}

/** What became of one case, and what a reader needs to understand it. */
export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly area: string;
  readonly profile: Profile;
  readonly level: Level;
  readonly tags: readonly string[];
  readonly rules: readonly Rule[];
  readonly outcome: CaseOutcome;
  /** What was expected, when it did not come. */
  readonly expected?: string;
  /** What came instead. */
  readonly found?: string;
  /** Why the case does not apply, or could not be judged. */
  readonly reason?: string;
  /**
   * True for a case that is `not-applicable` and may concern the subject all the same: it was left out for want of an option,
   * it was too slow to tell, or the client declined it. Absent otherwise.
   */
  readonly undecided?: boolean;
  /** What went over the wire: all of a case that is a finding; of others where the run was told to keep it. */
  readonly exchanges?: readonly ExchangeRecord[];
  /** Position of the exchange at fault among them. */
  readonly at?: number;
  /** A shell line that sends the request at fault again. */
  readonly replay?: string;
  /** Where in a document the faults are, in the order of the text; at least one. */
  readonly places?: readonly Place[];
  /** How often the case was tried, when more than once. */
  readonly attempts?: number;
  /** The entry of the baseline for it, where it has one. */
  readonly known?: Known;
  readonly elapsedMs: number;
}

/** How many cases ended how. */
export interface Counts {
  readonly planned: number;
  /** Cases that were judged or found not applicable. */
  readonly run: number;
  readonly pass: number;
  readonly fail: number;
  readonly warn: number;
  readonly flaky: number;
  readonly known: number;
  readonly notApplicable: number;
  readonly error: number;
}

/** What a run says of one profile. */
export interface ProfileResult {
  readonly profile: Profile;
  /**
   * `holds`: all its MUSTs that concern the subject pass, none of them is in the baseline, and none is undecided or was left
   * out. `broken`: one does not pass. `not-declared`: the agent does not say that it has it. `not-judged`: a MUST is
   * undecided, was left out or could not be run, or none of them concerns the subject.
   */
  readonly verdict: "holds" | "broken" | "not-declared" | "not-judged";
  /** What shows that the agent has it, or that it does not: a member of the manifest, a flag, an answer. */
  readonly because: string;
  readonly counts: Counts;
}

/** What a run says of one entry of the baseline. */
export interface BaselineEntryResult extends Known {
  readonly id: string;
  /**
   * `used`: the case failed as told. `stale`: it passes now. `expired`: its day is over. `unknown`: no case is called that.
   * `unused`: the case was not chosen, does not apply or could not be judged; or the entry is for a case that fails only at
   * times, and it passed, or failed every time. All but `used` and `unused` are findings.
   */
  readonly state: "used" | "stale" | "expired" | "unknown" | "unused";
}

/** What a run found. Written as JSON it is the JSON report. */
export interface Report {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  readonly mode: Mode;
  readonly suite: {
    readonly name: "asap-kit";
    readonly version: string;
    readonly protocol: string;
    /** SHA-256 of the spec the cases were made from. */
    readonly specHash: string;
  };
  readonly target: {
    /** What was judged, for people: the URL of an agent, the command of a client, the path or URL of a document. */
    readonly name: string;
    readonly agentId: string | null;
    readonly agentVersion: string | null;
  };
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Part of the duration spent waiting out rate limits. */
  readonly waitedMs: number;
  /**
   * `conforms`: no MUST was broken. `findings`: some were, or the baseline is not current. `could-not-run`: no verdict, or
   * not on every case.
   */
  readonly outcome: "conforms" | "findings" | "could-not-run";
  /** Why the run could not be made, or not in full. */
  readonly reason?: string;
  /** What a reader should know beside the verdicts. */
  readonly notes: readonly string[];
  readonly counts: Counts;
  readonly profiles: readonly ProfileResult[];
  /** The entries of the baseline, when one was given. */
  readonly baseline?: readonly BaselineEntryResult[];
  readonly cases: readonly CaseResult[];
}

/** Counts the outcomes of results. */
export function countsOf(planned: number, results: readonly CaseResult[]): Counts {
  const of = (outcome: CaseOutcome) => results.filter((result) => result.outcome === outcome).length;
  return {
    planned,
    run: results.length - of("error"),
    pass: of("pass"),
    fail: of("fail"),
    warn: of("warn"),
    flaky: of("flaky"),
    known: of("known"),
    notApplicable: of("not-applicable"),
    error: of("error"),
  };
}

/** Whether an entry of the baseline is a finding by itself. */
export const isOutdated = ({ state }: BaselineEntryResult): boolean => state !== "used" && state !== "unused";

/**
 * Exit code of a run: 0 when no MUST was broken, 1 when some were, or hold only at times, or the baseline is not current; 2
 * when the subject could not be judged, also when fewer cases ran than were planned.
 *
 * @param options strict also counts warnings as findings, and SHOULDs that hold only at times; false unless set
 */
export function exitCode(report: Report, options: { strict?: boolean } = {}): 0 | 1 | 2 {
  const { planned, run, warn, flaky } = report.counts;
  if (report.outcome === "could-not-run" || run < planned) return 2;
  return report.outcome === "findings" || (options.strict === true && warn + flaky > 0) ? 1 : 0;
}

/** The report as JSON text, indented by two, with a line break at the end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

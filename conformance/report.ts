import type { Area, Level } from "./case.js";

/** What became of a case. */
export type CaseOutcome = "pass" | "fail" | "warn" | "not-applicable" | "error";

/** A rule a case stands for. */
export interface Rule {
  /** Id from spec/requirements.json. */
  readonly id: string;
  readonly text: string;
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

/** One message of a case and its answer, cut to what a reader can use; secrets are replaced by `***`. */
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
  readonly elapsedMs: number;
}

/** What became of one case, and what a reader needs to understand it. */
export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  readonly level: Level;
  readonly rules: readonly Rule[];
  readonly outcome: CaseOutcome;
  /** What was expected, when it did not come. */
  readonly expected?: string;
  /** What came instead. */
  readonly found?: string;
  /** Why the case does not apply, or could not be judged. */
  readonly reason?: string;
  /** The exchange at fault, when there is one. */
  readonly exchange?: ExchangeRecord;
  /** A shell line that sends the request at fault again. */
  readonly replay?: string;
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
  readonly notApplicable: number;
  readonly error: number;
}

/** What a run found. Written as JSON it is the JSON report. */
export interface Report {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  readonly suite: {
    readonly name: "asap-kit";
    readonly version: string;
    readonly protocol: string;
    /** SHA-256 of the spec the cases were made from. */
    readonly specHash: string;
  };
  readonly target: {
    readonly url: string;
    readonly agentId: string | null;
    readonly agentVersion: string | null;
  };
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Part of the duration spent waiting out rate limits. */
  readonly waitedMs: number;
  /** `conforms`: no MUST was broken. `findings`: some were. `could-not-run`: no verdict, or not on every case. */
  readonly outcome: "conforms" | "findings" | "could-not-run";
  /** Why the run could not be made, or not in full. */
  readonly reason?: string;
  /** What a reader should know beside the verdicts. */
  readonly notes: readonly string[];
  readonly counts: Counts;
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
    notApplicable: of("not-applicable"),
    error: of("error"),
  };
}

/**
 * Exit code of a run: 0 when no MUST was broken, 1 when some were, 2 when the agent could not be judged, also when fewer
 * cases ran than were planned.
 *
 * @param options strict also counts warnings as findings; false unless set
 */
export function exitCode(report: Report, options: { strict?: boolean } = {}): 0 | 1 | 2 {
  const { planned, run, fail, warn } = report.counts;
  if (report.outcome === "could-not-run" || run < planned) return 2;
  return fail > 0 || (options.strict === true && warn > 0) ? 1 : 0;
}

/** The report as JSON text, indented by two, with a line break at the end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

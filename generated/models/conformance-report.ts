// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { ConformanceCase } from "./conformance-case.js";
import type { ConformanceCounts } from "./conformance-counts.js";
import type { ConformanceEntryResult } from "./conformance-entry-result.js";
import type { ConformanceProfile } from "./conformance-profile.js";
import type { ConformanceSuite } from "./conformance-suite.js";
import type { ConformanceTarget } from "./conformance-target.js";
import type { Timestamp } from "./timestamp.js";

/**
 * What a run of the conformance suite found: the JSON report.
 * Defined in `conformance/report.schema.json`.
 */
export type ConformanceReport = {
  /** Version of this shape. */
  schemaVersion: 1;
  /** What is judged: an agent, a client, or a document. */
  mode: "server" | "client" | "registry" | "manifest";
  /** The suite that judged. */
  suite: ConformanceSuite;
  /** What was judged. */
  target: ConformanceTarget;
  /** When the run began. */
  startedAt: Timestamp;
  /** Milliseconds the run took. */
  durationMs: number;
  /** Part of the duration spent waiting out rate limits. */
  waitedMs: number;
  /**
   * `conforms`: no MUST was broken. `findings`: some were, or the baseline is not current. `could-not-run`: no
   * verdict, or not on every case.
   */
  outcome: "conforms" | "findings" | "could-not-run";
  /** Why the run could not be made, or not in full. */
  reason?: string | null;
  /** What a reader should know beside the verdicts. */
  notes: string[];
  /** How the cases ended. */
  counts: ConformanceCounts;
  /** What the run says of each profile. */
  profiles: ConformanceProfile[];
  /** The entries of the baseline, when one was given. */
  baseline?: ConformanceEntryResult[] | null;
  /** What became of each case, in order. */
  cases: ConformanceCase[];
};

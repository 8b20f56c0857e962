// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { ConformanceExchange } from "./conformance-exchange.js";
import type { ConformanceKnown } from "./conformance-known.js";
import type { ConformancePlace } from "./conformance-place.js";
import type { ConformanceRule } from "./conformance-rule.js";

/**
 * What became of one case of the conformance suite, and what a reader needs to understand it.
 * Defined in `conformance/case.schema.json`.
 */
export type ConformanceCase = {
  /** Stable name of the case, never used again for another. */
  id: string;
  /** The claim that holds when the case passes. */
  title: string;
  /** Part of the protocol that it looks at. */
  area: string;
  /** Part of the protocol that an implementation has as a whole or not at all. */
  profile: "core" | "discovery" | "registry" | "websocket" | "auth" | "state" | "webhooks";
  /** How binding the rules are: a broken MUST is a finding, a broken SHOULD a warning. */
  level: "MUST" | "SHOULD";
  /** Words to choose the case by. */
  tags: string[];
  /** The rules that it stands for. */
  rules: ConformanceRule[];
  /**
   * What became of it. `flaky`: it failed, and passed when it was tried again. `known`: it failed as the baseline
   * says.
   */
  outcome: "pass" | "fail" | "warn" | "flaky" | "known" | "not-applicable" | "error";
  /** What was expected, when it did not come. */
  expected?: string | null;
  /** What came instead. */
  found?: string | null;
  /** Why the case does not apply, or could not be judged. */
  reason?: string | null;
  /**
   * True for a case that is `not-applicable` and may concern the subject all the same: it was left out for want of an
   * option, it was too slow to tell, or the client declined it. Absent otherwise.
   */
  undecided?: boolean | null;
  /** What went over the wire: all of a case that is a finding; of others where the run was told to keep it. */
  exchanges?: ConformanceExchange[] | null;
  /** Position of the exchange at fault among them. */
  at?: number | null;
  /** A shell line that sends the request at fault again. */
  replay?: string | null;
  /** Where in a document the faults are, in the order of the text; at least one. */
  places?: ConformancePlace[] | null;
  /** How often the case was tried, when more than once. */
  attempts?: number | null;
  /** The entry of the baseline for it, where it has one. */
  known?: ConformanceKnown | null;
  /** Milliseconds the case took. */
  elapsedMs: number;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { ConformanceCounts } from "./conformance-counts.js";

/**
 * What a run says of one profile.
 * Defined in `conformance/profile.schema.json`.
 */
export type ConformanceProfile = {
  /** Part of the protocol that an implementation has as a whole or not at all. */
  profile: "core" | "discovery" | "registry" | "websocket" | "auth" | "state" | "webhooks";
  /**
   * `holds`: all its MUSTs that concern the subject pass, none of them is in the baseline, and none is undecided or
   * was left out. `broken`: one does not pass. `not-declared`: the agent does not say that it has it. `not-judged`: a
   * MUST is undecided, was left out or could not be run, or none of them concerns the subject.
   */
  verdict: "holds" | "broken" | "not-declared" | "not-judged";
  /** What shows that the agent has it, or that it does not: a member of the manifest, a flag, an answer. */
  because: string;
  /** How its cases ended. */
  counts: ConformanceCounts;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * What a run says of one entry of the baseline.
 * Defined in `conformance/entry-result.schema.json`.
 */
export type ConformanceEntryResult = {
  /** Id of the case. */
  id: string;
  /** Why the failure is there. */
  reason: string;
  /** Day after which the entry no longer counts, in UTC. */
  expires: string;
  /** Where the failure is being worked on. */
  issue?: string | null;
  /**
   * `used`: the case failed as told. `stale`: it passes now. `expired`: its day is over. `unknown`: no case is called
   * that. `unused`: the case was not chosen, does not apply or could not be judged. All but `used` and `unused` are
   * findings.
   */
  state: "used" | "stale" | "expired" | "unknown" | "unused";
};

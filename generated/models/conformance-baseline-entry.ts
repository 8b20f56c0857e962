// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * One known failure of an implementation.
 * Defined in `conformance/baseline-entry.schema.json`.
 */
export type ConformanceBaselineEntry = {
  /** Id of the case, in full. */
  id: string;
  /** Why the failure is there. */
  reason: string;
  /** Day after which the entry no longer counts, in UTC. */
  expires: string;
  /** Where the failure is being worked on. */
  issue?: string | null;
  /** Whether the case fails only at times; the entry then covers that and no failure every time. */
  flaky?: boolean;
};

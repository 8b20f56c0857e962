// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * A known failure, as the baseline tells of it.
 * Defined in `conformance/known.schema.json`.
 */
export type ConformanceKnown = {
  /** Why the failure is there. */
  reason: string;
  /** Day after which the entry no longer counts, in UTC. */
  expires: string;
  /** Where the failure is being worked on. */
  issue?: string | null;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * Header and claims of a token that the suite made, as they were written.
 * Defined in `conformance/token.schema.json`.
 */
export type ConformanceToken = {
  /** The header of the token. */
  header: { [k: string]: unknown };
  /** The claims of the token. */
  claims: { [k: string]: unknown };
};

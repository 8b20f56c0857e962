// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * The suite that judged.
 * Defined in `conformance/suite.schema.json`.
 */
export type ConformanceSuite = {
  /** Name of the suite. */
  name: "asap-kit";
  /** Version of the suite. */
  version: string;
  /** Version of the protocol that it judges. */
  protocol: string;
  /** SHA-256 of the spec that the cases were made from. */
  specHash: string;
};

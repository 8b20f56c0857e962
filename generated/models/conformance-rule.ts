// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * A rule that a case of the conformance suite stands for.
 * Defined in `conformance/rule.schema.json`.
 */
export type ConformanceRule = {
  /** Id from `requirements.json`. */
  id: string;
  /** The rule in one sentence. */
  text: string;
  /** Where the rule comes from: a section of the wire document, such as `wire 9.4`, or `plan`. */
  source: string;
};

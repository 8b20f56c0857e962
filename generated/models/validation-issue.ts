// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * One fault found in a document.
 * Defined in `errors/validation-issue.schema.json`.
 */
export type ValidationIssue = {
  /** Kind of fault, for programs. */
  type: string;
  /** Way to the value at fault: member names and array positions from the root. */
  loc: (string | number)[];
  /** The fault in words. */
  msg: string;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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

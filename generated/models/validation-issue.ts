// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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

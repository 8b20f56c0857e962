// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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

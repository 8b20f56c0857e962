// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:66a4267de03ebcc83d85fa05bf807a86d7ffd32571c3ae7ea59b039f2e6716c8

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

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * How many cases ended how.
 * Defined in `conformance/counts.schema.json`.
 */
export type ConformanceCounts = {
  /** Cases that were chosen. */
  planned: number;
  /** Cases that were judged or found not applicable. */
  run: number;
  /** Cases whose rule holds. */
  pass: number;
  /** Cases with a broken MUST. */
  fail: number;
  /** Cases with a broken SHOULD. */
  warn: number;
  /** Cases that failed and then passed. */
  flaky: number;
  /** Cases that failed as the baseline says. */
  known: number;
  /** Cases that do not apply. */
  notApplicable: number;
  /** Cases that could not be judged. */
  error: number;
};

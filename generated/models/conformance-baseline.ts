// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { ConformanceBaselineEntry } from "./conformance-baseline-entry.js";

/**
 * Known failures of an implementation, one entry a case: the file that `--baseline` names.
 * Defined in `conformance/baseline.schema.json`.
 */
export type ConformanceBaseline = {
  /** Where the schema of this file is, for editors. */
  $schema?: string | null;
  /** The known failures. */
  cases: ConformanceBaselineEntry[];
};

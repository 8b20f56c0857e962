// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Structured data.
 * Defined in `parts/data-part.schema.json`.
 */
export type DataPart = {
  /** Always `data`. */
  type: "data";
  /** The data. */
  data: { [k: string]: unknown };
  /** Where its schema is published. */
  schema_uri?: string | null;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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

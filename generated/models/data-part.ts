// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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

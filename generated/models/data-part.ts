// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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

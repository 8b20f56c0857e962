// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * A resource of the Model Context Protocol, by reference.
 * Defined in `parts/resource-part.schema.json`.
 */
export type ResourcePart = {
  /** Always `resource`. */
  type: "resource";
  /** Which resource. */
  resource_uri: string;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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

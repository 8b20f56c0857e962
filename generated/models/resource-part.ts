// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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

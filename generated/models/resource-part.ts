// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

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

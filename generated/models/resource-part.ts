// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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

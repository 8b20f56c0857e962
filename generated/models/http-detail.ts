// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

/**
 * Body of an HTTP failure outside JSON-RPC: wrong method or path, size, encoding, authorisation.
 * Defined in `errors/http-detail.schema.json`.
 */
export type HttpDetail = {
  /** The failure in words. */
  detail: string;
};

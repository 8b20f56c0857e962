// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

/**
 * Body of an HTTP failure outside JSON-RPC: wrong method or path, size, encoding, authorisation.
 * Defined in `errors/http-detail.schema.json`.
 */
export type HttpDetail = {
  /** The failure in words. */
  detail: string;
};

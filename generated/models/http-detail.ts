// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * Body of an HTTP failure outside JSON-RPC: wrong method or path, size, encoding, authorisation.
 * Defined in `errors/http-detail.schema.json`.
 */
export type HttpDetail = {
  /** The failure in words. */
  detail: string;
};

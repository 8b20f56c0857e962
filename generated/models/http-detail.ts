// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Body of an HTTP failure outside JSON-RPC: wrong method or path, size, encoding, authorisation.
 * Defined in `errors/http-detail.schema.json`.
 */
export type HttpDetail = {
  /** The failure in words. */
  detail: string;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * Body of an HTTP failure outside JSON-RPC: wrong method or path, size, encoding, authorisation.
 * Defined in `errors/http-detail.schema.json`.
 */
export type HttpDetail = {
  /** The failure in words. */
  detail: string;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * A webhook that the suite received, as a report of conformance shows it.
 * Defined in `conformance/arrival.schema.json`.
 */
export type ConformanceArrival = {
  /** Method of the request. */
  method: string;
  /** Path below that of the callback; empty for the callback itself. */
  path: string;
  /** Headers by their names in lower case, without what authorizes. */
  headers: { [k: string]: string };
  /** The body, cut to what a reader can use. */
  body: string;
  /** Milliseconds since the first one. */
  atMs: number;
};

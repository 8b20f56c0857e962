// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * An ASAP error as it travels: a stable code, a text and what it is about.
 * Defined in `errors/error-body.schema.json`.
 */
export type ErrorBody = {
  /** Stable code of the form `asap:area/name`. */
  code: string;
  /** The error in words. */
  message: string;
  /** Facts about the error, named per code. */
  details?: { [k: string]: unknown } | null;
};

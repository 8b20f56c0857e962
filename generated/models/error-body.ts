// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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

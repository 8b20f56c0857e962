// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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

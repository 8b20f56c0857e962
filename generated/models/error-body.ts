// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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

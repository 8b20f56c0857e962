// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * A place in a document, lines and columns counted from 1.
 * Defined in `conformance/place.schema.json`.
 */
export type ConformancePlace = {
  /** Path or URL of the document, as it was given. */
  file: string;
  /** Line, counted from 1. */
  line: number;
  /** Column, counted from 1. */
  column: number;
  /** JSON pointer (RFC 6901) to the value at fault, or to the object that lacks a member; empty for the whole document. */
  pointer: string;
  /** What was found there. */
  found: string;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * A file, by reference or carried along.
 * Defined in `parts/file-part.schema.json`.
 */
export type FilePart = {
  /** Always `file`. */
  type: "file";
  /** Where the file is. Must not contain `..` nor use the `file:` scheme with `//`. */
  uri: string;
  /** Media type without parameters. */
  mime_type: string;
  /** Content of the file in standard base64 with padding. */
  inline_data?: string | null;
};

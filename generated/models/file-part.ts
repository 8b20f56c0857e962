// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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

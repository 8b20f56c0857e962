// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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

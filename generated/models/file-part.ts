// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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

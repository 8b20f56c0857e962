// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b8ed83abeb1604f58fd9447fd0419b65580eb366e31e7a3ab5c4c42776d54f6f

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

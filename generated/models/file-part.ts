// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:66a4267de03ebcc83d85fa05bf807a86d7ffd32571c3ae7ea59b039f2e6716c8

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

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * Text with placeholders of the form `{{name}}`.
 * Defined in `parts/template-part.schema.json`.
 */
export type TemplatePart = {
  /** Always `template`. */
  type: "template";
  /** The text. */
  template: string;
  /** Values for the placeholders. */
  variables: { [k: string]: unknown };
};

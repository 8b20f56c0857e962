// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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

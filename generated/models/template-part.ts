// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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

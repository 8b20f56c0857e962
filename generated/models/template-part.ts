// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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

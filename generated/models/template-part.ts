// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

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

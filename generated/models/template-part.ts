// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

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

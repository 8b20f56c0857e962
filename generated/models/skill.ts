// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Something an agent can do on request.
 * Defined in `entities/skill.schema.json`.
 */
export type Skill = {
  /** Identifier of the skill within its agent. */
  id: string;
  /** What the skill does. */
  description: string;
  /** JSON Schema of the input. */
  input_schema?: { [k: string]: unknown } | null;
  /** JSON Schema of the output. */
  output_schema?: { [k: string]: unknown } | null;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

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

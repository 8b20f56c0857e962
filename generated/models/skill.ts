// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

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

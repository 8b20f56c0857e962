// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

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

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

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

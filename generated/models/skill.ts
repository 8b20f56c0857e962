// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

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

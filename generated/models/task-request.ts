// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * Asks an agent to carry out one of its skills.
 * Defined in `payloads/task-request.schema.json`.
 */
export type TaskRequest = {
  /** Conversation the task belongs to. */
  conversation_id: string;
  /** Task this one is a part of, if any. */
  parent_task_id?: string | null;
  /** Skill to carry out, as the manifest names it. */
  skill_id: string;
  /** Input of the skill, judged by the skill's own schema. */
  input: { [k: string]: unknown };
  /**
   * Wishes for the execution. Keys in use: `timeout_seconds`, `priority`, `streaming`, and for webhooks
   * `callback_url`, `callback_events`, `callback_secret`.
   */
  config?: { [k: string]: unknown } | null;
};

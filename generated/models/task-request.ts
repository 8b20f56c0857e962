// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b8ed83abeb1604f58fd9447fd0419b65580eb366e31e7a3ab5c4c42776d54f6f

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

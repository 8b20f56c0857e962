// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:06fd58d69e511a344c56c85cba2ff1629b1b4da19b4b56b8e6fc602f3d3f0cd9

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

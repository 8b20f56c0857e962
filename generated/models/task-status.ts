// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * Where a task stands. `completed`, `failed` and `cancelled` are final; `input_required` waits for the requester.
 * Defined in `entities/task-status.schema.json`.
 */
export type TaskStatus = "submitted" | "working" | "completed" | "failed" | "cancelled" | "input_required";

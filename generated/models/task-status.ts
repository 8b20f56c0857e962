// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Where a task stands. `completed`, `failed` and `cancelled` are final; `input_required` waits for the requester.
 * Defined in `entities/task-status.schema.json`.
 */
export type TaskStatus = "submitted" | "working" | "completed" | "failed" | "cancelled" | "input_required";

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * Where a task stands. `completed`, `failed` and `cancelled` are final; `input_required` waits for the requester.
 * Defined in `entities/task-status.schema.json`.
 */
export type TaskStatus = "submitted" | "working" | "completed" | "failed" | "cancelled" | "input_required";

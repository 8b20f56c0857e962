// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Where a task stands. `completed`, `failed` and `cancelled` are final; `input_required` waits for the requester.
 * Defined in `entities/task-status.schema.json`.
 */
export type TaskStatus = "submitted" | "working" | "completed" | "failed" | "cancelled" | "input_required";

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * What a task update reports: how far the task is, that it needs input, or that its status changed.
 * Defined in `entities/update-type.schema.json`.
 */
export type UpdateType = "progress" | "input_required" | "status_change";

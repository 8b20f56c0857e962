// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * What a task update reports: how far the task is, that it needs input, or that its status changed.
 * Defined in `entities/update-type.schema.json`.
 */
export type UpdateType = "progress" | "input_required" | "status_change";

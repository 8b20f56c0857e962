// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * What a task update reports: how far the task is, that it needs input, or that its status changed.
 * Defined in `entities/update-type.schema.json`.
 */
export type UpdateType = "progress" | "input_required" | "status_change";

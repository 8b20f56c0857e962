// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

/**
 * What a task update reports: how far the task is, that it needs input, or that its status changed.
 * Defined in `entities/update-type.schema.json`.
 */
export type UpdateType = "progress" | "input_required" | "status_change";

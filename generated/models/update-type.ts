// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * What a task update reports: how far the task is, that it needs input, or that its status changed.
 * Defined in `entities/update-type.schema.json`.
 */
export type UpdateType = "progress" | "input_required" | "status_change";

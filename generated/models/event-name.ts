// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * Name of a webhook event.
 * Defined in `entities/event-name.schema.json`.
 */
export type EventName = "task.started" | "task.progress" | "task.completed" | "task.failed" | "artifact.ready";

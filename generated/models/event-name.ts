// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

/**
 * Name of a webhook event.
 * Defined in `entities/event-name.schema.json`.
 */
export type EventName = "task.started" | "task.progress" | "task.completed" | "task.failed" | "artifact.ready";

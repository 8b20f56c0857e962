// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

/**
 * Name of a webhook event.
 * Defined in `entities/event-name.schema.json`.
 */
export type EventName = "task.started" | "task.progress" | "task.completed" | "task.failed" | "artifact.ready";

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

/**
 * Name of a webhook event.
 * Defined in `entities/event-name.schema.json`.
 */
export type EventName = "task.started" | "task.progress" | "task.completed" | "task.failed" | "artifact.ready";

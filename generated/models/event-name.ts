// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * Name of a webhook event.
 * Defined in `entities/event-name.schema.json`.
 */
export type EventName = "task.started" | "task.progress" | "task.completed" | "task.failed" | "artifact.ready";

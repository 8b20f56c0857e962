// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

/**
 * Who speaks in a message.
 * Defined in `entities/message-role.schema.json`.
 */
export type MessageRole = "user" | "assistant" | "system";

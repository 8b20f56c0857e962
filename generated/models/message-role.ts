// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

/**
 * Who speaks in a message.
 * Defined in `entities/message-role.schema.json`.
 */
export type MessageRole = "user" | "assistant" | "system";

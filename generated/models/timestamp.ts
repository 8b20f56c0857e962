// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

/**
 * A moment in time as RFC 3339 writes it, with `T`, `t` or a space between date and time. A time without an offset is
 * read as UTC. Senders write UTC with `Z`. The hour 24 and the second 60 are refused, and so is a day that its month
 * does not have.
 * Defined in `entities/timestamp.schema.json`.
 */
export type Timestamp = string;

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:b75ae1c68b6e1f90116cb8d748efe0905ac5b710408317cb2f900532f594964c

/**
 * A moment in time as RFC 3339 writes it, with `T`, `t` or a space between date and time. A time without an offset is
 * read as UTC. Senders write UTC with `Z`. The hour 24 and the second 60 are refused, and so is a day that its month
 * does not have.
 * Defined in `entities/timestamp.schema.json`.
 */
export type Timestamp = string;

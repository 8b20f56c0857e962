// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * A moment in time as RFC 3339 writes it, with `T`, `t` or a space between date and time. A time without an offset is
 * read as UTC. Senders write UTC with `Z`. The hour 24 and the second 60 are refused, and so is a day that its month
 * does not have.
 * Defined in `entities/timestamp.schema.json`.
 */
export type Timestamp = string;

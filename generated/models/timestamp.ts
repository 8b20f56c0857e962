// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

/**
 * A moment in time as RFC 3339 writes it, with `T`, `t` or a space between date and time. A time without an offset is
 * read as UTC. Senders write UTC with `Z`. The hour 24 and the second 60 are refused, and so is a day that its month
 * does not have.
 * Defined in `entities/timestamp.schema.json`.
 */
export type Timestamp = string;

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * A moment in time as RFC 3339 writes it, with `T`, `t` or a space between date and time. A time without an offset is
 * read as UTC. Senders write UTC with `Z`. The hour 24 and the second 60 are refused, and so is a day that its month
 * does not have.
 * Defined in `entities/timestamp.schema.json`.
 */
export type Timestamp = string;

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * A moment in time as RFC 3339 writes it, with `T`, `t` or a space between date and time. A time without an offset is
 * read as UTC. Senders write UTC with `Z`. The hour 24 and the second 60 are refused, and so is a day that its month
 * does not have.
 * Defined in `entities/timestamp.schema.json`.
 */
export type Timestamp = string;

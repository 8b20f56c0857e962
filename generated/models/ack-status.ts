// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:46f885cc371c80bcff43dac1bb9407aaddc08fe4e3696db86c2b3fc0b4cf66b9

/**
 * What became of an acknowledged envelope: it arrived, it was worked on, or it was turned away.
 * Defined in `entities/ack-status.schema.json`.
 */
export type AckStatus = "received" | "processed" | "rejected";

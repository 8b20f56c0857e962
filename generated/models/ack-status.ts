// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:29dee273c81f4893bbeb6d5d04afc51d29aaff8216ef0b9e7550e65b853b1fe6

/**
 * What became of an acknowledged envelope: it arrived, it was worked on, or it was turned away.
 * Defined in `entities/ack-status.schema.json`.
 */
export type AckStatus = "received" | "processed" | "rejected";

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:3e68388d6313d5b1319d1f5c0d59d835b7d1594c5090a62c66af1ce1c7b0ce96

/**
 * What became of an acknowledged envelope: it arrived, it was worked on, or it was turned away.
 * Defined in `entities/ack-status.schema.json`.
 */
export type AckStatus = "received" | "processed" | "rejected";

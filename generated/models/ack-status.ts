// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:57ed24e436861c80005af92406902d477ed261387c0f99a0b1d3c24f9373600e

/**
 * What became of an acknowledged envelope: it arrived, it was worked on, or it was turned away.
 * Defined in `entities/ack-status.schema.json`.
 */
export type AckStatus = "received" | "processed" | "rejected";

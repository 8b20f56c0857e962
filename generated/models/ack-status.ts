// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:fcde2ef46656b55405f3cf9778630cf2950669e472a2775cc18e8bde28c6398b

/**
 * What became of an acknowledged envelope: it arrived, it was worked on, or it was turned away.
 * Defined in `entities/ack-status.schema.json`.
 */
export type AckStatus = "received" | "processed" | "rejected";

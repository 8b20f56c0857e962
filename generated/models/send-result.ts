// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:66a4267de03ebcc83d85fa05bf807a86d7ffd32571c3ae7ea59b039f2e6716c8

import type { Envelope } from "./envelope.js";

/**
 * Result of `asap.send`: the envelope that answers.
 * Defined in `jsonrpc/send-result.schema.json`.
 */
export type SendResult = {
  /** The answer. */
  envelope: Envelope;
};

// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:50b4ebca6874d085cd39ac690e6db0c9f944840cd921b1cbe8eaa0f5cd4390c2

import type { Envelope } from "./envelope.js";

/**
 * Result of `asap.send`: the envelope that answers.
 * Defined in `jsonrpc/send-result.schema.json`.
 */
export type SendResult = {
  /** The answer. */
  envelope: Envelope;
};

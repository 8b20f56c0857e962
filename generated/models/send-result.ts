// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:31fa59800a05a80cecfeff794ee4a42bbd20d36853eb11d363e28612eee48fd1

import type { Envelope } from "./envelope.js";

/**
 * Result of `asap.send`: the envelope that answers.
 * Defined in `jsonrpc/send-result.schema.json`.
 */
export type SendResult = {
  /** The answer. */
  envelope: Envelope;
};

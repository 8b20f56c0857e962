// Generated from the spec. Do not edit: change the spec and run `asap generate`.
// Spec sha256:39e0e44b869d7e21f99c91a19512a2cb45c40d01e524b28f0806db06f713641d

import type { AgentUrn } from "./agent-urn.js";
import type { Timestamp } from "./timestamp.js";

/**
 * The frame every ASAP message travels in: who speaks to whom, what kind of payload it carries and what it answers.
 * Unknown members are refused.
 * Defined in `envelope.schema.json`.
 */
export type Envelope = {
  /**
   * Identifier of this envelope, by convention a ULID. The receiver makes one when it is absent or null; repeats of
   * one id from one sender are answered once.
   */
  id?: string | null;
  /** Protocol version the sender speaks. Not compared by receivers; version 1.1 agents write `0.1`. */
  asap_version: string;
  /**
   * When the envelope was made. Older than 300 seconds or more than 30 seconds ahead is refused; absent or null means
   * now.
   */
  timestamp?: Timestamp | null;
  /** The agent that speaks. */
  sender: AgentUrn;
  /** The agent spoken to. Receivers do not compare it with their own id. */
  recipient: AgentUrn;
  /** Kind of payload. Spellings that differ only in letter case, `.`, `_` and `-` name the same kind. */
  payload_type: string;
  /** The message itself, judged by the schema of its payload type. */
  payload: { [k: string]: unknown };
  /** Id of the envelope that this one answers. Must be a non-empty string on responses. */
  correlation_id?: string | null;
  /** Trace this envelope belongs to, copied into its answer; 32 hexadecimal digits when it comes from a tracing system. */
  trace_id?: string | null;
  /** Whether the sender waits for a MessageAck. Over HTTP the response is the acknowledgement. */
  requires_ack?: boolean;
  /**
   * Free-form additions. Keys with a meaning: `nonce` (string, used once), `trace_id` (32 hex digits), `span_id` (16
   * hex digits).
   */
  extensions?: { [k: string]: unknown } | null;
};

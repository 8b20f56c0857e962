import type { Connection } from "../connection.js";

/** One message on its way to a peer. */
export interface ClientMessage {
  /** JSON text of the envelope; the same for every attempt. */
  readonly envelopeText: string;
  /** Id of the envelope. */
  readonly envelopeId: string;
  /** Whether the envelope asks for an acknowledgement (`requires_ack`). */
  readonly requiresAck: boolean;
  /** Id of the JSON-RPC request. */
  readonly id: string;
  /** Constant over every attempt to deliver this message. */
  readonly idempotencyKey: string;
  /** Ends the delivery, at its timeout too. Its reason is an AsapError, with which the caller has been answered. */
  readonly signal: AbortSignal;
  /** Time left when the message is handed over, in milliseconds; no wait for another attempt goes beyond it. */
  readonly timeoutMs: number;
  /**
   * Takes the pushes that answer this message before its response: parsed envelopes, not judged yet. A caller who gives
   * it asks for them.
   */
  readonly onUpdate?: ((envelope: unknown) => void) | undefined;
}

/** What a peer answered, not judged yet. */
export interface ClientReply {
  /** The JSON-RPC response, parsed. */
  readonly response: unknown;
  /** Id of the request that it must carry: that of the message, or of its latest retransmission. */
  readonly id: string;
}

/**
 * A way to a peer. A transport carries text: it knows connections, attempts and their faults, but neither envelopes
 * nor payloads.
 */
export interface ClientTransport {
  /** Where the peer is, for error messages; holds no credentials. */
  readonly url: string;
  /** Whether messages are acknowledged on their own, so that state-changing ones ask for it (`requires_ack`). */
  readonly acknowledges: boolean;
  /** How the way to the peer fares. */
  readonly connection: Connection;
  /**
   * Delivers one message and returns the answer to it.
   *
   * @throws AsapError with a code of `asap:transport/`.
   */
  send(message: ClientMessage): Promise<ClientReply>;
  /**
   * Takes pushes that answer no message under way: parsed envelopes, not judged yet. Transports without pushes never
   * call it.
   *
   * @returns Stops listening.
   */
  onPush(listener: (envelope: unknown) => void): () => void;
  /** Lets go of connections. Calling it again does nothing. */
  close(): Promise<void>;
}

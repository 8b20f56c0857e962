/** One message on its way to a peer. */
export interface ClientMessage {
  /** The JSON-RPC request as text; the same for every attempt. */
  readonly body: string;
  /** Id of the JSON-RPC request, by which a transport with many requests on one connection finds the response. */
  readonly id: string;
  /** Constant over every attempt to deliver this message. */
  readonly idempotencyKey: string;
  /** Ends the delivery, at its timeout too. Its reason is an AsapError, with which the caller has been answered. */
  readonly signal: AbortSignal;
  /** Time left when the message is handed over, in milliseconds; no wait for another attempt goes beyond it. */
  readonly timeoutMs: number;
}

/** What a peer answered, not judged yet. */
export interface ClientReply {
  /** The JSON-RPC response as text. */
  readonly text: string;
}

/**
 * A way to a peer. A transport carries text: it knows connections, attempts and their faults, but neither envelopes
 * nor payloads.
 */
export interface ClientTransport {
  /** Where the peer is, for error messages; holds no credentials. */
  readonly url: string;
  /**
   * Delivers one message and returns the answer to it.
   *
   * @throws AsapError with a code of `asap:transport/`.
   */
  send(message: ClientMessage): Promise<ClientReply>;
  /** Lets go of connections. Calling it again does nothing. */
  close(): Promise<void>;
}

import type { ClientMessage, ClientTransport } from "../transport/transport.js";
import type { WebSocketEvent, WebSocketLike } from "../transport/websocket-socket.js";

type EventName = "open" | "message" | "close" | "error";

/** A request as it was sent. */
export interface SentFrame {
  readonly jsonrpc: string;
  readonly method: string;
  readonly id: string;
  readonly params: { readonly envelope: { readonly id: string }; readonly idempotency_key?: string };
}

/** A WebSocket without a network: the test says what comes and when. */
export class ScriptedWebSocket implements WebSocketLike {
  readyState = 0;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  readonly closes: (number | undefined)[] = [];
  readonly #listeners = new Map<EventName, ((event: WebSocketEvent) => void)[]>();

  addEventListener(type: EventName, listener: (event: WebSocketEvent) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(code?: number): void {
    this.closes.push(code);
    this.readyState = 2;
  }

  /** The requests that were sent. */
  get requests(): SentFrame[] {
    return this.sent.map((text) => JSON.parse(text) as SentFrame).filter(({ method }) => method === "asap.send");
  }

  open(): void {
    this.readyState = 1;
    this.#fire({ type: "open" });
  }

  /** A frame comes; anything but text is sent as JSON. */
  receive(frame: unknown): void {
    this.#fire({ type: "message", data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }

  receiveBinary(data: ArrayBuffer): void {
    this.#fire({ type: "message", data });
  }

  /** Answers the n-th request. */
  answer(index: number, result: unknown = { envelope: {} }): void {
    this.receive({ jsonrpc: "2.0", result, id: this.requests[index]?.id });
  }

  /** The connection ends. */
  end(code: number, reason = ""): void {
    this.readyState = 3;
    if (code === 1006) this.#fire({ type: "error" });
    this.#fire({ type: "close", code, reason });
  }

  #fire(event: WebSocketEvent & { readonly type: EventName }): void {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  }
}

/** Makes scripted sockets and keeps them in order. */
export function scriptedSockets() {
  const sockets: ScriptedWebSocket[] = [];
  return {
    sockets,
    create: () => {
      const socket = new ScriptedWebSocket();
      sockets.push(socket);
      return socket;
    },
    /** The latest socket. */
    get last(): ScriptedWebSocket {
      const socket = sockets.at(-1);
      if (socket === undefined) throw new Error("no socket was made");
      return socket;
    },
  };
}

let count = 0;

/** A message with an envelope of its own. */
export function messageOf(difference: Partial<ClientMessage> = {}): ClientMessage {
  const envelopeId = difference.envelopeId ?? `env-${++count}`;
  return {
    envelopeText: JSON.stringify({ id: envelopeId, timestamp: "2026-01-01T00:00:00Z", extensions: { nonce: "n" } }),
    envelopeId,
    requiresAck: false,
    id: "given",
    idempotencyKey: "key",
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    ...difference,
  };
}

/** What became of a message. */
export interface Outcome {
  state: "pending" | "answered" | "failed";
  id?: string;
  response?: unknown;
  code?: string;
  data?: Readonly<Record<string, unknown>>;
}

/** Sends a message and notes what becomes of it. */
export function sendNoting(transport: ClientTransport, difference: Partial<ClientMessage> = {}): Outcome {
  const outcome: Outcome = { state: "pending" };
  transport.send(messageOf(difference)).then(
    ({ id, response }) => Object.assign(outcome, { state: "answered", id, response }),
    (error) => Object.assign(outcome, { state: "failed", code: error.code, data: error.data }),
  );
  return outcome;
}

/** The frame that acknowledges an envelope. */
export const ackFrame = (envelopeId: string, status = "received", error: string | null = null) => ({
  jsonrpc: "2.0",
  method: "asap.ack",
  params: {
    envelope: {
      id: `ack-${envelopeId}`,
      payload_type: "MessageAck",
      payload: { original_envelope_id: envelopeId, status, error },
    },
  },
});

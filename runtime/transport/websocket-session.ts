import type { Agent } from "../agent.js";
import type { Identity } from "../auth/guard.js";
import type { Audience } from "../broadcast.js";
import type { MessageContext } from "../dispatch.js";
import { AsapError, isAsapError } from "../error.js";
import { ackFrame, errorMember, fault, isoTime, protocolFault, quote, response } from "../jsonrpc.js";
import { ulid } from "../ulid.js";
import type { UpdateSink } from "../updates.js";

/** Bounds of one WebSocket connection. */
export interface SessionLimits {
  /** Longest message, in bytes; a longer one is answered with an error. */
  readonly maxMessageBytes: number;
  /** Messages per second, and how many may come at once; Infinity for no limit. */
  readonly messagesPerSecond: number;
  /** Most requests worked on at once. */
  readonly maxInFlight: number;
}

/** What a session needs of its connection. */
export interface SessionSocket {
  /** Sends a text frame; nothing once the connection is closing. */
  send(frame: string): void;
  /** Begins to close the connection, after the frames sent before. */
  close(code: number, reason: string): void;
  /** A promise of the moment from which more may be sent, while the peer reads too slowly; otherwise undefined. */
  ready(): Promise<void> | undefined;
}

/** Milliseconds of a clock that never jumps. */
type Ticks = () => number;

const parseFaultStart = `{"jsonrpc":"2.0","error":{"code":-32700`;
const longestPong = 65_536;
/** How long answers under way are waited for when the connection is to close for its rate, in milliseconds. */
const lastAnswersMs = 2_000;

/**
 * One WebSocket connection to an agent: text frames in, text frames out (wire sections 8.3 and 9). Knows no socket
 * library.
 */
export class WebSocketSession implements Audience, UpdateSink {
  /** Sender of the latest accepted envelope. */
  peer: string | undefined;
  readonly #agent: Agent;
  readonly #socket: SessionSocket;
  readonly #limits: SessionLimits;
  #context: MessageContext;
  readonly #ticks: Ticks;
  #tokens: number;
  #countedAt: number;
  #inFlight = 0;
  #isOver = false;
  /** Runs while the last answers are waited for; nothing is taken any more. */
  #last: ReturnType<typeof setTimeout> | undefined;
  #lastWords = "";

  /**
   * @param admitted Authorization header of the upgrade, which every message of the connection is judged by, and who it
   * is of where the agent's guard judged it.
   */
  constructor(
    agent: Agent,
    socket: SessionSocket,
    limits: SessionLimits,
    { authorization, identity }: Pick<MessageContext, "authorization" | "identity">,
    ticks: Ticks,
  ) {
    this.#agent = agent;
    this.#socket = socket;
    this.#limits = limits;
    this.#ticks = ticks;
    this.#tokens = Math.max(1, limits.messagesPerSecond);
    this.#countedAt = ticks();
    this.#context = {
      authorization,
      identity,
      updates: this,
      accepted: (envelope, envelopeId) => {
        this.peer = envelope.sender;
        if (envelope.requires_ack !== true || envelopeId === "") return;
        const at = agent.now();
        this.#send(ackFrame(envelope, envelopeId, ulid(at), isoTime(at)));
      },
    };
  }

  /** How many requests are worked on. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes one text frame. */
  receive(text: string): void {
    if (this.#isOver || this.#last !== undefined || isPong(text) || this.endExpired()) return;
    const { maxInFlight } = this.#limits;
    if (!this.#take()) {
      this.#overRate(text);
      return;
    }
    if (this.#inFlight >= maxInFlight && !isCancel(text)) {
      const data = { max_threads: maxInFlight, active_threads: this.#inFlight };
      this.#refuse(text, new AsapError("asap:transport/thread_pool_exhausted", { data }));
      return;
    }
    try {
      const answer = this.#agent.receive(text, this.#context);
      if (typeof answer !== "string") this.#await(text, answer);
      else {
        if (answer.startsWith(parseFaultStart)) this.#tokens += 1;
        this.#send(answer);
      }
    } catch (cause) {
      this.#refuse(text, cause);
    }
  }

  /** Takes what a token says that was judged again: later messages are judged by that. */
  renew(identity: Identity): void {
    this.#context = { ...this.#context, identity };
  }

  /** Closes the connection once its token has expired; tells whether it has. */
  endExpired(): boolean {
    const { identity } = this.#context;
    if (identity === undefined || this.#agent.now() < identity.expiresAtMs) return false;
    this.#socket.close(1008, "Token expired");
    this.end();
    return true;
  }

  /** Answers a text frame over the size limit, whose text is not looked at. */
  receiveTooLarge(bytes: number): void {
    if (this.#isOver || this.#last !== undefined) return;
    if (!this.#take()) {
      this.#closeForRate("null");
      return;
    }
    const error = `Request size (${bytes} bytes) exceeds maximum (${this.#limits.maxMessageBytes} bytes)`;
    const details = { size: bytes, max_size: this.#limits.maxMessageBytes };
    const data = new AsapError("asap:transport/request_too_large", { message: error, data: details });
    this.#send(response(errorMember(protocolFault(error, data)), "null"));
  }

  push(frame: string): void {
    this.#send(frame);
  }

  ready(): Promise<void> | undefined {
    return this.#isOver ? undefined : this.#socket.ready();
  }

  /** Told that the connection is closing: nothing is taken or sent any more; work under way goes on. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#last);
  }

  #send(frame: string): void {
    if (!this.#isOver) this.#socket.send(frame);
  }

  #await(text: string, answer: Promise<string>): void {
    this.#inFlight += 1;
    answer.then(
      (late) => {
        this.#inFlight -= 1;
        this.#send(late);
        this.#goOn();
      },
      (cause: unknown) => {
        this.#inFlight -= 1;
        this.#refuse(text, cause);
        this.#goOn();
      },
    );
  }

  /** Takes one message from the token bucket, which holds what may come in a second. */
  #take(): boolean {
    const perSecond = this.#limits.messagesPerSecond;
    if (perSecond === Number.POSITIVE_INFINITY) return true;
    const now = this.#ticks();
    this.#tokens = Math.min(Math.max(1, perSecond), this.#tokens + ((now - this.#countedAt) * perSecond) / 1_000);
    this.#countedAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Answers a message beyond the rate; a frame that is not JSON is free and gets its parse error. */
  #overRate(text: string): void {
    const id = idTextOf(text);
    if (id === undefined) {
      const answer = this.#agent.receive(text, {});
      if (typeof answer === "string") this.#send(answer);
      return;
    }
    this.#closeForRate(id);
  }

  /** Closes for too many messages, once the requests taken before are answered or have had their time. */
  #closeForRate(id: string): void {
    this.#lastWords = response(`"error":{"code":-32001,"message":${rateText}}`, id);
    this.#last = setTimeout(() => this.#closeNow(), lastAnswersMs);
    this.#goOn();
  }

  #goOn(): void {
    if (this.#last !== undefined && this.#inFlight === 0) this.#closeNow();
  }

  #closeNow(): void {
    this.#send(this.#lastWords);
    this.#socket.close(1008, "");
    this.end();
  }

  /** Answers a message that the agent did not take. */
  #refuse(text: string, cause: unknown): void {
    const known = isAsapError(cause) && cause.httpStatus >= 500;
    if (!known) this.#agent.log.error?.("asap.request.failed", { error: cause });
    const refused = known
      ? protocolFault(cause.message, cause)
      : fault("asap:rpc/internal_error", { error: "Internal server error" });
    this.#send(response(errorMember(refused), idTextOf(text) ?? "null"));
  }
}

const rateText = quote("Rate limit exceeded; too many messages per second");

/** Whether a frame is an application pong: `{"type":"pong"}` without a method (wire section 9.2). */
function isPong(text: string): boolean {
  if (text.length > longestPong || !text.includes('"pong"')) return false;
  const value = parsed(text);
  return value?.["type"] === "pong" && !Object.hasOwn(value, "method");
}

/** Whether a frame that is beyond the bound on requests may be a cancellation, which is taken all the same. */
const isCancel = (text: string): boolean => /"payload_type"\s*:\s*"task[._-]?cancel"/i.test(text.slice(0, 4_096));

/** JSON text of a frame's id; `null` where it has none that could be echoed, undefined where the frame is not JSON. */
function idTextOf(text: string): string | undefined {
  const value = parsed(text);
  if (value === undefined) return undefined;
  const id = value["id"];
  return typeof id === "string" ? quote(id) : Number.isSafeInteger(id) ? String(id) : "null";
}

/** The object a frame holds, an empty one for other JSON, undefined for what is not JSON. */
function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return undefined;
  }
}

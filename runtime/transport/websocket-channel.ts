import { limits } from "../../generated/limits.js";
import type { AsapError } from "../error.js";
import { requestText } from "../request.js";
import {
  fatalAnswer,
  frameOf,
  isTooLarge,
  isUnreadable,
  type Members,
  notRun,
  objectOf,
  pushedIn,
  rejected,
  strayFrame,
} from "./websocket-frames.js";
import type { LineSettings } from "./websocket-options.js";
import type { Pending } from "./websocket-pending.js";
import { type SocketEnd, type SocketListener, SocketPort, type WebSocketLike } from "./websocket-socket.js";
import { nextWatch, ticks, unref } from "./websocket-time.js";

/** What a connection tells, and asks, the line it belongs to. */
export interface ChannelHost {
  readonly url: string;
  readonly settings: LineSettings;
  /** Whether the peer once said that messages came too fast. */
  readonly isPaced: boolean;
  newId(): string;
  /** Whether an id was given to a request, so that an answer to it is late, not strange. */
  isIssued(id: string): boolean;
  opened(channel: Channel): void;
  closed(channel: Channel, end: SocketEnd): void;
  /** There is room for another request. */
  roomy(channel: Channel): void;
  answered(pending: Pending, response: unknown, id: string): void;
  failed(pending: Pending, error: AsapError): void;
  /** The last wait for an acknowledgement ran out. */
  unacknowledged(pending: Pending): void;
  /** Takes back messages that the peer did not run. */
  returned(pendings: Pending[]): void;
  rateLimited(): void;
  pushed(envelope: Members): void;
  fault(error: AsapError): void;
  /** Whether a connection without requests is to stay. */
  keeps(channel: Channel): boolean;
}

type Timer = ReturnType<typeof setTimeout>;

const pongText = '{"type": "pong"}';
const notRunWaitMs = 5_000;
const closeWaitMs = 1_000;
const drainPollMs = 10;
const paceMs = 1_000 / limits.websocket_messages_per_second;

/** One connection and the requests outstanding on it. */
export class Channel implements SocketListener {
  isOpen = false;
  /** Whether this side closes it. */
  isEnding = false;
  openedAt = 0;
  /** The access token it was opened with. */
  token: string | undefined;
  /** What it was opened with in the Authorization header, without the scheme: errors do not repeat it. */
  credentials: string | undefined;
  /** Whether the peer has done something of use on it. */
  isProven = false;
  readonly #host: ChannelHost;
  readonly #ending = new AbortController();
  readonly #outstanding = new Map<string, Pending>();
  /** Those that ask for an acknowledgement, by envelope id, and those that still wait for it, oldest first. */
  readonly #asking = new Map<string, Pending>();
  readonly #due = new Set<Pending>();
  #parked: Pending[] = [];
  #port: SocketPort | undefined;
  #isOver = false;
  #isHeld = false;
  #nextSendAt = 0;
  #seenAt = 0;
  #pingAt = 0;
  #idleSince = 0;
  #openTimer: Timer | undefined;
  #watchTimer: Timer | undefined;
  #ackTimer: Timer | undefined;
  #sendTimer: Timer | undefined;
  #parkTimer: Timer | undefined;
  #closeTimer: Timer | undefined;
  #gone: (() => void)[] = [];

  constructor(host: ChannelHost) {
    this.#host = host;
  }

  /** Aborts when it is over. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Begins to open: from now on it has a bounded time for that. */
  begin(): void {
    const { openTimeoutMs } = this.#host.settings;
    if (openTimeoutMs < Number.POSITIVE_INFINITY)
      this.#openTimer = setTimeout(() => this.drop("did not open in time"), openTimeoutMs);
  }

  /** Takes the socket; one that comes too late is closed. */
  attach(socket: WebSocketLike) {
    const port = new SocketPort(socket, this);
    if (this.#isOver) return port.drop("no longer needed");
    this.#port = port;
  }

  /** Whether it takes as many requests as it may have. */
  get isFull(): boolean {
    return this.#outstanding.size >= this.#host.settings.maxInFlight;
  }

  /** Whether a request can be sent on it now. */
  get isRoomy(): boolean {
    if (!this.isOpen || this.isEnding || this.#isHeld || this.isFull || this.#parked.length > 0) return false;
    return !this.#host.isPaced || this.#isInPace();
  }

  transmit(pending: Pending): void {
    const { message } = pending;
    const id = this.#host.newId();
    if (pending.channel === this) {
      pending.olderIds ??= [];
      pending.olderIds.push(pending.id);
    }
    pending.channel = this;
    pending.id = id;
    pending.transmissions++;
    if (this.#outstanding.size === 0) this.#port?.keepAlive(true);
    this.#outstanding.set(id, pending);
    if (message.requiresAck) this.#awaitAck(pending);
    this.#send(requestText(message.envelopeText, id));
    if (this.#host.isPaced) this.#nextSendAt = ticks() + paceMs;
  }

  /** Lets go of a message that has its answer or needs none. */
  forget(pending: Pending): void {
    this.#outstanding.delete(pending.id);
    if (pending.olderIds !== undefined) for (const id of pending.olderIds) this.#outstanding.delete(id);
    if (pending.message.requiresAck) {
      this.#due.delete(pending);
      if (this.#asking.get(pending.message.envelopeId) === pending) this.#asking.delete(pending.message.envelopeId);
    }
    if (this.#parked.length > 0) this.#parked = this.#parked.filter((other) => other !== pending);
    pending.channel = undefined;
    pending.olderIds = undefined;
    if (this.#outstanding.size === 0) this.rest();
  }

  /** Nothing is under way: a Node process need not stay for it unless it is wanted for pushes. */
  rest(): void {
    if (this.#outstanding.size > 0) return;
    this.#idleSince = ticks();
    this.#port?.keepAlive(this.#host.keeps(this));
  }

  /** Gives away the messages without an answer, oldest first: those the peer did not run, and the others. */
  release(): { readonly parked: Pending[]; readonly unanswered: Pending[] } {
    const unanswered = [...new Set(this.#outstanding.values())];
    for (const pending of unanswered) this.forget(pending);
    return { parked: this.#takeParked(), unanswered };
  }

  /** Closes it with 1000. */
  end(): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#gone.push(resolve);
      if (this.isEnding) return;
      this.isEnding = true;
      if (!this.isOpen) return this.drop("no longer needed");
      this.#closeTimer = setTimeout(() => this.drop("did not close in time"), closeWaitMs);
      this.#port?.close(1000);
    });
  }

  /** Ends it without waiting for the peer. */
  drop(reason: string, cause?: unknown): void {
    if (this.#port === undefined) this.closed({ code: 1006, reason, cause });
    else this.#port.drop(reason);
  }

  opened(): void {
    if (this.isOpen || this.#isOver) return;
    clearTimeout(this.#openTimer);
    this.isOpen = true;
    this.openedAt = this.#seenAt = this.#idleSince = ticks();
    this.#pingAt = this.openedAt + this.#host.settings.pingMs;
    this.#watch();
    this.#host.opened(this);
    this.rest();
  }

  closed(end: SocketEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.isOpen = false;
    const timers = [this.#openTimer, this.#watchTimer, this.#ackTimer, this.#sendTimer, this.#parkTimer];
    for (const timer of [...timers, this.#closeTimer]) clearTimeout(timer);
    this.#host.closed(this, end);
    this.#ending.abort();
    for (const resolve of this.#gone) resolve();
  }

  seen(): void {
    this.#seenAt = ticks();
  }

  frame(data: unknown) {
    this.#seenAt = ticks();
    if (typeof data !== "string") return this.#stray("it is not text");
    const frame = frameOf(data, this.credentials);
    if (frame === undefined) return this.#stray("it is not JSON, or no object");
    if (frame["jsonrpc"] === undefined) return this.#plain(frame);
    if (frame["method"] !== undefined) return this.#called(frame);
    const { id } = frame;
    const pending = typeof id === "string" ? this.#outstanding.get(id) : undefined;
    const error = objectOf(frame["error"]);
    if (error !== undefined) {
      const reason = notRun(error);
      if (reason !== undefined) return this.#notRun(pending, reason);
    }
    if (pending !== undefined) return this.#answer(pending, frame, id as string);
    if (typeof id === "string" && this.#host.isIssued(id)) return;
    const pushed = pushedIn(frame["result"]);
    if (pushed !== undefined) {
      this.isProven = true;
      return this.#host.pushed(pushed);
    }
    this.#unowned(id, error, frame);
  }

  /** A frame without jsonrpc: a ping, or a fatal answer to the oldest request. */
  #plain(frame: Members) {
    if (frame["type"] === "ping") return this.#send(pongText);
    if (frame["type"] === "pong") return;
    const oldest = this.#oldest();
    if (oldest === undefined) return this.#stray("it is not JSON-RPC and no request is under way");
    this.#host.failed(oldest, fatalAnswer(JSON.stringify(frame), this.#host.url));
    this.#host.roomy(this);
  }

  #called(frame: Members) {
    const envelope = pushedIn(frame["params"]);
    if (envelope === undefined) return this.#stray("it is a request without an envelope");
    if (frame["method"] === "asap.ack") return this.#acknowledged(envelope);
    if (frame["method"] !== "asap.send") return this.#stray("its method is unknown");
    this.isProven = true;
    this.#host.pushed(envelope);
  }

  #acknowledged(envelope: Members): void {
    const payload = objectOf(envelope["payload"]) ?? {};
    const pending = this.#asking.get(String(payload["original_envelope_id"]));
    if (pending === undefined) return;
    this.isProven = true;
    if (payload["status"] === "rejected") {
      this.#host.failed(pending, rejected(payload, this.#host.url, this.credentials));
      this.#host.roomy(this);
    } else if (payload["status"] === "received" || payload["status"] === "processed") {
      this.#due.delete(pending);
    }
  }

  #answer(pending: Pending, response: unknown, id: string): void {
    this.isProven = true;
    this.#host.answered(pending, response, id);
    this.#host.roomy(this);
  }

  /** A response that names no request: the peer could not read the id, or it makes no sense. */
  #unowned(id: unknown, error: Members | undefined, frame: Members) {
    if (isNone(id) && error !== undefined) {
      const owner = isTooLarge(error) ? this.#largest() : isUnreadable(error) ? this.#oldest() : undefined;
      if (owner !== undefined) return this.#answer(owner, frame, owner.id);
    }
    this.#stray("it answers no request");
  }

  #notRun(pending: Pending | undefined, reason: "rate" | "shutdown"): void {
    if (reason === "rate") this.#host.rateLimited();
    if (pending === undefined) return;
    this.forget(pending);
    pending.channel = this;
    this.#parked.push(pending);
    this.#parkTimer ??= setTimeout(() => {
      this.#parkTimer = undefined;
      this.#host.returned(this.#takeParked());
    }, notRunWaitMs);
  }

  #takeParked(): Pending[] {
    const parked = this.#parked;
    this.#parked = [];
    for (const pending of parked) pending.channel = undefined;
    return parked;
  }

  #oldest(): Pending | undefined {
    return this.#outstanding.values().next().value;
  }

  #largest(): Pending | undefined {
    let largest: Pending | undefined;
    for (const pending of this.#outstanding.values()) {
      if (pending.message.envelopeText.length > (largest?.message.envelopeText.length ?? -1)) largest = pending;
    }
    return largest;
  }

  #stray(reason: string): void {
    this.#host.fault(strayFrame(this.#host.url, reason));
  }

  #send(text: string): void {
    const port = this.#port;
    if (port === undefined) return;
    port.send(text);
    if (!this.#isHeld && port.bufferedAmount > this.#host.settings.highWaterBytes) {
      this.#isHeld = true;
      this.#sendLater(drainPollMs);
    }
  }

  #isInPace(): boolean {
    const waitMs = this.#nextSendAt - ticks();
    if (waitMs <= 0) return true;
    this.#sendLater(waitMs);
    return false;
  }

  #sendLater(waitMs: number): void {
    this.#sendTimer ??= setTimeout(() => {
      this.#sendTimer = undefined;
      if (this.#isHeld && (this.#port?.bufferedAmount ?? 0) >= this.#host.settings.lowWaterBytes)
        return this.#sendLater(drainPollMs);
      this.#isHeld = false;
      this.#host.roomy(this);
    }, waitMs);
  }

  #awaitAck(pending: Pending): void {
    const { ackTimeoutMs } = this.#host.settings;
    pending.dueAt = ticks() + ackTimeoutMs;
    this.#asking.set(pending.message.envelopeId, pending);
    this.#due.delete(pending);
    this.#due.add(pending);
    this.#ackTimer ??= unref(setTimeout(() => this.#checkAcks(), ackTimeoutMs));
  }

  /** Sends again what was not acknowledged in time; one timer serves all, set for the oldest. */
  #checkAcks(): void {
    this.#ackTimer = undefined;
    const now = ticks();
    for (const pending of this.#due) {
      if (pending.dueAt > now) break;
      if (this.#isHeld) {
        this.#awaitAck(pending);
      } else if (pending.ackTimeouts >= this.#host.settings.ackMaxRetries) {
        this.#host.unacknowledged(pending);
      } else {
        pending.ackTimeouts++;
        this.transmit(pending);
      }
    }
    clearTimeout(this.#ackTimer);
    const [next] = this.#due;
    this.#ackTimer = next && unref(setTimeout(() => this.#checkAcks(), Math.max(1, next.dueAt - now)));
    this.#host.roomy(this);
  }

  /** Looks after the connection: pings, ends it when the peer is silent or nobody needs it. */
  #watch() {
    const { pingMs, staleMs, idleMs } = this.#host.settings;
    const now = ticks();
    if (now - this.#seenAt >= staleMs) return this.drop("nothing was received for too long");
    const isIdle = this.#outstanding.size + this.#parked.length === 0 && !this.#host.keeps(this);
    if (isIdle && now - this.#idleSince >= idleMs) return void this.end();
    if (now >= this.#pingAt) {
      this.#pingAt = now + pingMs;
      this.#port?.ping();
    }
    const idleAt = isIdle ? this.#idleSince + idleMs : now + idleMs;
    const nextAt = nextWatch(
      now,
      this.#port?.canPing === true ? this.#pingAt : undefined,
      this.#seenAt + staleMs,
      idleAt,
    );
    this.#watchTimer = unref(setTimeout(() => this.#watch(), nextAt - now));
  }
}

const isNone = (id: unknown): boolean => id === null || id === undefined || id === "";

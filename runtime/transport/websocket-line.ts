import { accessToken, credentialsIn, headersWith, tellRefused, withoutSecret } from "../access-token.js";
import type { ConnectionControl, ConnectionState } from "../connection.js";
import { ownWord } from "../egress.js";
import { AsapError, isAsapError } from "../error.js";
import { Backoff, mayReopen } from "./websocket-backoff.js";
import { Channel, type ChannelHost } from "./websocket-channel.js";
import { connectionFailed, finalRefusal, isTokenEnd, type Members } from "./websocket-frames.js";
import type { LineSettings } from "./websocket-options.js";
import type { Pending, PendingUser } from "./websocket-pending.js";
import type { SocketEnd, WebSocketLike } from "./websocket-socket.js";
import { setKeepsAlive, ticks } from "./websocket-time.js";

/** A transport that uses a line. */
export interface LineUser extends PendingUser {
  readonly connection: ConnectionControl;
  readonly listeners: ReadonlySet<(envelope: unknown) => void>;
  fault(error: AsapError): void;
}

/** How long a connection must have been open for the waits to start over, in milliseconds, where nothing else tells. */
const steadyMs = 1_000;
/** Longest wait for an access token, in milliseconds. */
const tokenTimeoutMs = 60_000;

const never: Required<Exclude<LineSettings["reconnect"], false>> = { baseMs: 0, maxMs: 0, jitter: 0, attempts: 1 };

/** The connections to one URL, the messages that wait for one, and when one is opened. */
export class Line implements ChannelHost {
  readonly url: string;
  readonly settings: LineSettings;
  readonly users = new Set<LineUser>();
  isPaced = false;
  readonly #channels = new Set<Channel>();
  readonly #pending = new Set<Pending>();
  readonly #queue = new Set<Pending>();
  /** Those that take pushes, by envelope id. */
  readonly #updated = new Map<string, Pending>();
  readonly #backoff: Backoff;
  #opening: Channel | undefined;
  #wait: ReturnType<typeof setTimeout> | undefined;
  #state: ConnectionState = { status: "idle" };
  /** Attempts since a connection was open, the present one included. */
  #attempt = 0;
  /** The token that the upgrade before was refused for, where this one is tried for that. */
  #refused: string | undefined;
  #wasOpen = false;
  #isDown = false;
  #lostAt = 0;
  #ids = 0;
  #isClosed = false;

  constructor(url: string, settings: LineSettings) {
    this.url = url;
    this.settings = settings;
    this.#backoff = new Backoff(settings.reconnect || never, settings.random);
  }

  /** How many connections are open. */
  get size(): number {
    return this.#channels.size;
  }

  join(user: LineUser): void {
    this.users.add(user);
    user.connection.set(this.#state);
  }

  /** Lets go of a user: its messages fail, its connections stay. */
  leave(user: LineUser): void {
    this.users.delete(user);
    const error = new AsapError("asap:transport/aborted", { message: "The transport was closed." });
    for (const pending of [...this.#pending]) if (pending.user === user) this.failed(pending, error);
  }

  /** Closes every connection with 1000. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#wait);
    this.#wait = undefined;
    for (const user of [...this.users]) this.leave(user);
    const channels = this.#opening === undefined ? [...this.#channels] : [...this.#channels, this.#opening];
    await Promise.all(channels.map((channel) => channel.end()));
  }

  /** Takes a message: sends it, keeps it for later or fails it. */
  send(pending: Pending) {
    const { message, user } = pending;
    this.#pending.add(pending);
    if (message.onUpdate !== undefined) this.#updated.set(message.envelopeId, pending);
    if (this.#isClosed) return this.failed(pending, new AsapError("asap:transport/aborted"));
    if (message.signal.aborted) return pending.handleEvent();
    if (user.failsWhileDown && this.#isDown && this.#channels.size === 0) {
      return this.failed(pending, connectionFailed(this.url, { code: 1006, reason: "not connected" }));
    }
    const channel = this.#queue.size === 0 ? this.#roomyChannel() : undefined;
    if (channel !== undefined) return channel.transmit(pending);
    if (this.#queue.size >= this.settings.maxQueued) {
      const data = { url: this.url, limit: this.settings.maxQueued };
      return this.failed(pending, new AsapError("asap:transport/queue_full", { data }));
    }
    this.#queue.add(pending);
    if (this.#wait !== undefined) setKeepsAlive(this.#wait, true);
    this.#openIfNeeded();
  }

  /** A user began or ceased to wait for pushes: who waits has a connection. */
  listen(): void {
    for (const channel of this.#channels) channel.rest();
    if (this.#wait !== undefined) setKeepsAlive(this.#wait, this.#isNeeded());
    if (!this.#isNeeded()) return;
    if (this.#channels.size === 0 && this.#opening === undefined && this.#wait === undefined && !this.#isClosed)
      this.#open();
  }

  newId(): string {
    return `ws-${++this.#ids}`;
  }

  isIssued(id: string): boolean {
    const count = /^ws-([1-9][0-9]{0,15})$/.exec(id)?.[1];
    return count !== undefined && Number(count) <= this.#ids;
  }

  keeps(channel: Channel): boolean {
    if (this.#channels.size > 1 || !this.#channels.has(channel)) return false;
    for (const user of this.users) if (user.listeners.size > 0) return true;
    return false;
  }

  answered(pending: Pending, response: unknown, id: string): void {
    this.#remove(pending);
    pending.answer(response, id);
  }

  failed(pending: Pending, error: AsapError): void {
    this.#remove(pending);
    pending.fail(error);
  }

  unacknowledged(pending: Pending): void {
    const { envelopeId } = pending.message;
    const data = { url: this.url, envelope_id: envelopeId, attempts: pending.transmissions };
    this.failed(pending, new AsapError("asap:transport/ack_timeout", { data }));
  }

  rateLimited(): void {
    this.isPaced = true;
  }

  returned(pendings: Pending[]): void {
    this.#putBack(pendings);
    this.roomy();
  }

  pushed(envelope: Members) {
    const id = envelope["correlation_id"];
    const owner = typeof id === "string" ? this.#updated.get(id) : undefined;
    const onUpdate = owner?.message.onUpdate;
    if (owner !== undefined && onUpdate !== undefined) return hand(onUpdate, envelope, owner.user as LineUser);
    for (const user of [...this.users]) for (const listener of [...user.listeners]) hand(listener, envelope, user);
  }

  fault(error: AsapError): void {
    for (const user of [...this.users]) user.fault(error);
  }

  /** Sends what waits, as far as there is room. */
  roomy() {
    while (this.#queue.size > 0) {
      const channel = this.#roomyChannel();
      if (channel === undefined) return this.#openIfNeeded();
      const [pending] = this.#queue;
      if (pending === undefined) return;
      this.#queue.delete(pending);
      channel.transmit(pending);
    }
  }

  opened(channel: Channel): void {
    this.#opening = undefined;
    this.#channels.add(channel);
    this.#wasOpen = true;
    this.#isDown = false;
    this.#attempt = 0;
    this.#refused = undefined;
    this.#tell({ status: "open" });
    this.roomy();
  }

  closed(channel: Channel, end: SocketEnd) {
    if (this.#opening === channel) return this.#notOpened(channel, end);
    this.#channels.delete(channel);
    if (channel.isProven || ticks() - channel.openedAt >= steadyMs) this.#backoff.reset();
    if (isTokenEnd(end) && channel.token !== undefined) this.#refuse(channel.token);
    const { parked, unanswered } = channel.release();
    const error = connectionFailed(this.url, { ...end, reason: withoutSecret(end.reason, channel.credentials) });
    const isWanted = end.code === 1000 ? unanswered.length + parked.length + this.#queue.size > 0 : mayReopen(end.code);
    const { reconnect } = this.settings;
    if (channel.isEnding || reconnect === false || !isWanted) {
      const lost = [...parked, ...unanswered, ...(this.#channels.size === 0 && !channel.isEnding ? this.#queue : [])];
      for (const pending of lost) this.failed(pending, error);
      this.#rest(end);
      return;
    }
    for (const pending of unanswered) if (!pending.user.resume) this.failed(pending, error);
    this.#putBack([...parked, ...unanswered].filter((pending) => !pending.isOver));
    this.#isDown = true;
    this.#lostAt = ticks();
    this.#startWait(end);
    this.roomy();
  }

  #open(): void {
    const channel = new Channel(this);
    this.#opening = channel;
    this.#attempt++;
    this.#tell({ status: "connecting", attempt: this.#attempt });
    this.#connect(channel).then(
      (socket) => channel.attach(socket),
      (cause: unknown) => channel.drop("could not be opened", cause),
    );
  }

  async #connect(channel: Channel): Promise<WebSocketLike> {
    const { headers: given, auth, maxPayload, egress, createWebSocket } = this.settings;
    if (auth !== undefined) {
      channel.token = await accessToken(auth, { signals: [channel.signal], timeoutMs: tokenTimeoutMs, url: this.url });
      if (channel.token === this.#refused) throw finalRefusal(this.url, { status: 401 });
    }
    channel.begin();
    const headers = await headersWith(given, channel.token);
    channel.credentials = credentialsIn(headers);
    const create = createWebSocket ?? (await import("#websocket")).createWebSocket;
    const guard = egress !== undefined && { egress: ownWord(this.url, egress) };
    return create(this.url, { headers: Object.fromEntries(headers), maxPayload, ...guard });
  }

  #openIfNeeded(): void {
    if (this.#queue.size === 0 || this.#opening !== undefined || this.#wait !== undefined || this.#isClosed) return;
    if (this.#channels.size >= this.settings.maxConnections) return;
    for (const channel of this.#channels) if (!channel.isFull && !channel.isEnding) return;
    this.#open();
  }

  #notOpened({ isEnding, token }: Channel, end: SocketEnd) {
    this.#opening = undefined;
    if (isEnding || this.#isClosed) return this.#rest(end);
    if (end.status === 401 && token !== undefined && this.#mayRenew(token)) return this.#open();
    this.#refused = undefined;
    const { reconnect, initialAttempts } = this.settings;
    const most = reconnect === false ? 1 : this.#wasOpen ? reconnect.attempts : initialAttempts;
    const cause = isAsapError(end.cause) ? end.cause : undefined;
    const isPassing = this.#wasOpen && cause?.code === "asap:auth/unavailable";
    const refusal = isPassing ? undefined : (cause ?? finalRefusal(this.url, end));
    const error = refusal ?? (this.#attempt >= most ? (cause ?? connectionFailed(this.url, end)) : undefined);
    if (this.#channels.size > 0 || error === undefined) return this.#startWait(end);
    for (const pending of [...this.#pending]) this.failed(pending, error);
    this.#rest(end);
  }

  /** Tells of a token that an upgrade was refused for, and whether another one may be tried at once. */
  #mayRenew(token: string): boolean {
    this.#refuse(token);
    const isFirst = this.#refused === undefined;
    this.#refused = token;
    return isFirst;
  }

  #refuse(token: string): void {
    const { auth } = this.settings;
    if (auth !== undefined) tellRefused(auth, token);
  }

  /** Nothing is lost for the time being: open again only when there is a message. */
  #rest(end: SocketEnd): void {
    if (this.#channels.size === 0 && this.#opening === undefined && this.#wait === undefined) {
      this.#attempt = 0;
      this.#isDown = false;
      this.#backoff.reset();
      this.#tell(this.#isClosed ? { status: "closed", closeCode: end.code } : { status: "idle" });
    }
    this.roomy();
  }

  #startWait(end: SocketEnd): void {
    if (this.#wait !== undefined || this.#opening !== undefined || this.#isClosed) return;
    const isRenewed = this.settings.auth !== undefined && isTokenEnd(end);
    const delayMs = this.#backoff.next(isRenewed ? undefined : end.code);
    this.#wait = setTimeout(() => this.#waited(), delayMs);
    setKeepsAlive(this.#wait, this.#isNeeded());
    this.#tell({ status: "waiting", attempt: this.#attempt + 1, delayMs, closeCode: end.code });
  }

  #waited() {
    this.#wait = undefined;
    if (this.#channels.size > 0) return this.roomy();
    const isUnused = ticks() - this.#lostAt >= this.settings.idleMs;
    if (this.#isNeeded() || !isUnused) this.#open();
    else this.#rest({ code: 1006, reason: "" });
  }

  /** Whether somebody waits for an answer or for pushes. */
  #isNeeded(): boolean {
    if (this.#pending.size > 0) return true;
    for (const user of this.users) if (user.listeners.size > 0) return true;
    return false;
  }

  #roomyChannel(): Channel | undefined {
    for (const channel of this.#channels) if (channel.isRoomy) return channel;
    return undefined;
  }

  #putBack(pendings: readonly Pending[]): void {
    if (pendings.length === 0) return;
    const later = [...this.#queue];
    this.#queue.clear();
    for (const pending of [...pendings, ...later]) this.#queue.add(pending);
  }

  #remove(pending: Pending): void {
    this.#pending.delete(pending);
    if (pending.channel === undefined) this.#queue.delete(pending);
    else pending.channel.forget(pending);
    const { onUpdate, envelopeId } = pending.message;
    if (onUpdate !== undefined && this.#updated.get(envelopeId) === pending) this.#updated.delete(envelopeId);
    if (this.#wait !== undefined && this.#pending.size === 0) setKeepsAlive(this.#wait, this.#isNeeded());
  }

  #tell(state: ConnectionState): void {
    this.#state = this.#channels.size > 0 ? { status: "open" } : state;
    for (const user of [...this.users]) {
      try {
        user.connection.set(this.#state);
      } catch (cause) {
        user.fault(threw("A listener of the connection", cause));
      }
    }
  }
}

function hand(listener: (envelope: unknown) => void, envelope: unknown, user: LineUser): void {
  try {
    listener(envelope);
  } catch (cause) {
    user.fault(threw("A listener of pushes", cause));
  }
}

const threw = (who: string, cause: unknown): AsapError =>
  new AsapError("asap:rpc/internal_error", { message: `${who} threw.`, cause });

import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Agent } from "../agent.js";
import { type Identity, isRefusal } from "../auth/guard.js";
import { type SessionLimits, type SessionSocket, WebSocketSession } from "./websocket-session.js";

/** Bounds and times of the connections of a server, checked, with every default filled in. */
export interface ConnectionSettings extends SessionLimits {
  readonly maxConnections: number;
  readonly pingMs: number;
  readonly staleMs: number;
  readonly highWaterBytes: number;
  readonly maxBufferedBytes: number;
  readonly slowReaderMs: number;
}

const closeMs = 1_000;
/** Time after which the token of a live connection is judged again, in milliseconds. */
const rejudgeMs = 60_000;

/** Milliseconds of the clock that never jumps. */
export const ticks = (): number => performance.now();

/** A connection: what ws knows of it, and what this server does. */
export class Connection implements SessionSocket {
  readonly socket: WebSocket;
  readonly session: WebSocketSession;
  seenAt = ticks();
  pingAt: number;
  readonly #duplex: Duplex;
  readonly #service: Connections;
  #unflushed = 0;
  #isCorked = false;
  #slowSince: number | undefined;
  #waiting: Promise<void> | undefined;
  #resume: (() => void) | undefined;
  #closing: ReturnType<typeof setTimeout> | undefined;
  readonly #admitted: Admitted;
  #judgedAt = ticks();

  constructor(socket: WebSocket, duplex: Duplex, service: Connections, admitted: Admitted) {
    this.socket = socket;
    this.#duplex = duplex;
    this.#service = service;
    this.pingAt = this.seenAt + service.settings.pingMs;
    this.#admitted = admitted;
    this.session = new WebSocketSession(service.agent, this, service.settings, admitted, ticks);
  }

  send(frame: string): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#duplex.cork();
      this.#service.flushLater(this);
    }
    this.socket.send(frame);
    this.#unflushed += frame.length;
    if (this.#unflushed > this.#service.settings.highWaterBytes) this.flush();
  }

  /** Writes what was sent in this turn, in one piece. */
  flush(): void {
    if (this.#isCorked) {
      this.#isCorked = false;
      this.#unflushed = 0;
      this.#duplex.uncork();
    }
    const { highWaterBytes, maxBufferedBytes } = this.#service.settings;
    const buffered = this.socket.bufferedAmount;
    if (buffered <= highWaterBytes) return;
    if (buffered > maxBufferedBytes) this.close(1013, "Reader too slow");
    else if (this.#slowSince === undefined) {
      this.#slowSince = ticks();
      this.socket.pause();
      this.#duplex.once("drain", () => this.#drained());
    }
  }

  #drained(): void {
    if (this.#slowSince === undefined) return;
    if (this.socket.bufferedAmount > this.#service.settings.highWaterBytes / 4) return;
    this.#slowSince = undefined;
    this.seenAt = ticks();
    this.socket.resume();
    this.#resume?.();
    this.#resume = undefined;
    this.#waiting = undefined;
  }

  ready(): Promise<void> | undefined {
    if (this.#isCorked && this.#unflushed > this.#service.settings.highWaterBytes / 4) this.flush();
    if (this.#slowSince === undefined) return undefined;
    this.#waiting ??= new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
    return this.#waiting;
  }

  close(code: number, reason: string): void {
    if (this.#closing !== undefined) return;
    this.#service.agent.log.debug?.("asap.websocket.closing", { code, reason, peer: this.session.peer });
    this.session.end();
    if (this.#isCorked) {
      this.#isCorked = false;
      this.#duplex.uncork();
    }
    if (this.socket.isPaused) this.socket.resume();
    this.socket.close(code, reason);
    this.#closing = setTimeout(() => this.socket.terminate(), closeMs);
  }

  /** Told that the connection is gone. */
  ended(): void {
    clearTimeout(this.#closing);
    this.session.end();
    this.#resume?.();
  }

  /** Looks after the connection: closes one that is stale or slow for too long, and pings. */
  tend(now: number): void {
    if (this.#closing !== undefined) return;
    const { staleMs, pingMs, slowReaderMs } = this.#service.settings;
    if (this.session.endExpired()) return;
    this.#judgeAgain(now);
    if (this.#slowSince !== undefined) {
      this.#drained();
      if (this.#slowSince !== undefined && now - this.#slowSince >= slowReaderMs) this.close(1013, "Reader too slow");
      return;
    }
    if (now - this.seenAt >= staleMs) {
      this.close(1001, "");
      return;
    }
    if (now < this.pingAt) return;
    this.pingAt = now + pingMs;
    this.send('{"type": "ping"}');
    this.socket.ping();
  }

  /** Has the token of the connection judged again once a minute, so that one revoked with its key ends it. */
  #judgeAgain(now: number): void {
    const { agent, scope } = this.#service;
    const { authorization, identity } = this.#admitted;
    if (identity === undefined || scope === null || now - this.#judgedAt < rejudgeMs) return;
    this.#judgedAt = now;
    Promise.resolve(agent.guard?.admit(authorization, scope)).then((judged) => {
      if (judged !== undefined && isRefusal(judged) && judged.status !== 503) this.close(1008, "Token no longer valid");
    });
  }
}

/** Who a connection was opened by. */
export interface Admitted {
  readonly authorization: string | undefined;
  readonly identity: Identity | undefined;
}

/** The open connections of a server and what they share. */
export class Connections {
  readonly agent: Agent;
  readonly settings: ConnectionSettings;
  readonly scope: string | null;
  readonly open = new Set<Connection>();
  readonly #unflushed: Connection[] = [];
  readonly #flush = (): void => {
    for (const connection of this.#unflushed.splice(0)) connection.flush();
  };

  /** @param scope Scope of the route; null for an open one. */
  constructor(agent: Agent, settings: ConnectionSettings, scope: string | null) {
    this.agent = agent;
    this.settings = settings;
    this.scope = scope;
  }

  flushLater(connection: Connection): void {
    if (this.#unflushed.push(connection) === 1) setImmediate(this.#flush);
  }
}

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
    if (this.#admitted.identity !== undefined && now - this.#judgedAt >= rejudgeMs) this.#service.judgeLater(this);
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

  /**
   * Judges the token of the connection again, so that one that was revoked ends it.
   *
   * @returns Whether it could be judged.
   */
  async judgeAgain(): Promise<boolean> {
    const { agent, scope } = this.#service;
    if (agent.guard === undefined || scope === null) return true;
    const judged = await agent.guard.admit(this.#admitted.authorization, scope);
    if (isRefusal(judged)) {
      if (judged.status === 503) return false;
      this.close(1008, "Token no longer valid");
    } else this.session.renew(judged);
    this.#judgedAt = ticks();
    return true;
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
  /** Connections whose token is to be judged again, those that have waited longest first. */
  readonly #due = new Set<Connection>();
  #isJudging = false;
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

  /** Has the token of a connection judged again when it is its turn. */
  judgeLater(connection: Connection): void {
    this.#due.add(connection);
    if (!this.#isJudging) void this.#judgeDue();
  }

  /**
   * Judges one token at a time, so that requests find room at the issuer. Where a token cannot be judged, the others wait
   * until they are looked after again.
   */
  async #judgeDue(): Promise<void> {
    this.#isJudging = true;
    for (const connection of this.#due) {
      this.#due.delete(connection);
      if (this.open.has(connection) && !(await connection.judgeAgain().catch(() => false))) break;
    }
    this.#isJudging = false;
  }
}

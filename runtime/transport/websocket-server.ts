import { isAscii } from "node:buffer";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Agent } from "../agent.js";
import { invalidOption } from "../invalid-option.js";
import type { OriginCheck } from "./origin.js";
import { asksForWebSocket, refuseUpgrade, serveWithoutUpgrade, type UpgradeRefusal } from "./upgrade.js";
import { type SessionLimits, type SessionSocket, WebSocketSession } from "./websocket-session.js";

/** The parts of an upgrade request that say who asks. */
export interface UpgradeRequest {
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
  readonly origin: string | undefined;
  /** Path and query as sent. */
  readonly target: string;
  readonly clientAddress: string;
}

/** How an agent is served over WebSocket. */
export interface WebSocketServeOptions extends Partial<SessionLimits> {
  /** Most connections at once. Default 10,000. */
  readonly maxConnections?: number;
  /** Time between pings to a peer, in milliseconds. Default 30,000. */
  readonly pingMs?: number;
  /** How long a connection without any received frame lasts, in milliseconds. Default 90,000. */
  readonly staleMs?: number;
  /** Unsent bytes from which a connection counts as slow: nothing more is read from it and streams wait. Default 1,048,576. */
  readonly highWaterBytes?: number;
  /** Unsent bytes from which a slow connection is closed at once with 1013. Default 16,777,216. */
  readonly maxBufferedBytes?: number;
  /** How long a connection may stay slow before it is closed with 1013, in milliseconds. Default 10,000. */
  readonly slowReaderMs?: number;
  /**
   * Judges an upgrade by its credentials before the connection exists. Default: every upgrade is taken, and the agent's
   * own `auth` judges each message.
   *
   * @returns Nothing to take it, or the HTTP answer that refuses it.
   */
  readonly authorize?: (request: UpgradeRequest) => UpgradeRefusal | undefined | Promise<UpgradeRefusal | undefined>;
}

/** The WebSocket side of a server. */
export interface WebSocketService {
  /** Closes every connection with 1001 and `Server shutting down`; ends those that do not close within a second. */
  close(): Promise<void>;
}

type Settings = Required<Omit<WebSocketServeOptions, "authorize">>;

const closeMs = 1_000;
const shutdownReason = "Server shutting down";

/** Milliseconds of the clock that never jumps. */
const ticks = (): number => performance.now();

/** A connection: what ws knows of it, and what this server does. */
class Connection implements SessionSocket {
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

  constructor(socket: WebSocket, duplex: Duplex, service: Connections, authorization: string | undefined) {
    this.socket = socket;
    this.#duplex = duplex;
    this.#service = service;
    this.pingAt = this.seenAt + service.settings.pingMs;
    this.session = new WebSocketSession(service.agent, this, service.settings, authorization, ticks);
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
}

/** The open connections of a server and what they share. */
class Connections {
  readonly agent: Agent;
  readonly settings: Settings;
  readonly open = new Set<Connection>();
  readonly #unflushed: Connection[] = [];
  readonly #flush = (): void => {
    for (const connection of this.#unflushed.splice(0)) connection.flush();
  };

  constructor(agent: Agent, settings: Settings) {
    this.agent = agent;
    this.settings = settings;
  }

  flushLater(connection: Connection): void {
    if (this.#unflushed.push(connection) === 1) setImmediate(this.#flush);
  }
}

/**
 * Serves an agent over WebSocket on an HTTP server (wire section 9).
 *
 * @param check Judges Host and Origin of an upgrade.
 * @throws AsapError `asap:config/invalid_option`.
 */
export async function serveWebSocket(
  server: HttpServer,
  agent: Agent,
  options: WebSocketServeOptions,
  check: OriginCheck,
): Promise<WebSocketService> {
  const { WebSocketServer, WebSocket: BaseSocket } = await import("ws");
  const settings = settingsOf(options, agent);
  const path = agent.protocol.routes["websocket"]?.path;
  const connections = new Connections(agent, settings);
  const { open } = connections;
  let isClosed = false;
  /** Upgrades whose credentials are being judged. */
  let judging = 0;

  /** A ws socket that knows its connection, so that all of them share their listeners. */
  class LinkedSocket extends BaseSocket {
    connection: Connection | undefined;
  }
  const accepting = new WebSocketServer<typeof LinkedSocket>({
    noServer: true,
    clientTracking: false,
    handleProtocols: () => false,
    WebSocket: LinkedSocket,
    maxPayload: Math.ceil(settings.maxMessageBytes * 1.6),
    maxFragments: 4_096,
    perMessageDeflate: { threshold: 1_024, serverNoContextTakeover: true, clientNoContextTakeover: true },
  });

  function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
    const { connection } = this as LinkedSocket;
    if (connection === undefined) return;
    connection.seenAt = ticks();
    if (isBinary) {
      connection.close(1001, "");
      return;
    }
    const bytes = data as Buffer;
    if (bytes.byteLength > settings.maxMessageBytes) connection.session.receiveTooLarge(bytes.byteLength);
    else connection.session.receive(bytes.toString(isAscii(bytes) ? "latin1" : "utf8"));
  }
  function onSeen(this: WebSocket): void {
    const { connection } = this as LinkedSocket;
    if (connection !== undefined) connection.seenAt = ticks();
  }
  function onClose(this: WebSocket, code: number): void {
    const { connection } = this as LinkedSocket;
    if (connection === undefined) return;
    open.delete(connection);
    removers.get(connection)?.();
    connection.ended();
    agent.log.debug?.("asap.websocket.closed", { code, peer: connection.session.peer });
  }
  const onError = (): void => {};
  const removers = new WeakMap<Connection, () => void>();

  const accept = (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    accepting.handleUpgrade(request, duplex, head, (socket) => {
      const connection = new Connection(socket, duplex, connections, request.headers.authorization);
      socket.connection = connection;
      socket.on("message", onMessage);
      socket.on("ping", onSeen);
      socket.on("pong", onSeen);
      socket.on("close", onClose);
      socket.on("error", onError);
      open.add(connection);
      removers.set(connection, agent.addAudience(connection.session));
      agent.log.debug?.("asap.websocket.opened", { connections: open.size });
    });
  };

  /** Why an upgrade is refused before its credentials are looked at. */
  const refusalOf = (request: IncomingMessage): UpgradeRefusal | undefined => {
    const target = (request.url ?? "").replace(/^https?:\/\/[^/?#]*/i, "").replace(/\?.*$/s, "");
    if (path === undefined || target !== path) return { status: 403 };
    const foreign = check(request.headers.host, request.headers.origin);
    if (foreign !== undefined) return { status: 403, body: { detail: foreign } };
    if (isClosed || open.size + judging >= settings.maxConnections)
      return { status: 503, headers: ["retry-after", "1"] };
    return undefined;
  };

  const onUpgrade = async (request: IncomingMessage, duplex: Duplex, head: Buffer): Promise<void> => {
    duplex.on("error", onError);
    let refusal = refusalOf(request);
    if (refusal === undefined && options.authorize !== undefined) {
      const { headers, socket, url = "" } = request;
      const { authorization, origin } = headers;
      judging += 1;
      try {
        const asked = { authorization, origin, target: url, clientAddress: socket.remoteAddress ?? "" };
        refusal = await options.authorize(asked);
      } catch (cause) {
        agent.log.error?.("asap.websocket.authorize_failed", { error: cause });
        refusal = { status: 500 };
      }
      judging -= 1;
      refusal ??= refusalOf(request);
    }
    duplex.removeListener("error", onError);
    if (refusal === undefined) accept(request, duplex, head);
    else refuseUpgrade(duplex, refusal);
  };
  server.on("upgrade", (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    if (asksForWebSocket(request)) void onUpgrade(request, duplex, head);
    else serveWithoutUpgrade(server, request, duplex, head);
  });

  const tending = setInterval(
    () => {
      const now = ticks();
      for (const connection of open) connection.tend(now);
    },
    Math.max(5, Math.min(1_000, settings.pingMs / 4, settings.staleMs / 4, settings.slowReaderMs / 4)),
  );
  tending.unref();

  return {
    async close() {
      isClosed = true;
      clearInterval(tending);
      for (const connection of open) connection.close(1001, shutdownReason);
      await Promise.all([...open].map(({ socket }) => new Promise((resolve) => socket.once("close", resolve))));
    },
  };
}

function settingsOf(options: WebSocketServeOptions, agent: Agent): Settings {
  const { limits } = agent.protocol;
  const { authorize: _, ...given } = options;
  const settings: Settings = {
    maxMessageBytes: Number(limits["websocket_max_message_bytes"] ?? 10_485_760),
    messagesPerSecond: Number(limits["websocket_messages_per_second"] ?? Number.POSITIVE_INFINITY),
    maxInFlight: 256,
    maxConnections: 10_000,
    pingMs: Number(limits["websocket_ping_seconds"] ?? 30) * 1_000,
    staleMs: Number(limits["websocket_stale_seconds"] ?? 90) * 1_000,
    highWaterBytes: 1_048_576,
    maxBufferedBytes: 16_777_216,
    slowReaderMs: 10_000,
    ...given,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value !== "number" || !(value > 0)) throw invalidOption(`websocket.${name}`, "must be a number above 0");
  }
  return settings;
}

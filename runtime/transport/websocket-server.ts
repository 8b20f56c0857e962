import { isAscii } from "node:buffer";
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Agent } from "../agent.js";
import { refusalHeaders } from "../auth/challenge.js";
import { type Identity, isRefusal } from "../auth/guard.js";
import { withDeadline } from "../deadline.js";
import { isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { authorizationOf } from "./credentials.js";
import type { OriginCheck } from "./origin.js";
import { asksForWebSocket, refuseUpgrade, serveWithoutUpgrade, type UpgradeRefusal } from "./upgrade.js";
import { Connection, type ConnectionSettings, Connections, ticks } from "./websocket-connection.js";
import type { SessionLimits } from "./websocket-session.js";

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
   * Judges an upgrade before the connection exists, after the guard of the agent, where it has one. It has 10 seconds.
   * Default: every upgrade is taken.
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

/** What a WebSocket service shares with the HTTP server. */
export interface UpgradeFace {
  /** Judges Host and Origin of an upgrade. */
  readonly check: OriginCheck;
  /** Where the metadata of the protected resource is served. */
  metadataUrl(): string | undefined;
}

const longestJudgingMs = 10_000;
const shutdownReason = "Server shutting down";

/**
 * Serves an agent over WebSocket on an HTTP server (wire section 9).
 *
 * @throws AsapError `asap:config/invalid_option`.
 */
export async function serveWebSocket(
  server: HttpServer,
  agent: Agent,
  options: WebSocketServeOptions,
  { check, metadataUrl }: UpgradeFace,
): Promise<WebSocketService> {
  const { WebSocketServer, WebSocket: BaseSocket } = await import("ws");
  const settings = settingsOf(options, agent);
  const route = agent.protocol.routes["websocket"];
  const path = route?.path;
  const scope = (route && agent.guard?.scopeOfRoute(route)) ?? null;
  const connections = new Connections(agent, settings, scope);
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

  const accept = (request: IncomingMessage, duplex: Duplex, head: Buffer, identity: Identity | undefined): void => {
    accepting.handleUpgrade(request, duplex, head, (socket) => {
      const authorization = authorizationOf(request);
      const connection = new Connection(socket, duplex, connections, { authorization, identity });
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
    let identity: Identity | undefined;
    if (refusal === undefined && (scope !== null || options.authorize !== undefined)) {
      judging += 1;
      try {
        const judged = await judge(request);
        if (judged !== undefined && "status" in judged) refusal = judged;
        else identity = judged;
      } catch (cause) {
        agent.log.error?.("asap.websocket.authorize_failed", { error: cause });
        refusal = { status: isAsapError(cause) ? 503 : 500 };
      }
      judging -= 1;
      refusal ??= refusalOf(request);
    }
    duplex.removeListener("error", onError);
    if (refusal === undefined) accept(request, duplex, head, identity);
    else refuseUpgrade(duplex, refusal);
  };

  /** Who asks for an upgrade, or why it is refused: by the guard of the agent, then by the option. */
  const judge = async (request: IncomingMessage): Promise<Identity | UpgradeRefusal | undefined> => {
    const { headers, socket, url = "" } = request;
    const authorization = authorizationOf(request);
    const { origin } = headers;
    const judged = scope === null ? undefined : await agent.guard?.admit(authorization, scope);
    if (judged !== undefined && isRefusal(judged)) {
      return { status: judged.status, headers: refusalHeaders(judged, metadataUrl()), body: { detail: judged.detail } };
    }
    const { authorize } = options;
    if (authorize === undefined) return judged;
    const asked = { authorization, origin, target: url, clientAddress: socket.remoteAddress ?? "" };
    return (await withDeadline(async () => authorize(asked), { timeoutMs: longestJudgingMs })) ?? judged;
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

function settingsOf(options: WebSocketServeOptions, agent: Agent): ConnectionSettings {
  const { limits } = agent.protocol;
  const { authorize: _, ...given } = options;
  const settings: ConnectionSettings = {
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

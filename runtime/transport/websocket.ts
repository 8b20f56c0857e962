import { checkCredentials } from "../access-token.js";
import { type BreakerOptions, createBreaker, type Pass } from "../breaker.js";
import { createConnection } from "../connection.js";
import { AsapError, isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { webSocketUrls } from "../websocket-url.js";
import type { ClientMessage, ClientReply, ClientTransport } from "./transport.js";
import type { LineUser } from "./websocket-line.js";
import type { WebSocketTransportOptions } from "./websocket-options.js";
import { Pending } from "./websocket-pending.js";
import { createWebSocketPool, pooledLine } from "./websocket-pool.js";

export type { AckOptions, ReconnectOptions, WebSocketTransportOptions } from "./websocket-options.js";
export { createWebSocketPool, type WebSocketPool, type WebSocketPoolOptions } from "./websocket-pool.js";
export type {
  CreateWebSocket,
  UpgradeAnswer,
  WebSocketEvent,
  WebSocketLike,
  WebSocketParameters,
} from "./websocket-socket.js";

/**
 * Makes the WebSocket way to an agent. Nothing is opened before the first message or listener. Many requests are under
 * way at once; a lost connection is opened again and what was not answered is sent again, the same envelope under a new
 * JSON-RPC id.
 *
 * @param url URL of the agent, `http`, `https`, `ws` or `wss`, with or without `/asap` or `/asap/ws` at its end.
 * @param options See {@link WebSocketTransportOptions}.
 * @returns The transport. Its `send` throws AsapError `asap:transport/connection_failed`, `http_status`, `queue_full`,
 * `ack_timeout`, `remote_error` for a rejecting acknowledgement, `invalid_response`, `aborted`, `timeout`,
 * `circuit_open`, `asap:config/missing_package`, or what the token source throws.
 * @throws AsapError `asap:config/invalid_option`, `asap:transport/insecure_url`.
 * @see ASAP 1.1, sections 9.2 to 9.6
 */
export function connectWebSocket(url: string | URL, options: WebSocketTransportOptions = {}): ClientTransport {
  const { socketUrl: target } = webSocketUrls(url, options, "/asap", options.socketPath ?? "/asap/ws");
  checkCredentials(options);
  const { whileDisconnected = "queue", resume = true, now = Date.now, onFault } = options;
  if (whileDisconnected !== "queue" && whileDisconnected !== "fail")
    throw invalidOption("whileDisconnected", "is neither queue nor fail");
  const breaker = breakerOf(target, options.breaker, now);
  const pool = options.pool ?? createWebSocketPool();
  let closing: Promise<void> | undefined;

  const listeners = new Set<(envelope: unknown) => void>();
  const connection = createConnection("websocket");
  const user: LineUser = {
    connection,
    listeners,
    resume,
    failsWhileDown: whileDisconnected === "fail",
    drop: (pending, error) => line.failed(pending, error),
    fault(error) {
      try {
        onFault?.(error);
      } catch {
        // There is nobody left to tell.
      }
    },
  };
  const pooled = pooledLine(target, { ...options, pool });
  if (pooled === undefined) throw invalidOption("pool", "was not made by createWebSocketPool");
  const { line, leave } = pooled;
  line.join(user);

  function deliver(message: ClientMessage): Promise<ClientReply> {
    if (closing !== undefined) {
      return Promise.reject(new AsapError("asap:transport/aborted", { message: "The transport was closed." }));
    }
    const pending = new Pending(message, user);
    line.send(pending);
    return pending.promise;
  }

  async function close(): Promise<void> {
    listeners.clear();
    await leave(user);
    connection.set({ status: "closed" });
  }

  return {
    url: target,
    acknowledges: true,
    connection,
    send(message) {
      if (breaker === undefined) return deliver(message);
      try {
        return judged(deliver, message, breaker.enter());
      } catch (error) {
        return Promise.reject(error);
      }
    },
    onPush(listener) {
      const taken = (envelope: unknown) => listener(envelope);
      if (closing !== undefined) return () => {};
      listeners.add(taken);
      line.listen();
      return () => {
        if (listeners.delete(taken)) line.listen();
      };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Tells the breaker how a call went. */
async function judged(
  deliver: (message: ClientMessage) => Promise<ClientReply>,
  message: ClientMessage,
  pass: Pass,
): Promise<ClientReply> {
  try {
    const reply = await deliver(message);
    pass.succeeded();
    return reply;
  } catch (error) {
    if (isAsapError(error) && /^asap:(?:transport\/aborted$|auth\/)/.test(error.code)) pass.givenUp();
    else pass.failed();
    throw error;
  }
}

function breakerOf(url: string, option: BreakerOptions | boolean | undefined, now: () => number) {
  if (option === undefined || option === false) return undefined;
  return createBreaker(url, option === true ? {} : option, now);
}

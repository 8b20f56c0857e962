import { type Connection, createConnection } from "./connection.js";
import { abortedError } from "./deadline.js";
import { isAsapError } from "./error.js";
import type { ClientMessage, ClientReply, ClientTransport } from "./transport/transport.js";

/** What the choice between HTTP and WebSocket is made of. */
export interface AutoParts {
  readonly http: ClientTransport;
  /**
   * Asks where the agent offers WebSocket.
   *
   * @returns The address; null where it offers none; undefined where it could not be asked, so that it is asked again.
   */
  readonly offered: () => Promise<string | null | undefined>;
  /** Makes the way to that address. */
  readonly webSocket: (address: string) => Promise<ClientTransport>;
}

/** A transport that decides at its first message, and the decision. */
export interface AutoTransport {
  readonly transport: ClientTransport;
  /** Decides, once; never rejects. */
  readonly ready: () => Promise<void>;
}

/**
 * Makes a way to an agent that goes over WebSocket where the agent offers it and over HTTP otherwise. A WebSocket that
 * cannot be opened at first is given up for good; one that was open stays the way, whatever becomes of it.
 *
 * @param parts See {@link AutoParts}.
 */
export function autoTransport({ http, offered, webSocket }: AutoParts): AutoTransport {
  const control = createConnection("http");
  const listeners = new Set<(envelope: unknown) => void>();
  let current = http;
  let deciding: Promise<void> | undefined;
  let isOpened = false;
  let isClosed = false;
  let unwatch = () => {};
  let stopPushes: (() => void) | undefined;

  const connection: Connection = {
    get transport() {
      return current.connection.transport;
    },
    get state() {
      return control.state;
    },
    watch: control.watch,
    [Symbol.asyncIterator]: () => control[Symbol.asyncIterator](),
  };

  function take(socket: ClientTransport): void {
    current = socket;
    isOpened = socket.connection.state.status === "open";
    unwatch = socket.connection.watch((state) => {
      isOpened ||= state.status === "open";
      control.set(state);
    });
    listen();
  }

  /** Listens to the WebSocket while anybody listens here. */
  function listen(): void {
    if (current === http || listeners.size === 0) return;
    stopPushes ??= current.onPush((envelope) => {
      for (const listener of [...listeners]) listener(envelope);
    });
  }

  async function giveUp(socket: ClientTransport): Promise<void> {
    if (current !== socket) return;
    current = http;
    unwatch();
    if (!isClosed) control.set({ status: "idle" });
    await socket.close();
  }

  async function decide(): Promise<void> {
    const address = await offered();
    if (address === undefined) deciding = undefined;
    if (address === undefined || address === null) return;
    const socket = await webSocket(address);
    if (isClosed) await socket.close();
    else take(socket);
  }

  async function overSocket(socket: ClientTransport, message: ClientMessage): Promise<ClientReply> {
    const attempt = new AbortController();
    const onAbort = () => attempt.abort(abortedError(message.signal));
    message.signal.addEventListener("abort", onAbort, { once: true });
    let isLost = false;
    const stop = socket.connection.watch(({ status }) => {
      if (isOpened || isClosed || (status !== "waiting" && status !== "closed")) return;
      isLost = true;
      attempt.abort();
    });
    try {
      return await socket.send({ ...message, signal: attempt.signal });
    } catch (error) {
      if (message.signal.aborted || isOpened || isClosed || !(isLost || cannotOpen(error))) throw error;
      await giveUp(socket);
      return http.send(message);
    } finally {
      stop();
      message.signal.removeEventListener("abort", onAbort);
    }
  }

  return {
    ready: () => {
      deciding ??= decide().catch(() => undefined);
      return deciding;
    },
    transport: {
      url: http.url,
      get acknowledges() {
        return current.acknowledges;
      },
      connection,
      async send(message) {
        return current === http || isOpened ? current.send(message) : overSocket(current, message);
      },
      onPush(listener) {
        const own = (envelope: unknown) => listener(envelope);
        listeners.add(own);
        listen();
        return () => {
          if (!listeners.delete(own) || listeners.size > 0) return;
          stopPushes?.();
          stopPushes = undefined;
        };
      },
      async close() {
        isClosed = true;
        await Promise.all([...new Set([http, current])].map((each) => each.close()));
        control.set({ status: "closed" });
      },
    },
  };
}

const reasonsNotToOpen = new Set([
  "asap:transport/connection_failed",
  "asap:transport/http_status",
  "asap:config/missing_package",
  "asap:config/invalid_option",
]);

const cannotOpen = (error: unknown): boolean => isAsapError(error) && reasonsNotToOpen.has(error.code);

/** How the way to a peer fares. */
export type ConnectionState =
  /** Nothing is open and nothing needs to be: the next message opens a connection. HTTP stays here. */
  | { readonly status: "idle" }
  /** A connection is being opened; `attempt` counts from 1 since the last one that was open. */
  | { readonly status: "connecting"; readonly attempt: number }
  | { readonly status: "open" }
  /** The connection was lost or could not be opened; the next attempt begins in `delayMs` milliseconds. */
  | { readonly status: "waiting"; readonly attempt: number; readonly delayMs: number; readonly closeCode?: number }
  /** Closed by this side, or for good by the peer. */
  | { readonly status: "closed"; readonly closeCode?: number };

/** The state of a way to a peer, as a value that can be watched. Iterating gives the present state and every later one. */
export interface Connection extends AsyncIterable<ConnectionState> {
  readonly transport: "http" | "websocket" | "memory";
  readonly state: ConnectionState;
  /**
   * Calls back at every change, in order. What the listener throws is dropped.
   *
   * @returns Stops watching.
   */
  watch(listener: (state: ConnectionState) => void): () => void;
}

/** A {@link Connection} and the right to change its state. */
export interface ConnectionControl extends Connection {
  /** Changes the state; nothing changes after `closed`, which also ends every iteration. */
  set(state: ConnectionState): void;
}

/** Most states an iteration that is not read keeps; the oldest are dropped. */
const mostUnread = 100;

/** Makes a connection in the state `idle`. */
export function createConnection(transport: Connection["transport"]): ConnectionControl {
  let state: ConnectionState = { status: "idle" };
  const listeners = new Set<(state: ConnectionState) => void>();
  return {
    transport,
    get state() {
      return state;
    },
    watch(listener) {
      const own = (next: ConnectionState) => listener(next);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    set(next) {
      if (
        state.status === "closed" ||
        (state.status === next.status && next.status !== "waiting" && next.status !== "connecting")
      )
        return;
      state = next;
      for (const listener of [...listeners]) tell(listener, next);
    },
    [Symbol.asyncIterator]() {
      const unread: ConnectionState[] = [state];
      let waiting: ((result: IteratorResult<ConnectionState>) => void) | undefined;
      let ended = false;
      const listener = (next: ConnectionState) => {
        unread.push(next);
        if (unread.length > mostUnread) unread.shift();
        flush();
      };
      const end = () => {
        ended = true;
        listeners.delete(listener);
        waiting?.({ done: true, value: undefined });
        waiting = undefined;
      };
      const flush = () => {
        if (waiting === undefined || unread.length === 0) return;
        const resolve = waiting;
        waiting = undefined;
        resolve({ done: false, value: unread.shift() as ConnectionState });
      };
      listeners.add(listener);
      return {
        next() {
          if (ended) return Promise.resolve({ done: true as const, value: undefined });
          if (unread.length === 0 && state.status === "closed") {
            end();
            return Promise.resolve({ done: true as const, value: undefined });
          }
          return new Promise<IteratorResult<ConnectionState>>((resolve) => {
            waiting?.({ done: true, value: undefined });
            waiting = resolve;
            flush();
          });
        },
        async return() {
          end();
          return { done: true as const, value: undefined };
        },
      };
    },
  };
}

function tell(listener: (state: ConnectionState) => void, state: ConnectionState): void {
  try {
    listener(state);
  } catch {
    return;
  }
}

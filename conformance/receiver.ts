import { createServer, type IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import { asObject } from "./documents.js";

/** A request that the suite's receiver got. */
export interface Arrival {
  readonly method: string;
  /** Path after that of the inbox: empty for the callback itself, `/redirected` for where it redirects to. */
  readonly below: string;
  /** Values of headers, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** When it began, in milliseconds as `performance.now` counts. */
  readonly beganAt: number;
  /** When it was answered, in the same. */
  readonly answeredAt: number;
}

/** What the suite waits for after a request that names a callback, and how the callback answers. */
export interface Callback {
  /** Name of the inbox that the URL in the request leads to. */
  readonly inbox: string;
  /**
   * Statuses for the deliveries of one event, in order: 0 ends the connection, 3xx redirects to `/redirected` below the
   * inbox. Everything else, and what comes after them, is answered 204.
   */
  readonly answers?: { readonly event: string; readonly statuses: readonly number[] };
  /** Whether enough has arrived. */
  readonly until: (arrivals: readonly Arrival[]) => boolean;
  /** Longest wait after the answer, in milliseconds. */
  readonly forMs: number;
  /** Further wait for what should not arrive, in milliseconds. */
  readonly settleMs?: number;
}

/** What a case may know of the receiver. */
export interface Callbacks {
  /** URL of an inbox. */
  url(inbox: string): string;
  /** Where the receiver is: what an agent must be allowed to reach, and so cannot be seen to refuse. */
  readonly place: "loopback" | "private" | "public";
  /** How many attempts after the first are waited for where waits are judged. */
  readonly retries: number;
}

/** The suite as a receiver of webhooks. */
export interface Receiver {
  readonly url: string;
  readonly place: Callbacks["place"];
  /** Has an inbox answer as it says from now on. */
  open(callback: Callback): void;
  arrivals(inbox: string): readonly Arrival[];
  /** Resolves when something arrives. */
  next(): Promise<void>;
  close(): Promise<void>;
}

interface Inbox {
  readonly arrivals: Arrival[];
  callback: Callback | undefined;
  answered: number;
}

/** Bytes of a body that are read. */
const longestBody = 1_048_576;

/**
 * Starts a receiver of webhooks.
 *
 * @param host Name or address of this host, as the agent reaches it.
 * @param port TCP port, 0 for a free one.
 * @throws Error where it cannot be listened on.
 */
export async function startReceiver(host: string, port: number): Promise<Receiver> {
  const inboxes = new Map<string, Inbox>();
  let wake = () => {};
  let waking = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const inboxOf = (name: string): Inbox => {
    const inbox = inboxes.get(name) ?? { arrivals: [], callback: undefined, answered: 0 };
    inboxes.set(name, inbox);
    return inbox;
  };
  const statusFor = (inbox: Inbox, below: string, body: Buffer): number => {
    const { answers } = inbox.callback ?? {};
    if (answers === undefined || below !== "" || eventIn(body) !== answers.event) return 204;
    inbox.answered += 1;
    return answers.statuses[inbox.answered - 1] ?? 204;
  };
  const server = createServer((request, response) => {
    const beganAt = performance.now();
    const [, name = "", below = ""] = /^\/([^/?#]*)(.*)$/.exec(request.url ?? "") ?? [];
    bodyOf(request).then(
      (body) => {
        const inbox = inboxOf(name);
        const status = statusFor(inbox, below, body);
        if (status === 0) request.socket.destroy();
        else response.writeHead(status, status < 400 && status >= 300 ? { Location: `/${name}/redirected` } : {}).end();
        const headers = Object.fromEntries(
          Object.entries(request.headersDistinct).map(([header, values = []]) => [header, values.join(", ")]),
        );
        const { method = "" } = request;
        inbox.arrivals.push({ method, below, headers, body, beganAt, answeredAt: performance.now() });
        const awake = wake;
        waking = new Promise((resolve) => {
          wake = resolve;
        });
        awake();
      },
      () => response.destroy(),
    );
  });
  const bare = host.replace(/^\[|\]$/g, "");
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, bare, () => resolve());
  });
  const bound = server.address();
  const isBound = typeof bound === "object" && bound !== null;
  return {
    url: `http://${isIPv6(bare) ? `[${bare}]` : bare}:${isBound ? bound.port : port}`,
    place: placeOf(isBound ? bound.address : bare),
    open(callback) {
      inboxOf(callback.inbox).callback = callback;
    },
    arrivals: (name) => [...(inboxes.get(name)?.arrivals ?? [])],
    next: () => waking,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The event that a body names, undefined for anything else. */
export const eventIn = (body: Buffer): unknown => membersOf(body)?.event;

/** Members of a body that is a JSON object, undefined for anything else. */
export function membersOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(body.toString("utf8")));
  } catch {
    return undefined;
  }
}

function placeOf(address: string): Callbacks["place"] {
  const plain = address.replace(/^::ffff:/, "");
  if (/^127\.|^::1$/.test(plain)) return "loopback";
  return /^10\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^f[cd]/.test(plain) ? "private" : "public";
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestBody) throw new Error("the body is too long");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

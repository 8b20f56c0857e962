import type { AsapClient } from "../generated/client.js";
import type { ProtocolDefinition } from "../generated/contract.js";
import type { PayloadMap, ReplyMap } from "../generated/messages.js";
import { protocol as asap } from "../generated/protocol.js";
import { checkCredentials } from "./access-token.js";
import { autoTransport } from "./auto-transport.js";
import { discover } from "./discovery/manifest.js";
import { type EgressPolicy, ownWord } from "./egress.js";
import { type AsapError, isAsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";
import { createPeer, type Peer } from "./peer.js";
import { connectHttp, type HttpTransportOptions } from "./transport/http.js";
import { memoryTransport, type Receiver } from "./transport/memory.js";
import type { ClientTransport } from "./transport/transport.js";
import type { WebSocketTransportOptions } from "./transport/websocket.js";
import { isOfferedBy, isWebSocketUrl, webSocketUrls } from "./websocket-url.js";

/** Options of a peer, whatever the transport. */
export interface PeerOptions<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap> {
  /** Agent that speaks, a URN. Default: `urn:asap:agent:client`. */
  readonly sender?: string;
  /**
   * Agent spoken to, a URN. Default: the id in the peer's manifest, asked for before the first message and remembered;
   * `urn:asap:agent:peer` when there is no manifest within two seconds. Asked for again where the agent could not be
   * reached at all. Receivers do not compare it with their own id.
   */
  readonly recipient?: string;
  /**
   * Longest duration of a call, attempts and waits included, in milliseconds. Default: 60,000. The `fetch` of Node ends
   * an attempt after 300 seconds without an answer on its own.
   */
  readonly timeoutMs?: number;
  /** The protocol to speak. Default: ASAP 1.1. */
  readonly protocol?: ProtocolDefinition<Client, Payloads, Replies>;
  /** Gives milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Told of pushes and frames that do not fit and were dropped, and of listeners that threw. Default: nobody is. */
  readonly onFault?: (error: AsapError) => void;
}

/** Options of {@link connect}. Those of the HTTP transport say nothing over WebSocket, but for `headers`, `auth` and `breaker`. */
export interface ConnectOptions<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap>
  extends PeerOptions<Client, Payloads, Replies>,
    Omit<HttpTransportOptions, "rpcPath"> {
  /**
   * The way to the agent. `auto` takes WebSocket for a ws or wss URL; for others it asks the manifest at the first call
   * and takes WebSocket where `endpoints.events` offers it at the same host and port, encrypted where the URL is. HTTP
   * is the way where none is offered, where it cannot be opened at first, and with a `fetch` of one's own. Default:
   * `auto`.
   */
  readonly transport?: "auto" | "http" | "websocket";
  /**
   * Addresses that calls, the manifest and the WebSocket may reach; see `discover` about this host. With a `fetch` of
   * one's own it says nothing of HTTP. Default: every address that the URL's host has.
   */
  readonly egress?: EgressPolicy;
  /** Options of the WebSocket transport. */
  readonly websocket?: WebSocketTransportOptions;
}

const defaultSender = "urn:asap:agent:client";
const unknownRecipient = "urn:asap:agent:peer";
const recipientTimeoutMs = 2_000;

/**
 * Connects to an agent, over HTTP or WebSocket. Nothing is sent before the first call.
 *
 * @param url URL of the agent, `http`, `https`, `ws` or `wss`, with or without `/asap` or `/asap/ws` at its end, with or
 * without a slash after it.
 * @param options See {@link ConnectOptions}. Headers and access tokens go to the host of the URL alone; the manifest that
 * is asked for before the first call is asked for without a token.
 * @returns The peer.
 * @throws AsapError `asap:config/invalid_option` for a URL or option that cannot be, `asap:transport/insecure_url` for
 * a connection without encryption to another host unless `allowInsecure` is set.
 * @see ASAP 1.1, sections 9.6 and 16
 */
export async function connect<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap>(
  url: string | URL,
  options: ConnectOptions<Client, Payloads, Replies> = {},
): Promise<Peer<Client, Payloads, Replies>> {
  const protocol = protocolOf(options);
  const rpcPath = protocol.routes["rpc"]?.path ?? "/asap";
  const socketPath = protocol.routes["websocket"]?.path ?? "/asap/ws";
  const { transport: way = "auto" } = options;
  if (!["auto", "http", "websocket"].includes(way)) throw invalidOption("transport", "is no way to an agent");
  if (isWebSocketUrl(url) && way === "http") throw invalidOption("transport", "is http for the URL of a WebSocket");

  checkCredentials(options);
  checkCredentials({ ...options, ...options.websocket });

  const { baseUrl, socketUrl } = webSocketUrls(url, options, rpcPath, socketPath);
  const look = lookAt(baseUrl, options);
  const recipient = async () => (await look()).id ?? unknownRecipient;
  const webSocket = (address: string) => openWebSocket(address, socketPath, options);
  if (isWebSocketUrl(url) || way === "websocket") return peerOver(await webSocket(socketUrl), options, recipient);

  const http = connectHttp(baseUrl, { ...options, ...(await guardOf(baseUrl, options)), rpcPath });
  if (way === "http" || options.fetch !== undefined) return peerOver(http, options, recipient);
  const offered = async () => {
    const { isReached, events } = await look();
    if (!isReached) return undefined;
    return events !== undefined && isOfferedBy(events, baseUrl, socketPath) ? events : null;
  };
  const { transport, ready } = autoTransport({ http, offered, webSocket });
  return peerOver(transport, options, recipient, ready);
}

/** Longest wait for an answer to a call, as in the `fetch` of Node. */
const headersTimeoutMs = 300_000;

async function guardOf(
  baseUrl: string,
  { egress, fetch }: Pick<ConnectOptions, "egress" | "fetch">,
): Promise<Pick<ConnectOptions, "fetch">> {
  if (egress === undefined || fetch !== undefined) return {};
  const { guardedFetch } = await import("#egress");
  return { fetch: guardedFetch(ownWord(baseUrl, egress), { headersTimeoutMs }) };
}

/** What the manifest of a peer told. */
interface Look {
  /** Whether there was anybody to ask. */
  readonly isReached: boolean;
  readonly id?: string;
  readonly events?: string | undefined;
}

/** Reads the manifest once and remembers what it told; asks again where the agent was not reached. */
function lookAt<Client, Payloads, Replies>(
  baseUrl: string,
  options: ConnectOptions<Client, Payloads, Replies>,
): () => Promise<Look> {
  const { egress = { allowHosts: [new URL(baseUrl).hostname] } } = options;
  const ask = async (): Promise<Look> => {
    const { headers, ...rest } = options;
    const given = typeof headers === "function" ? await headers() : headers;
    const asked = { ...rest, ...(given !== undefined && { headers: given }), egress, timeoutMs: recipientTimeoutMs };
    const { id, endpoints } = await discover(baseUrl, asked);
    return { isReached: true, id, events: endpoints.events ?? undefined };
  };
  let found: Promise<Look> | undefined;
  return () => {
    found ??= ask().catch((cause: unknown) => {
      const isReached = !isAsapError(cause) || cause.code !== "asap:transport/connection_failed";
      if (!isReached) found = undefined;
      return { isReached };
    });
    return found;
  };
}

/** Loads the WebSocket transport, which programs that stay with HTTP never do, and makes one. */
async function openWebSocket<Client, Payloads, Replies>(
  address: string,
  socketPath: string,
  {
    headers,
    auth,
    allowInsecure,
    breaker,
    now,
    random,
    onFault,
    egress,
    websocket,
  }: ConnectOptions<Client, Payloads, Replies>,
): Promise<ClientTransport> {
  const { connectWebSocket } = await import("./transport/websocket.js");
  return connectWebSocket(address, {
    socketPath,
    ...(headers !== undefined && { headers }),
    ...(auth !== undefined && { auth }),
    ...(allowInsecure !== undefined && { allowInsecure }),
    ...(breaker !== undefined && { breaker }),
    ...(now !== undefined && { now }),
    ...(random !== undefined && { random }),
    ...(onFault !== undefined && { onFault }),
    ...(egress !== undefined && { egress }),
    ...websocket,
  });
}

/** Options of {@link connectMemory}. */
export interface MemoryOptions<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap>
  extends PeerOptions<Client, Payloads, Replies> {
  /** Value an Authorization header would have, such as `Bearer …`. Default: none. */
  readonly authorization?: string;
}

/**
 * Connects to an agent in the same process. Messages pass as text and are judged as on a network; attempts are not
 * repeated. The agent's id, clock and protocol are used where the options name none.
 *
 * @param agent The agent, or anything that takes messages.
 * @param options See {@link MemoryOptions}.
 * @returns The peer. Closing it does not close the agent.
 */
export function connectMemory<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap>(
  agent: Receiver & { readonly id?: string; readonly now?: () => number; readonly protocol?: ProtocolDefinition },
  options: MemoryOptions<Client, Payloads, Replies> = {},
): Peer<Client, Payloads, Replies> {
  const protocol = options.protocol ?? (agent.protocol as typeof options.protocol);
  const own = { ...(agent.now && { now: agent.now }), ...options, ...(protocol && { protocol }) };
  return peerOver(memoryTransport(agent, options.authorization), own, async () => agent.id ?? unknownRecipient);
}

function peerOver<Client, Payloads, Replies>(
  transport: ClientTransport,
  options: PeerOptions<Client, Payloads, Replies>,
  recipient: () => Promise<string>,
  ready?: () => Promise<void>,
): Peer<Client, Payloads, Replies> {
  const { recipient: given, sender = defaultSender, timeoutMs = 60_000, now = Date.now, onFault } = options;
  return createPeer({
    transport,
    protocol: protocolOf(options),
    sender,
    recipient: given === undefined ? recipient : async () => given,
    timeoutMs,
    now,
    ready,
    onFault,
  });
}

/** The protocol of the options; without one, the type parameters are those of ASAP. */
function protocolOf<Client, Payloads, Replies>(
  options: PeerOptions<Client, Payloads, Replies>,
): ProtocolDefinition<Client, Payloads, Replies> {
  return options.protocol ?? (asap as unknown as ProtocolDefinition<Client, Payloads, Replies>);
}

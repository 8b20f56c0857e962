import type { AsapClient } from "../generated/client.js";
import type { ProtocolDefinition } from "../generated/contract.js";
import type { PayloadMap, ReplyMap } from "../generated/messages.js";
import { protocol as asap } from "../generated/protocol.js";
import { discover } from "./discovery/manifest.js";
import { isAsapError } from "./error.js";
import { createPeer, type Peer } from "./peer.js";
import { connectHttp, type HttpTransportOptions } from "./transport/http.js";
import { memoryTransport, type Receiver } from "./transport/memory.js";

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
}

/** Options of {@link connect}. */
export interface ConnectOptions<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap>
  extends PeerOptions<Client, Payloads, Replies>,
    Omit<HttpTransportOptions, "rpcPath"> {}

const defaultSender = "urn:asap:agent:client";
const unknownRecipient = "urn:asap:agent:peer";
const recipientTimeoutMs = 2_000;

/**
 * Connects to an agent over HTTP. Nothing is sent before the first call.
 *
 * @param url URL of the agent, with or without `/asap` at its end, with or without a slash after it.
 * @param options See {@link ConnectOptions}.
 * @returns The peer.
 * @throws AsapError `asap:config/invalid_option` for a URL or option that cannot be, `asap:transport/insecure_url` for
 * plain http to another host unless `allowInsecure` is set.
 * @see ASAP 1.1, section 16
 */
export async function connect<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap>(
  url: string | URL,
  options: ConnectOptions<Client, Payloads, Replies> = {},
): Promise<Peer<Client, Payloads, Replies>> {
  const protocol = protocolOf(options);
  const rpcPath = protocol.routes["rpc"]?.path;
  const transport = connectHttp(url, rpcPath === undefined ? options : { ...options, rpcPath });
  const ask = async () => {
    const { headers, ...rest } = options;
    const given = typeof headers === "function" ? await headers() : headers;
    const asked = { ...rest, ...(given === undefined ? {} : { headers: given }), timeoutMs: recipientTimeoutMs };
    return (await discover(transport.url, asked)).id;
  };
  let found: Promise<string> | undefined;
  const recipient = () => {
    found ??= ask().catch((cause: unknown) => {
      if (isAsapError(cause) && cause.code === "asap:transport/connection_failed") found = undefined;
      return unknownRecipient;
    });
    return found;
  };
  return peerOver(transport, options, recipient);
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
  transport: ReturnType<typeof connectHttp>,
  options: PeerOptions<Client, Payloads, Replies>,
  recipient: () => Promise<string>,
): Peer<Client, Payloads, Replies> {
  const { recipient: given, sender = defaultSender, timeoutMs = 60_000, now = Date.now } = options;
  return createPeer({
    transport,
    protocol: protocolOf(options),
    sender,
    recipient: given === undefined ? recipient : async () => given,
    timeoutMs,
    now,
  });
}

/** The protocol of the options; without one, the type parameters are those of ASAP. */
function protocolOf<Client, Payloads, Replies>(
  options: PeerOptions<Client, Payloads, Replies>,
): ProtocolDefinition<Client, Payloads, Replies> {
  return options.protocol ?? (asap as unknown as ProtocolDefinition<Client, Payloads, Replies>);
}

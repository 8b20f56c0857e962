import type { AsapClient } from "../generated/client.js";
import type { PayloadMap, ReplyMap } from "../generated/messages.js";
import type { RegistryEntry } from "../generated/models.js";
import { type ConnectOptions, connect } from "./client.js";
import { discover } from "./discovery/manifest.js";
import type { RegistryView } from "./discovery/registry.js";
import { type EgressPolicy, othersWord } from "./egress.js";
import { AsapError } from "./error.js";
import type { Peer } from "./peer.js";

/**
 * Connects to an agent that a registry lists: at its endpoint `http`, else where the manifest at its endpoint
 * `manifest` says, which must be of the same agent, else at its endpoint `ws`. Messages name the agent as recipient.
 *
 * The endpoints are a stranger's word: only addresses that `egress` allows are reached, public ones by default. Loopback
 * is allowed too where the registry itself was fetched from this host. Headers and access tokens go to the endpoint that
 * is listed: give tokens whose audience is that agent alone. The request for the manifest carries none.
 *
 * @param registry The registry, as `discoverFromRegistry` gives it.
 * @param agent Id of the agent, or its entry.
 * @param options See {@link ConnectOptions}.
 * @returns The peer.
 * @throws AsapError `asap:discovery/agent_not_listed` for an id that is not in the registry or an entry without any of
 * these; `asap:discovery/manifest_mismatch`; `asap:transport/address_refused`, for the endpoint of calls at the first
 * one; and as `connect` and `discover` do.
 * @see ASAP 1.1, section 13.3
 */
export async function connectListed<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap>(
  registry: Pick<RegistryView, "findById"> & Partial<Pick<RegistryView, "url">>,
  agent: string | RegistryEntry,
  options: ConnectOptions<Client, Payloads, Replies> = {},
): Promise<Peer<Client, Payloads, Replies>> {
  const entry = typeof agent === "string" ? registry.findById(agent) : agent;
  if (entry === undefined) throw notListed(String(agent), "is not in the registry");
  const egress = othersWord(options.egress, registry.url);
  const url = await endpointOf(entry, egress, options);
  return connect<Client, Payloads, Replies>(url, { recipient: entry.id, ...options, egress });
}

async function endpointOf<Client, Payloads, Replies>(
  { id, endpoints }: RegistryEntry,
  egress: EgressPolicy,
  options: ConnectOptions<Client, Payloads, Replies>,
): Promise<string> {
  const { http, manifest, ws } = endpoints;
  if (http !== undefined) return http;
  if (manifest === undefined) {
    if (ws !== undefined) return ws;
    throw notListed(id, "has no endpoint http, manifest or ws");
  }
  const { allowInsecure, fetch, now } = options;
  const asked = { expectId: id, egress, allowInsecure, ...(fetch && { fetch }), ...(now && { now }) };
  return (await discover(manifest, asked)).endpoints.asap;
}

function notListed(id: string, reason: string): AsapError {
  return new AsapError("asap:discovery/agent_not_listed", {
    message: `The agent ${id} ${reason}.`,
    data: { id, reason },
  });
}

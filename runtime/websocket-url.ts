import { agentBaseUrl, type BaseUrlOptions } from "./base-url.js";

/** Whether a URL is that of a WebSocket, by its scheme. */
export const isWebSocketUrl = (url: string | URL): boolean => /^wss?:/i.test(String(url).trim());

/** The two addresses of one agent. */
export interface AgentUrls {
  /** Its base URL over HTTP, to which the paths of the protocol are appended. */
  readonly baseUrl: string;
  /** The URL of its WebSocket. */
  readonly socketUrl: string;
}

/**
 * Finds the addresses of an agent.
 *
 * @param url URL of the agent in any scheme, with or without the path of the RPC route or of the WebSocket at its end.
 * @param options See {@link BaseUrlOptions}; a WebSocket without encryption is as insecure as plain http.
 * @param rpcPath Path of the RPC route.
 * @param socketPath Path of the WebSocket.
 * @throws AsapError as `agentBaseUrl` does.
 * @see ASAP 1.1, section 9.6
 */
export function webSocketUrls(
  url: string | URL,
  options: BaseUrlOptions,
  rpcPath: string,
  socketPath: string,
): AgentUrls {
  const asHttp = String(url).trim().replace(/^ws/i, "http");
  const baseUrl = agentBaseUrl(agentBaseUrl(asHttp, options, socketPath), options, rpcPath);
  return { baseUrl, socketUrl: baseUrl.replace(/^http/, "ws") + socketPath };
}

/**
 * Whether a manifest may send the callers of an agent to an address: a WebSocket at the same host and port, on the
 * protocol's path, encrypted where the agent's own URL is, without credentials or a query in it.
 *
 * @param events Address that the manifest names.
 * @param baseUrl Base URL of the agent, from where the manifest came.
 * @param socketPath Path of the WebSocket.
 */
export function isOfferedBy(events: string, baseUrl: string, socketPath: string): boolean {
  if (!isWebSocketUrl(events) || !URL.canParse(events)) return false;
  const offered = new URL(events);
  const base = new URL(baseUrl);
  if (base.protocol === "https:" && offered.protocol !== "wss:") return false;
  if (offered.username !== "" || offered.password !== "" || offered.search !== "" || offered.hash !== "") return false;
  if (!offered.pathname.replace(/\/+$/, "").endsWith(socketPath)) return false;
  return offered.hostname === base.hostname && portOf(offered) === portOf(base);
}

const portOf = ({ port, protocol }: URL): string => port || (/^(?:https|wss):$/.test(protocol) ? "443" : "80");

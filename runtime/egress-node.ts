import type { Socket } from "node:net";
import type { buildConnector, Dispatcher, RequestInit as UndiciInit } from "undici";
import { type EgressBounds, type EgressPolicy, publicOnly } from "./egress.js";
import { connectGuarded, type EgressTarget } from "./egress-connect.js";
import { type EgressRules, egressRules } from "./egress-rules.js";
import { type AsapError, isAsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";

const maxHeaderBytes = 16_384;
const defaultHeadersTimeoutMs = 10_000;

/** Named before undici is loaded: the platform's own `fetch` then keeps its own connections. */
const PlatformHeaders = globalThis.Headers;

type Send = (url: string, init: RequestInit) => Promise<Response>;

/** The connections of one policy: nobody with another policy uses them. */
interface Gate {
  readonly rules: EgressRules;
  readonly sends: Map<number, Promise<Send>>;
}

const gates = new WeakMap<EgressPolicy, Gate>();

function gateOf(policy: EgressPolicy): Gate {
  const gate = gates.get(policy) ?? { rules: egressRules(policy), sends: new Map() };
  gates.set(policy, gate);
  return gate;
}

/**
 * Makes a `fetch` that keeps to a policy: every address is judged when it is connected to, for redirects that are
 * followed too. A proxy that the environment names is not used. Connections are kept per policy object.
 *
 * @param policy What may be reached. Default: public addresses alone.
 * @param bounds See {@link EgressBounds}. A connection must be there within 5 seconds, and headers of an answer are at
 * most 16,384 bytes.
 * @returns A function like `fetch`; it rejects with AsapError `asap:transport/address_refused` too.
 * @throws AsapError `asap:config/invalid_option`.
 */
export function guardedFetch(policy: EgressPolicy = publicOnly, bounds: EgressBounds = {}): typeof fetch {
  const gate = gateOf(policy);
  const { headersTimeoutMs = defaultHeadersTimeoutMs } = bounds;
  const guarded = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const [url, plain] = plainRequest(input, init);
    const sending = gate.sends.get(headersTimeoutMs) ?? newSend(gate.rules, headersTimeoutMs);
    gate.sends.set(headersTimeoutMs, sending);
    try {
      return await (await sending)(url, plain);
    } catch (cause) {
      throw refusalIn(cause) ?? cause;
    }
  };
  return guarded;
}

/**
 * Opens a connection that keeps to a policy, for other protocols than HTTP.
 *
 * @throws AsapError `asap:transport/address_refused`, `asap:config/invalid_option`.
 */
export async function guardedSocket(policy: EgressPolicy, target: EgressTarget): Promise<Socket> {
  return connectGuarded(gateOf(policy).rules, target);
}

/** Bounds of a {@link guardedPool}. */
export interface PoolBounds {
  /** Most connections at a time. */
  readonly connections: number;
  /** Longest wait for the headers of an answer, and then for each further part of it, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a connection may be idle, in milliseconds. */
  readonly keepAliveMs: number;
}

/**
 * Connections to one origin that keep to a policy: each address is judged when it is connected to. For many requests;
 * `guardedFetch` is simpler.
 *
 * @param origin Such as `https://example.com`.
 * @param onConnect Told the address of each connection.
 * @throws AsapError `asap:config/invalid_option`.
 */
export async function guardedPool(
  policy: EgressPolicy,
  origin: string,
  { connections, timeoutMs, keepAliveMs }: PoolBounds,
  onConnect: (address: string) => void,
): Promise<Dispatcher> {
  const { rules } = gateOf(policy);
  const { Pool } = await import("undici");
  return new Pool(origin, {
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: maxHeaderBytes,
    connect: guardedConnector(rules, onConnect),
  });
}

/** Opens connections for undici. */
const guardedConnector =
  (rules: EgressRules, onConnect: (address: string) => void = () => {}): buildConnector.connector =>
  ({ hostname, port, protocol }, callback) => {
    const isEncrypted = protocol === "https:";
    const target = { hostname, port: Number(port || (isEncrypted ? 443 : 80)), isEncrypted };
    connectGuarded(rules, target).then(
      (socket) => {
        onConnect(socket.remoteAddress ?? "");
        callback(null, socket);
      },
      (cause: Error) => callback(cause, null),
    );
  };

async function newSend(rules: EgressRules, headersTimeout: number): Promise<Send> {
  const { Agent, fetch: send } = await import("undici");
  const dispatcher: Dispatcher = new Agent({
    headersTimeout,
    maxHeaderSize: maxHeaderBytes,
    connect: guardedConnector(rules),
  });
  return async (url, init) => {
    const answer: unknown = await send(url, { ...(init as UndiciInit), dispatcher });
    return answer as Response;
  };
}

/** A request in values that are the same for every implementation of `fetch`. */
function plainRequest(input: RequestInfo | URL, init: RequestInit = {}): [string, RequestInit] {
  const request = typeof input === "object" && "method" in input ? new Request(input, init) : undefined;
  const url = request?.url ?? String(input);
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol !== "http:" && protocol !== "https:") throw invalidOption("url", "is no absolute http or https URL");
  if (request !== undefined) {
    const { method, body, redirect, signal } = request;
    return [url, { method, redirect, signal, headers: [...request.headers], ...streaming(body) }];
  }
  const headers = new PlatformHeaders(init.headers);
  const { body } = init;
  if (body instanceof FormData || body instanceof Blob) {
    const packed = new Response(body);
    const type = packed.headers.get("content-type");
    if (type !== null && !headers.has("content-type")) headers.set("content-type", type);
    return [url, { ...init, headers: [...headers], ...streaming(packed.body) }];
  }
  return [url, { ...init, headers: [...headers], ...(body instanceof ReadableStream && streaming(body)) }];
}

const streaming = (body: ReadableStream | null): RequestInit => (body === null ? {} : halfDuplex(body));
const halfDuplex = (body: ReadableStream): RequestInit & { duplex: "half" } => ({ body, duplex: "half" });

/** The refusal that led to an error. */
export function refusalIn(cause: unknown): AsapError | undefined {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (isAsapError(error)) return error;
  }
  return undefined;
}

import {
  accessToken,
  checkCredentials,
  credentialsIn,
  headersWith,
  isUnauthorized,
  safeAnswer,
  tellRefused,
  withoutSecret,
} from "../access-token.js";
import type { TokenSource } from "../auth/token-source.js";
import { agentBaseUrl, type BaseUrlOptions } from "../base-url.js";
import { discard, readText } from "../body.js";
import { type BreakerOptions, createBreaker } from "../breaker.js";
import { gzip } from "../compress.js";
import { createConnection } from "../connection.js";
import { type Deadline, sleep, withDeadline } from "../deadline.js";
import { AsapError, isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { isRedirect, network, redirectError } from "../network.js";
import { parseResponse } from "../reply.js";
import { requestText } from "../request.js";
import { type RetryOptions, retry, retryAfterSeconds, retryPlan } from "../retry.js";
import { readFrames } from "./event-stream.js";
import { type Refusal, refusalOf } from "./refusal.js";
import type { ClientMessage, ClientReply, ClientTransport } from "./transport.js";

/** Options of {@link connectHttp}. */
export interface HttpTransportOptions extends BaseUrlOptions {
  /** Headers of every request, or a function that gives them anew for each attempt. Default: none. */
  readonly headers?: HeadersInit | (() => HeadersInit | Promise<HeadersInit>);
  /**
   * Where access tokens come from, as the grants of `asap-kit/auth` make them. Each attempt asks for one, which does not
   * count in `attemptTimeoutMs`. After status 401 the token is told to be refused, and a call makes one attempt more where
   * there is another token. What the source throws ends the call. Default: none.
   */
  readonly auth?: TokenSource;
  /** Smallest body that is compressed, in bytes; Infinity never compresses. Default: 1,024. */
  readonly compressMinBytes?: number;
  /** Largest response, in bytes after content decoding; of a stream, its largest event. Default: 10,485,760. */
  readonly maxResponseBytes?: number;
  /**
   * Longest duration of one attempt, in milliseconds. An attempt that takes longer is repeated while the call has time.
   * Of a streamed answer, the time until it begins. Default: as long as the call may take.
   */
  readonly attemptTimeoutMs?: number;
  /** When failed attempts are repeated; false never repeats. */
  readonly retry?: RetryOptions | false;
  /** Suspends calls to a peer that keeps failing. Default: false. */
  readonly breaker?: BreakerOptions | boolean;
  /** Path of the RPC route. Default: `/asap`. */
  readonly rpcPath?: string;
  /** Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch;
  /** Gives milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Gives a number from 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number;
  /** Waits between attempts; rejects when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Most bytes that are read of an answer that is only reported. */
const refusalBytes = 65_536;

/**
 * Makes the HTTP way to an agent: one POST per attempt. Redirects are not followed.
 *
 * A message that takes updates asks for a stream of events (`text/event-stream`); an answer in JSON is as good. A stream
 * that breaks is asked for again like every attempt: the agent runs nothing twice and sends its updates again.
 *
 * @param url URL of the agent, with or without `/asap` at its end; see {@link agentBaseUrl}.
 * @param options See {@link HttpTransportOptions}.
 * @returns The transport. Its `send` throws AsapError `asap:transport/connection_failed`, `timeout`, `aborted`,
 * `rate_limited`, `http_status`, `invalid_response` or `circuit_open`, or what the token source throws.
 * @throws AsapError `asap:config/invalid_option`, `asap:transport/insecure_url`.
 * @see ASAP 1.1, sections 7 and 16
 */
export function connectHttp(url: string | URL, options: HttpTransportOptions = {}): ClientTransport {
  const { rpcPath = "/asap", now = Date.now, random = Math.random, auth } = options;
  const baseUrl = agentBaseUrl(url, options, rpcPath);
  const target = baseUrl + rpcPath;
  const plan = retryPlan(options.retry === false ? { attempts: 1 } : options.retry);
  const breaker = breakerOf(baseUrl, options.breaker, now);
  const compressMinBytes = sizeOption("compressMinBytes", options.compressMinBytes ?? 1_024);
  const maxResponseBytes = sizeOption("maxResponseBytes", options.maxResponseBytes ?? 10_485_760);
  const attemptTimeoutMs = sizeOption("attemptTimeoutMs", options.attemptTimeoutMs ?? Number.POSITIVE_INFINITY);
  checkCredentials(options);
  let peerInflates = true;

  async function post(body: Body, compressed: boolean, sent: Sent, signal: AbortSignal) {
    const { message, token } = sent;
    const headers = await headersWith(options.headers, token);
    sent.credentials = credentialsIn(headers);
    headers.set("Content-Type", "application/json");
    headers.set("X-Idempotency-Key", message.idempotencyKey);
    if (message.onUpdate !== undefined) headers.set("Accept", streamAccepted);
    if (compressed) headers.set("Content-Encoding", "gzip");
    const send = options.fetch ?? fetch;
    return network(send(target, { method: "POST", headers, body, redirect: "manual", signal }), signal, target);
  }

  async function attempt(plain: Body, packed: Packed, sent: Sent, signal: AbortSignal) {
    const small = peerInflates && plain.byteLength >= compressMinBytes ? await packed() : undefined;
    let response = await post(small ?? plain, small !== undefined, sent, signal);
    if (response.status === 415 && small !== undefined) {
      peerInflates = false;
      await discard(response);
      response = await post(plain, false, sent, signal);
    }
    if (!response.ok) throw await refused(response, target, now(), sent);
    if (sent.message.onUpdate !== undefined && isEventStream(response)) return { body: response.body };
    const read = await network(readText(response, maxResponseBytes), signal, target);
    if ("text" in read) return read;
    throw new AsapError("asap:transport/invalid_response", {
      message: `The answer is ${read.fault}.`,
      data: { url: target, reason: read.fault },
    });
  }

  async function deliver(message: ClientMessage, onTry: () => void): Promise<ClientReply> {
    const plain = new TextEncoder().encode(requestText(message.envelopeText, message.id, message.idempotencyKey));
    let packing: ReturnType<Packed> | undefined;
    const packed: Packed = () => {
      packing ??= gzip(plain);
      return packing;
    };
    const started = performance.now();
    const remainingMs = () => message.timeoutMs - (performance.now() - started);
    const lasting = { signals: [message.signal], timeoutMs: Number.POSITIVE_INFINITY, url: target };
    const once = async (token?: string) => {
      onTry();
      const bounds = { ...lasting, timeoutMs: attemptTimeoutMs };
      const sent: Sent = { message, token };
      const got = await withDeadline((signal) => attempt(plain, packed, sent, signal), bounds);
      const answer =
        "text" in got
          ? parseResponse(got.text, baseUrl)
          : await withDeadline((signal) => streamed(got.body, message, signal), lasting);
      return safeAnswer(answer, sent.credentials);
    };
    const authorized = auth === undefined ? once : renewing(auth, lasting, once);
    const response = await retry(() => authorized(), plan, {
      random,
      sleep: options.sleep ?? sleep,
      signal: message.signal,
      remainingMs,
    });
    return { response, id: message.id };
  }

  async function streamed(body: Response["body"], message: ClientMessage, signal: AbortSignal): Promise<unknown> {
    const onUpdate = message.onUpdate ?? (() => {});
    return readFrames(body, { url: baseUrl, maxEventCharacters: maxResponseBytes, onUpdate, signal });
  }

  const connection = createConnection("http");
  return {
    url: baseUrl,
    acknowledges: false,
    connection,
    onPush: () => () => {},
    async send(message) {
      const pass = breaker?.enter();
      let isTried = false;
      const onTry = () => {
        isTried = true;
      };
      try {
        const reply = await deliver(message, onTry);
        pass?.succeeded();
        return reply;
      } catch (error) {
        if (!isTried || (isAsapError(error) && error.code === "asap:transport/aborted")) pass?.givenUp();
        else pass?.failed();
        throw error;
      }
    },
    async close() {
      connection.set({ status: "closed" });
    },
  };
}

/** Asks for a stream of events first; an agent without streams answers in JSON. */
const streamAccepted = "text/event-stream, application/json;q=0.9";

const isEventStream = (response: Response): boolean =>
  /^\s*text\/event-stream\s*(?:;|$)/i.test(response.headers.get("content-type") ?? "");

/**
 * Sends with a token, and once in a call with another one after status 401.
 *
 * @param once One attempt with a token.
 */
function renewing<T>(auth: TokenSource, deadline: Deadline, once: (token: string) => Promise<T>): () => Promise<T> {
  let isRenewed = false;
  const send = async (token: string): Promise<T> => {
    try {
      return await once(token);
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      tellRefused(auth, token);
      if (isRenewed) throw error;
      isRenewed = true;
      const next = await accessToken(auth, deadline);
      if (next === token) throw error;
      return send(next);
    }
  };
  return async () => send(await accessToken(auth, deadline));
}

/** A message and what goes with it. */
interface Sent {
  readonly message: ClientMessage;
  readonly token: string | undefined;
  /** The Authorization header without its scheme: errors do not repeat it, whatever the peer does. */
  credentials?: string | undefined;
}

type Body = Uint8Array<ArrayBuffer>;
type Packed = () => Promise<Body | undefined>;

function breakerOf(baseUrl: string, option: HttpTransportOptions["breaker"], now: () => number) {
  if (option === undefined || option === false) return undefined;
  return createBreaker(baseUrl, option === true ? {} : option, now);
}

function sizeOption(option: string, value: number): number {
  if (value >= 0) return value;
  throw invalidOption(option, "is no number from 0");
}

/** The error of an answer whose HTTP status is not a success. */
async function refused(response: Response, url: string, now: number, { credentials }: Sent): Promise<AsapError> {
  const { status } = response;
  if (isRedirect(response)) return redirectError(response, url);
  const read = await readText(response, refusalBytes).catch(() => undefined);
  const said: Refusal = read !== undefined && "text" in read ? refusalOf(withoutSecret(read.text, credentials)) : {};
  const asked = retryAfterSeconds(response.headers.get("retry-after"), now);
  const wait = status === 429 || status === 503 ? (asked ?? said.retry_after) : undefined;
  const { retry_after: _, ...rest } = said;
  const data = { url, status, ...rest, ...(wait === undefined ? {} : { retry_after: wait }) };
  if (status === 429) return new AsapError("asap:transport/rate_limited", { data });
  return new AsapError("asap:transport/http_status", {
    message: `The peer answered with HTTP status ${status}${said.detail === undefined ? "" : `: ${said.detail}`}.`,
    data,
  });
}

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { readResponse, type WireResponse } from "./http-response.js";
import type { Issuer, IssuerCounts } from "./issuer.js";
import type { Patience } from "./patience.js";
import type { Arrival, Callback } from "./receiver.js";
import type { WireFrame } from "./socket-frames.js";
import type { Token } from "./tokens.js";
import { converse, type SocketAction, type StopMoment } from "./websocket.js";

/** A request as data. */
export interface WireRequest {
  readonly method: string;
  /** Path under the agent's URL, with a leading slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** `length` (the default) sends Content-Length, `chunked` sends two chunks, a number sends that wrong Content-Length. */
  readonly framing?: "length" | "chunked" | number;
  /** Bytes to write in place of everything above but the method. */
  readonly raw?: Uint8Array;
  /** What is said over a WebSocket after this request, a GET with the headers of an upgrade, has opened it. */
  readonly socket?: readonly SocketAction[];
  /** The JSON document the body holds, for judges. */
  readonly document?: unknown;
  /** Requests of one name are sent once in a run and their exchange is used again. */
  readonly share?: string;
  /** Sends the caller's token and headers along; true unless set. */
  readonly credentials?: boolean;
  /** Scheme of the Authorization header in place of the one that it has, before the same token. */
  readonly scheme?: string;
  /** Token of the suite that is sent as a bearer token in place of the caller's. */
  readonly token?: Token;
  /** Values of the Authorization headers, in place of any other; none when empty. */
  readonly authorization?: readonly string[];
  /**
   * What the suite's issuer does: `fails` while the request is answered, `rotates` its keys before it is sent, or `errs` in
   * what it says of the token.
   */
  readonly issuer?: "fails" | "rotates" | "errs";
  /** Callback that the request names, and what is waited for there after its answer. */
  readonly callback?: Callback;
  /** Sends the request again while its answer is not the one to wait for. */
  readonly patience?: Patience;
  /** True when being refused by a rate limit is what the case is about; otherwise the run waits and asks again. */
  readonly expectsLimit?: boolean;
  /** Cost class: when nothing of a class was ever answered the rest of it is not sent. Default: method and path. */
  readonly group?: string;
}

/** Why no response was read. */
export interface WireFailure {
  readonly kind: "unreachable" | "reset" | "timeout" | "too-large" | "malformed" | "not-sent" | "not-asked";
  readonly message: string;
}

/** One request and what came of it. */
export interface Exchange {
  readonly request: WireRequest;
  /** Bytes that were sent, cut after 64 KiB; credentials included. */
  readonly sent: Buffer;
  /** How many bytes were sent in all. */
  readonly sentBytes: number;
  readonly response?: WireResponse;
  readonly failure?: WireFailure;
  /** Frames that went over a WebSocket, both ways, in order. */
  readonly frames?: readonly WireFrame[];
  /** When the agent was asked to end, in a conversation in which it was. */
  readonly stop?: StopMoment;
  /** What the agent had asked of the suite's issuer when the exchange ended. */
  readonly asked?: IssuerCounts;
  /** What had arrived at the callback of the request, where it names one, when the wait for it ended. */
  readonly arrived?: readonly Arrival[];
  /** How often it was sent; absent for once. */
  readonly attempts?: number;
  /** Milliseconds since 1970 when the request was sent. */
  readonly startedAt: number;
  readonly elapsedMs: number;
}

/** Options of {@link createWire}. */
export interface WireOptions {
  /** Milliseconds one exchange may take; up to twice as long while the peer goes on taking a long body. */
  readonly timeoutMs: number;
  /** Bytes of a response, header included, after which reading stops. */
  readonly maxResponseBytes: number;
  /** Headers of the caller, sent with every request that does not opt out. */
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of the certificate authorities to trust in place of the built-in ones. */
  readonly ca?: string;
  /** The issuer whose tokens are sent. */
  readonly issuer?: Issuer;
  /** Asks the agent to end. */
  readonly stop?: () => void | Promise<void>;
  readonly now: () => number;
}

/** The exchange of a request that is not sent. */
export function unsent(request: WireRequest, message: string, startedAt = 0): Exchange {
  return {
    request,
    sent: Buffer.alloc(0),
    sentBytes: 0,
    failure: { kind: "not-sent", message },
    startedAt,
    elapsedMs: 0,
  };
}

/** Speaks HTTP/1.1, and WebSocket after it, from bytes, so that it can also send what no HTTP client would. */
export interface Wire {
  exchange(request: WireRequest, signal?: AbortSignal): Promise<Exchange>;
  close(): void;
}

const KEPT_BYTES = 64 * 1024;
const PIECE_BYTES = 64 * 1024;
/** Milliseconds for a body where there must be none. */
const LINGER_MS = 50;

/**
 * Makes a wire to one agent. Connections are kept and used again; a kept connection that turns out closed is replaced once.
 *
 * @param base absolute http or https URL of the agent
 * @throws TypeError for another scheme
 */
export function createWire(base: string, options: WireOptions): Wire {
  const url = new URL(base);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new TypeError(`not an http or https URL: ${base}`);
  const idle: Socket[] = [];
  const open = new Set<Socket>();
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");

  const connectEvent = secure ? "secureConnect" : "connect";
  const trust = {
    ALPNProtocols: ["http/1.1"],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  };

  const dial = (): Socket => {
    const socket = secure ? connectTls({ host, port, ...trust }) : connectTcp({ host, port });
    socket.setNoDelay(true);
    socket.on("error", () => {});
    open.add(socket);
    socket.on("close", () => {
      open.delete(socket);
      const at = idle.indexOf(socket);
      if (at >= 0) idle.splice(at, 1);
    });
    return socket;
  };

  const once = (request: WireRequest, bytes: Buffer, socket: Socket, fresh: boolean, signal?: AbortSignal) =>
    new Promise<{ response?: WireResponse; failure?: WireFailure; nothing: boolean }>((resolve) => {
      let received = Buffer.alloc(0);
      let connected = !fresh;
      let failure: NodeJS.ErrnoException | undefined;
      let isWritten = () => false;
      const finish = (result: { response?: WireResponse; failure?: WireFailure }, reusable = false) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", aborted);
        socket.off("data", onData).off("error", onError).off("close", onClose).off(connectEvent, onConnect);
        if (reusable && !socket.destroyed) idle.push(socket);
        else socket.destroy();
        resolve({ ...result, nothing: received.length === 0 });
      };
      const fail = (kind: WireFailure["kind"], message: string) => finish({ failure: { kind, message } });
      const linger = () => {
        clearTimeout(timer);
        timer = setTimeout(() => settle(false, true), LINGER_MS);
      };
      const settle = (ended: boolean, isOver = false): boolean => {
        const state = readResponse(received, request.method, ended);
        if (state.state === "more") return false;
        if (state.state === "malformed") fail("malformed", state.reason);
        else if (state.bare && state.response.body.length === 0 && !ended && !isOver) linger();
        else
          finish(
            { response: state.response },
            state.reusable && isWritten() && request.raw === undefined && typeof request.framing !== "number",
          );
        return true;
      };
      const onData = (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (settle(false)) return;
        if (received.length > options.maxResponseBytes) {
          fail("too-large", `the answer is longer than ${options.maxResponseBytes} bytes; reading stopped`);
        }
      };
      const onError = (error: NodeJS.ErrnoException) => {
        failure = error;
      };
      const onConnect = () => {
        connected = true;
      };
      const onClose = () => {
        if (received.length > 0 && settle(true)) return;
        const why = failure?.code ?? failure?.message;
        if (!connected) fail("unreachable", `no connection to ${url.host}${why === undefined ? "" : `: ${why}`}`);
        else fail("reset", `the connection was closed without an answer${why === undefined ? "" : ` (${why})`}`);
      };
      const aborted = () => fail("not-sent", "the run was stopped");
      let timer = setTimeout(
        () => fail("timeout", `no complete answer within ${options.timeoutMs} ms`),
        options.timeoutMs,
      );
      signal?.addEventListener("abort", aborted);
      socket.on("data", onData).on("error", onError).on("close", onClose).on(connectEvent, onConnect);
      const began = performance.now();
      const onTaken = () => {
        if (performance.now() - began < options.timeoutMs) timer.refresh();
      };
      isWritten = writePaced(socket, bytes, () => received.length > 0, onTaken);
    });

  const ask = async (request: WireRequest, bytes: Buffer, signal?: AbortSignal) => {
    const kept = request.raw === undefined ? idle.pop() : undefined;
    const outcome = await once(request, bytes, kept ?? dial(), kept === undefined, signal);
    const isStale = kept !== undefined && outcome.failure?.kind === "reset" && outcome.nothing;
    return isStale ? once(request, bytes, dial(), true, signal) : outcome;
  };

  return {
    async exchange(request, signal) {
      const startedAt = options.now();
      if (signal?.aborted) return unsent(request, "the run was stopped", startedAt);
      const bytes = bytesOf(request, url, options.headers);
      const began = performance.now();
      if (request.issuer === "rotates") options.issuer?.rotate();
      if (request.issuer === "fails") options.issuer?.fail(true);
      const outcome = await (request.socket === undefined
        ? ask(request, bytes, signal)
        : converse(dial(), bytes, request.socket, { ...options, connectEvent, signal }));
      if (request.issuer === "fails") options.issuer?.fail(false);
      return {
        request,
        sent: Buffer.from(bytes.subarray(0, KEPT_BYTES)),
        sentBytes: bytes.length,
        ...(outcome.response === undefined ? {} : { response: outcome.response }),
        ...(outcome.failure === undefined ? {} : { failure: outcome.failure }),
        ...("frames" in outcome ? { frames: outcome.frames } : {}),
        ...("stop" in outcome ? { stop: outcome.stop } : {}),
        ...(options.issuer === undefined ? {} : { asked: options.issuer.counts() }),
        startedAt,
        elapsedMs: performance.now() - began,
      };
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

/**
 * Writes in pieces and looks for an answer between them: a peer may refuse a body before it is whole, and a write to a
 * connection that it closed would throw the answer away. Returns whether all was written.
 */
function writePaced(socket: Socket, bytes: Buffer, answered: () => boolean, onTaken: () => void): () => boolean {
  let written = 0;
  const next = () => {
    if (written >= bytes.length || answered() || socket.destroyed) return;
    const piece = bytes.subarray(written, written + PIECE_BYTES);
    written += piece.length;
    socket.write(piece, (failure) => {
      if (failure == null && bytes.length > PIECE_BYTES) onTaken();
      setImmediate(next);
    });
  };
  next();
  return () => written >= bytes.length;
}

/** The bytes of a request: request line, headers, body in its framing. */
export function bytesOf(request: WireRequest, base: URL, extra: Readonly<Record<string, string>>): Buffer {
  if (request.raw !== undefined) return Buffer.from(request.raw);
  const path = base.pathname.replace(/\/+$/, "") + request.path;
  const headers = new Map<string, [string, string]>();
  const set = (name: string, value: string) => headers.set(name.toLowerCase(), [name, value]);
  set("Host", base.host);
  if (request.credentials !== false) for (const [name, value] of Object.entries(extra)) set(name, value);
  if (request.token !== undefined) set("Authorization", `Bearer ${request.token.text}`);
  const { scheme } = request;
  const [own, credentials] = headers.get("authorization") ?? [];
  if (scheme !== undefined && own !== undefined) set(own, `${credentials}`.replace(/^\S+(?= )/, scheme));
  for (const [name, value] of Object.entries(request.headers ?? {})) set(name, value);
  const body = typeof request.body === "string" ? Buffer.from(request.body) : request.body && Buffer.from(request.body);
  if (body !== undefined && request.framing === "chunked") set("Transfer-Encoding", "chunked");
  else if (typeof request.framing === "number") set("Content-Length", String(request.framing));
  else if (body !== undefined) set("Content-Length", String(body.length));
  const { authorization } = request;
  if (authorization !== undefined) headers.delete("authorization");
  const named = [...headers.values(), ...(authorization ?? []).map((value) => ["Authorization", value] as const)];
  const lines = named.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = Buffer.from(`${request.method} ${path} HTTP/1.1\r\n${lines}\r\n`, "latin1");
  if (body === undefined) return head;
  return Buffer.concat([head, request.framing === "chunked" ? chunked(body) : body]);
}

function chunked(body: Buffer): Buffer {
  const half = Math.ceil(body.length / 2);
  const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0);
  const framed = parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
  return Buffer.concat([...framed, Buffer.from("0\r\n\r\n")]);
}

import { isAscii, isUtf8 } from "node:buffer";
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { brotliDecompress, brotliDecompressSync, gunzip, gunzipSync } from "node:zlib";
import type { Agent } from "../agent.js";
import type { Identity } from "../auth/guard.js";
import { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import type { Endpoints } from "../manifest.js";
import { prometheusContentType, renderPrometheus } from "../observe/prometheus.js";
import { authorizationOf } from "./credentials.js";
import { EventStreamSink, wantsEventStream } from "./event-stream-server.js";
import {
  createFetchHandler as createNeutralHandler,
  endpointsAt,
  type FetchHandlerOptions,
  type Inflate,
  InflatedTooLarge,
} from "./fetch.js";
import {
  createHttpService,
  type HttpHead,
  type HttpReply,
  type HttpService,
  type HttpServiceOptions,
  isReply,
  metadataUrl,
} from "./http-service.js";
import { type OriginCheck, type OriginOptions, originCheck } from "./origin.js";
import { BodyRequest, linger, readBody } from "./request-body.js";
import type { WebSocketServeOptions } from "./websocket-server.js";

/** How an agent is served over HTTP and WebSocket. */
export interface ServeOptions extends Pick<HttpServiceOptions, "maxRequestBytes" | "rateLimit">, OriginOptions {
  /** TCP port, 0 for a free one. Default 8000. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** URL under which peers reach the agent, for its manifest; made of host and port by default. */
  readonly publicUrl?: string;
  /** Longest wait for a request's headers, in milliseconds; not longer than for the whole request. Default 10,000. */
  readonly headersTimeoutMs?: number;
  /** Longest wait for a whole request, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** How long an idle connection is kept, in milliseconds. Default 65,000. */
  readonly keepAliveTimeoutMs?: number;
  /**
   * How the agent is served over WebSocket, beside HTTP; false for HTTP alone. A `rateLimit` of `off` lifts the limit
   * on messages too.
   */
  readonly websocket?: WebSocketServeOptions | false;
  /** Longest wait for work under way when closing, in milliseconds. Default 10,000. */
  readonly drainMs?: number;
}

/** A listening server. */
export interface Server {
  /** Base URL, `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly port: number;
  /** Takes no new connections, lets work under way finish within `drainMs`, then ends. Can be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const encodings = ["br", "gzip"] as const;

const renderMetrics = async (agent: Agent) => ({
  contentType: prometheusContentType,
  body: await renderPrometheus(agent.metrics, agent.now()),
});

/** Bodies up to this size are inflated at once, since a thread costs more than the work. */
const syncInflateBytes = 65_536;

const gunzipLater = promisify(gunzip);
const brotliLater = promisify(brotliDecompress);

const inflate: Inflate = async (body, encoding, maxBytes) => {
  const options = { maxOutputLength: maxBytes };
  try {
    if (body.byteLength <= syncInflateBytes) {
      return encoding === "br" ? brotliDecompressSync(body, options) : gunzipSync(body, options);
    }
    return encoding === "br" ? await brotliLater(body, options) : await gunzipLater(body, options);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw new InflatedTooLarge(maxBytes + 1);
    throw cause;
  }
};

/**
 * Makes a handler of web requests on Node: as `createFetchHandler` of the root export, with brotli and metrics.
 *
 * @throws AsapError `asap:config/invalid_option` when the rate limit cannot be read.
 */
export function createFetchHandler(
  agent: Agent,
  options: FetchHandlerOptions = {},
): (request: Request) => Promise<Response> {
  return createNeutralHandler(agent, { encodings, inflate, renderMetrics, ...options });
}

/**
 * Serves an agent over HTTP and WebSocket.
 *
 * @throws AsapError `asap:config/invalid_option` when an option or a skill's schema cannot be used,
 * `asap:transport/connection_failed` when the address cannot be listened on.
 */
export async function serve(agent: Agent, options: ServeOptions = {}): Promise<Server> {
  const { port = 8000, host = "127.0.0.1", drainMs = 10_000 } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw invalidOption("port", "must be a whole number from 0 to 65535");
  }
  const service = createHttpService(agent, {
    encodings,
    renderMetrics,
    ...(options.maxRequestBytes === undefined ? {} : { maxRequestBytes: options.maxRequestBytes }),
    ...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
  });
  const check = originCheck(host, options.publicUrl, options);
  await agent.ready();

  const face: Face = { agent, service, check, endpoints: { asap: "" } };
  const listener = (request: BodyRequest, response: ServerResponse) => {
    try {
      answer(face, request, response);
    } catch (cause) {
      write(response, service.failure(cause), request);
    }
  };
  const server = createServer(
    { ...timeoutsOf(options), connectionsCheckingInterval: 1_000, IncomingMessage: BodyRequest },
    listener,
  );
  server.on("checkContinue", listener);
  const sockets =
    options.websocket === false
      ? undefined
      : await (await import("./websocket-server.js")).serveWebSocket(
          server,
          agent,
          { ...unlimited(options.rateLimit), ...options.websocket },
          { check, metadataUrl: () => metadataUrl(agent, face.endpoints) },
        );
  await listen(server, port, host);
  const bound = (server.address() as AddressInfo).port;
  const shown = host.includes(":") ? `[${host}]` : host;
  const url = `http://${shown}:${bound}`;
  face.endpoints = endpointsAt(options.publicUrl ?? url, sockets === undefined ? undefined : agent.protocol);

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await agent.close(drainMs);
      await new Promise(setImmediate);
      await sockets?.close();
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), 1_000);
      await ended;
      clearTimeout(force);
    })();
    return closing;
  };
  return { url, port: bound, close, [Symbol.asyncDispose]: close };
}

/** What answers requests. */
interface Face {
  readonly agent: Agent;
  readonly service: HttpService;
  readonly check: OriginCheck;
  endpoints: Endpoints;
}

const unlimited = (rateLimit: string | undefined): WebSocketServeOptions =>
  rateLimit?.trim().toLowerCase() === "off" ? { messagesPerSecond: Number.POSITIVE_INFINITY } : {};

/** The waits of the server; one of 0 has no end. */
function timeoutsOf(options: ServeOptions) {
  const { requestTimeoutMs = 30_000, keepAliveTimeoutMs = 65_000 } = options;
  const { headersTimeoutMs = requestTimeoutMs > 0 ? Math.min(10_000, requestTimeoutMs) : 10_000 } = options;
  for (const [option, value] of Object.entries({ headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs })) {
    if (!Number.isInteger(value) || value < 0) throw invalidOption(option, "must be a whole number from 0");
  }
  if (requestTimeoutMs > 0 && headersTimeoutMs > requestTimeoutMs) {
    throw invalidOption("headersTimeoutMs", "must not be longer than requestTimeoutMs");
  }
  return { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs };
}

function listen(server: HttpServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      const message = `Cannot listen on ${host}:${port}: ${(cause as { code?: string }).code ?? "unknown fault"}`;
      reject(
        new AsapError("asap:transport/connection_failed", { message, data: { url: `http://${host}:${port}` }, cause }),
      );
    };
    server.once("error", fail);
    server.listen(port, host, () => {
      server.removeListener("error", fail);
      resolve();
    });
  });
}

function headOf(request: IncomingMessage): HttpHead {
  const { headers } = request;
  const url = pathOf(request.url ?? "/");
  const query = url.indexOf("?");
  const length = headers["content-length"];
  return {
    method: request.method ?? "GET",
    path: query === -1 ? url : url.slice(0, query),
    contentLength: length === undefined ? undefined : Number(length),
    contentEncoding: headers["content-encoding"],
    ifNoneMatch: headers["if-none-match"],
    clientAddress: request.socket.remoteAddress ?? "",
  };
}

/** The path and query of a request target, which may be a whole URL (RFC 9112 section 3.2.2). */
function pathOf(target: string): string {
  return target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?#]*(?=$|[/?#])/i, "") || "/";
}

function answer(face: Face, request: BodyRequest, response: ServerResponse): void {
  const { service } = face;
  const head = headOf(request);
  const foreign = face.check(request.headers.host, request.headers.origin);
  if (foreign !== undefined) {
    write(response, service.forbidden(foreign), request);
    return;
  }
  const judged = service.authorize(head.path, authorizationOf(request), face.endpoints);
  if (!(judged instanceof Promise)) proceed(face, request, response, head, judged);
  else {
    judged
      .then((one) => proceed(face, request, response, head, one))
      .catch((cause: unknown) => write(response, service.failure(cause), request));
  }
}

/** Goes on with a request whose credentials were judged. */
function proceed(
  face: Face,
  request: BodyRequest,
  response: ServerResponse,
  head: HttpHead,
  judged: Identity | HttpReply | undefined,
): void {
  const { agent, service } = face;
  if (isReply(judged)) {
    write(response, judged, request);
    return;
  }
  const admitted = service.admit(head, agent.now());
  if (typeof admitted !== "string") {
    write(response, admitted, request);
    return;
  }
  if (admitted !== "message") {
    service.resource(admitted, head, face.endpoints).then(
      (reply) => write(response, reply, request),
      (cause: unknown) => write(response, service.failure(cause), request),
    );
    return;
  }
  if (request.headers.expect !== undefined && request.httpVersion === "1.1") response.writeContinue();
  readBody(request, service.maxRequestBytes, (body) => {
    if (typeof body === "number") {
      write(response, service.tooLarge(body), request);
      return;
    }
    const { contentEncoding } = head;
    if (contentEncoding === undefined || /^\s*(?:identity)?\s*$/i.test(contentEncoding)) {
      deliver(face, judged, body, request, response);
      return;
    }
    inflate(body, contentEncoding.trim().toLowerCase(), service.maxRequestBytes).then(
      (plain) => deliver(face, judged, plain as Buffer, request, response),
      (cause: unknown) => {
        const reply =
          cause instanceof InflatedTooLarge
            ? service.inflatedTooLarge(cause.bytes)
            : service.invalidCompression(`not a valid ${contentEncoding.trim().toLowerCase()} stream`);
        write(response, reply, request);
      },
    );
  });
}

function deliver(
  { agent, service }: Face,
  identity: Identity | undefined,
  body: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const text = isAscii(body) ? body.toString("latin1") : isUtf8(body) ? body.toString("utf8") : undefined;
  if (text === undefined) {
    write(response, service.invalidText(), request);
    return;
  }
  const { headers } = request;
  const stream = wantsEventStream(headers.accept) ? new EventStreamSink(response) : undefined;
  try {
    const answered = agent.receive(text, {
      authorization: identity === undefined ? authorizationOf(request) : undefined,
      identity,
      idempotencyKey: headers["x-idempotency-key"] as string | undefined,
      updates: stream,
    });
    if (typeof answered === "string" && stream?.isOpen !== true) writeAnswer(response, answered);
    else {
      Promise.resolve(answered).then(
        (late) => (stream?.isOpen === true ? stream.end(late) : writeAnswer(response, late)),
        (cause: unknown) => {
          const { headersSent } = response;
          write(response, service.failure(cause), request);
          if (headersSent) response.destroy();
        },
      );
    }
  } catch (cause) {
    write(response, service.failure(cause), request);
  }
}

function writeAnswer(response: ServerResponse, text: string): void {
  response.writeHead(200, ["content-type", "application/json", "content-length", String(Buffer.byteLength(text))]);
  response.end(text);
}

function write(response: ServerResponse, { status, headers, body }: HttpReply, request: IncomingMessage): void {
  if (response.headersSent || response.destroyed) return;
  const bodiless = status === 304;
  response.writeHead(status, bodiless ? [...headers] : [...headers, "content-length", String(Buffer.byteLength(body))]);
  if (status === 413 && !request.complete) {
    response.write(body);
    linger(request, response);
  } else response.end(request.method === "HEAD" || bodiless ? undefined : body);
}

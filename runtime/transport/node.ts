import { isAscii, isUtf8 } from "node:buffer";
import { createServer, type Server as HttpServer, IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { brotliDecompress, brotliDecompressSync, gunzip, gunzipSync } from "node:zlib";
import type { Agent } from "../agent.js";
import { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { prometheusContentType, renderPrometheus } from "../observe/prometheus.js";
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
} from "./http-service.js";

/** How an agent is served over HTTP. */
export interface ServeOptions extends Pick<HttpServiceOptions, "maxRequestBytes" | "rateLimit"> {
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
 * Serves an agent over HTTP.
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
  await agent.ready();

  let baseUrl = options.publicUrl ?? "";
  const listener = (request: BodyRequest, response: ServerResponse) => {
    try {
      answer(agent, service, baseUrl, request, response);
    } catch (cause) {
      write(response, service.failure(cause), request);
    }
  };
  const server = createServer(
    { ...timeoutsOf(options), connectionsCheckingInterval: 1_000, IncomingMessage: BodyRequest },
    listener,
  );
  server.on("checkContinue", (request: BodyRequest, response: ServerResponse) => {
    if (!refuseTooLarge(service, request, response)) {
      response.writeContinue();
      listener(request, response);
    }
  });
  await listen(server, port, host);
  const bound = (server.address() as AddressInfo).port;
  const shown = host.includes(":") ? `[${host}]` : host;
  const url = `http://${shown}:${bound}`;
  if (baseUrl === "") baseUrl = url;

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await agent.close(drainMs);
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), 1_000);
      await ended;
      clearTimeout(force);
    })();
    return closing;
  };
  return { url, port: bound, close, [Symbol.asyncDispose]: close };
}

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

function refuseTooLarge(service: HttpService, request: IncomingMessage, response: ServerResponse): boolean {
  const length = Number(request.headers["content-length"] ?? 0);
  if (length <= service.maxRequestBytes) return false;
  write(response, service.tooLarge(length), request);
  return true;
}

function answer(
  agent: Agent,
  service: HttpService,
  baseUrl: string,
  request: BodyRequest,
  response: ServerResponse,
): void {
  const head = headOf(request);
  const admitted = service.admit(head, agent.now());
  if (typeof admitted !== "string") {
    write(response, admitted, request);
    return;
  }
  if (admitted !== "message") {
    service.resource(admitted, head, endpointsAt(baseUrl)).then(
      (reply) => write(response, reply, request),
      (cause: unknown) => write(response, service.failure(cause), request),
    );
    return;
  }
  readBody(request, service.maxRequestBytes, (body) => {
    if (typeof body === "number") {
      write(response, service.tooLarge(body), request);
      return;
    }
    const { contentEncoding } = head;
    if (contentEncoding === undefined || /^\s*(?:identity)?\s*$/i.test(contentEncoding)) {
      deliver(agent, service, body, request, response);
      return;
    }
    inflate(body, contentEncoding.trim().toLowerCase(), service.maxRequestBytes).then(
      (plain) => deliver(agent, service, plain as Buffer, request, response),
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

/** A request with what was read of its body; its listeners are shared by all requests. */
class BodyRequest extends IncomingMessage {
  first: Buffer | undefined = undefined;
  more: Buffer[] | undefined = undefined;
  size = 0;
  maxBytes = 0;
  done: ((body: Buffer | number) => void) | undefined = undefined;
}

function onData(this: BodyRequest, chunk: Buffer): void {
  this.size += chunk.byteLength;
  if (this.size > this.maxBytes) {
    this.removeListener("data", onData);
    this.removeListener("end", onEnd);
    this.done?.(this.size);
  } else if (this.first === undefined) this.first = chunk;
  else if (this.more === undefined) this.more = [this.first, chunk];
  else this.more.push(chunk);
}

function onEnd(this: BodyRequest): void {
  this.done?.(this.more === undefined ? (this.first ?? Buffer.alloc(0)) : Buffer.concat(this.more, this.size));
}

/** Reads a body of bounded size; gives its size so far once it is over the limit, and nothing when the peer goes away. */
function readBody(request: BodyRequest, maxBytes: number, done: (body: Buffer | number) => void): void {
  request.maxBytes = maxBytes;
  request.done = done;
  request.on("data", onData);
  request.on("end", onEnd);
}

function deliver(
  agent: Agent,
  service: HttpService,
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
  try {
    const answered = agent.receive(text, {
      authorization: headers.authorization,
      idempotencyKey: headers["x-idempotency-key"] as string | undefined,
    });
    if (typeof answered === "string") writeAnswer(response, answered);
    else {
      answered.then(
        (late) => writeAnswer(response, late),
        (cause: unknown) => write(response, service.failure(cause), request),
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

/** Most bytes of a refused body that are read and thrown away, so that the peer gets to read the refusal. */
const lingerBytes = 16_777_216;

/** Longest time, in milliseconds, for which a refused body is read, and the longest for which nothing of it comes. */
const lingerMs = 2_000;
const lingerIdleMs = 250;

function write(response: ServerResponse, { status, headers, body }: HttpReply, request: IncomingMessage): void {
  if (response.headersSent || response.destroyed) return;
  const bodiless = status === 304;
  response.writeHead(status, bodiless ? [...headers] : [...headers, "content-length", String(Buffer.byteLength(body))]);
  if (status === 413 && !request.complete) {
    response.write(body);
    linger(request, response);
  } else response.end(request.method === "HEAD" || bodiless ? undefined : body);
}

/** Ends a response that closes the connection, once the rest of the request was read and thrown away. */
function linger(request: IncomingMessage, response: ServerResponse): void {
  let left = lingerBytes;
  const end = () => response.end();
  const timer = setTimeout(end, lingerMs);
  const idle = setTimeout(end, lingerIdleMs);
  request.on("data", (chunk: Buffer) => {
    idle.refresh();
    left -= chunk.byteLength;
    if (left < 0) request.socket.destroy();
  });
  request.on("end", end);
  request.on("close", () => {
    clearTimeout(timer);
    clearTimeout(idle);
  });
  request.resume();
}

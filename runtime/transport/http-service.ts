import type { Agent } from "../agent.js";
import { refusalHeaders } from "../auth/challenge.js";
import { type AccessRefusal, type Identity, isRefusal } from "../auth/guard.js";
import { type AsapError, isAsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import type { Endpoints } from "../manifest.js";
import { createRateLimiter, parseRateLimit, type RateLimiter } from "../rate-limit.js";

/** The parts of an HTTP request that decide what happens, before its body is read. */
export interface HttpHead {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** Value of Content-Length, when there is one. */
  readonly contentLength: number | undefined;
  readonly contentEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Address the rate limit counts by. */
  readonly clientAddress: string;
}

/** An HTTP response: status, flat list of header names and values, body. */
export interface HttpReply {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Limits and abilities of the HTTP face of an agent. */
export interface HttpServiceOptions {
  /** Longest body, as sent and decompressed, in bytes. Default 10,485,760. */
  readonly maxRequestBytes?: number;
  /** Rate limit per client address for POST /asap, such as `10/second;100/minute` (the default), or `off`. */
  readonly rateLimit?: string;
  /** Content codings that can be read. */
  readonly encodings: readonly string[];
  /** Prints the agent's metrics; without it there is no metrics route. */
  readonly renderMetrics?: (agent: Agent) => Promise<{ readonly contentType: string; readonly body: string }>;
}

const json = ["content-type", "application/json"] as const;

const reply = (status: number, body: unknown, headers: readonly string[] = []): HttpReply => ({
  status,
  headers: [...json, ...headers],
  body: JSON.stringify(body),
});

const detail = (status: number, text: string, headers?: readonly string[]): HttpReply =>
  reply(status, { detail: text }, headers);

/** Whether a judgement on a request's credentials is the answer that refuses it. */
export const isReply = (judged: Identity | HttpReply | undefined): judged is HttpReply =>
  judged !== undefined && "status" in judged;

/** What HTTP adds around an agent: routes, limits and the answers outside JSON-RPC. Knows no platform. */
export interface HttpService {
  readonly maxRequestBytes: number;
  /**
   * Judges the credentials of a request, before anything else of it (step 1 of wire section 6.1).
   *
   * @returns The answer that refuses it, who it comes from, or undefined for a route that is open.
   */
  authorize(
    path: string,
    authorization: string | undefined,
    endpoints: Endpoints,
  ): Identity | HttpReply | undefined | Promise<Identity | HttpReply>;
  /**
   * Judges a request before its body: steps 2 to 5 of wire section 6.1.
   *
   * @returns A refusal, `message` for a call of POST /asap whose body is to be read, or the name of a resource.
   */
  admit(head: HttpHead, nowMs: number): HttpReply | "message" | string;
  /** Answers a GET or HEAD of a resource that {@link HttpService.admit} named. */
  resource(name: string, head: HttpHead, endpoints: Endpoints): Promise<HttpReply>;
  tooLarge(bytes: number): HttpReply;
  inflatedTooLarge(bytes: number): HttpReply;
  invalidCompression(reason: string): HttpReply;
  /** The answer to a body that ended in a fault of its stream. */
  brokenBody(): HttpReply;
  /** The answer to a body that is not UTF-8. */
  invalidText(): HttpReply;
  /** The answer to a request from a page or by a name that is not allowed. */
  forbidden(reason: string): HttpReply;
  /** Wraps a JSON-RPC answer. */
  answer(text: string): HttpReply;
  /** The answer where the agent threw. */
  failure(cause: unknown): HttpReply;
}

/**
 * Makes the HTTP face of an agent (wire section 7).
 *
 * @throws AsapError `asap:config/invalid_option` when the rate limit cannot be read or the size limit is no size.
 */
export function createHttpService(agent: Agent, options: HttpServiceOptions): HttpService {
  const { routes, limits } = agent.protocol;
  const maxRequestBytes = options.maxRequestBytes ?? Number(limits["max_request_bytes"] ?? 10_485_760);
  if (!(maxRequestBytes >= 0)) {
    throw invalidOption("maxRequestBytes", "must be a number of bytes from 0");
  }
  const limiter = limiterOf(options.rateLimit ?? String(limits["rate_limit"] ?? "off"));
  const byPath = new Map(
    Object.values(routes)
      .filter(
        ({ name, upgrade }) =>
          upgrade === undefined &&
          (name !== "metrics" || options.renderMetrics !== undefined) &&
          (name !== "protected_resource" || agent.guard !== undefined),
      )
      .map((route) => [route.path, route]),
  );
  const rpcPath = routes["rpc"]?.path ?? "/asap";
  const { guard } = agent;
  const scopes = new Map<string, string>();
  for (const [path, route] of byPath) {
    const scope = guard?.scopeOfRoute(route) ?? null;
    if (scope !== null) scopes.set(path, scope);
  }
  const refused = (refusal: AccessRefusal, endpoints: Endpoints): HttpReply =>
    detail(refusal.status, refusal.detail, refusalHeaders(refusal, metadataUrl(agent, endpoints)));
  const supported = [...options.encodings].sort().join(", ");

  const tooLarge = (bytes: number): HttpReply =>
    detail(413, `Request size (${bytes} bytes) exceeds maximum (${maxRequestBytes} bytes)`, ["connection", "close"]);

  const limited = (head: HttpHead, nowMs: number): HttpReply | undefined => {
    const refusal = limiter?.take(head.clientAddress, nowMs);
    if (refusal === undefined) return undefined;
    const { retryAfterSeconds, limit } = refusal;
    const data = { retry_after: retryAfterSeconds, limit };
    const body = { jsonrpc: "2.0", id: null, error: { code: 429, message: "Rate limit exceeded", data } };
    return reply(429, body, ["retry-after", String(retryAfterSeconds)]);
  };

  const unreadable = (encoding: string | undefined): HttpReply | undefined => {
    if (encoding === undefined) return undefined;
    const coding = encoding.trim().toLowerCase();
    if (coding === "" || coding === "identity" || options.encodings.includes(coding)) return undefined;
    return detail(415, `Unsupported Content-Encoding: ${encoding.slice(0, 100)}. Supported: ${supported}`);
  };

  return {
    maxRequestBytes,
    tooLarge,
    authorize(path, authorization, endpoints) {
      const scope = scopes.get(path);
      if (scope === undefined || guard === undefined) return undefined;
      const judged = guard.admit(authorization, scope);
      const answered = (one: Identity | AccessRefusal) => (isRefusal(one) ? refused(one, endpoints) : one);
      return judged instanceof Promise ? judged.then(answered) : answered(judged);
    },
    admit(head, nowMs) {
      if (head.contentLength !== undefined && head.contentLength > maxRequestBytes) return tooLarge(head.contentLength);
      const { method, path } = head;
      if (path === rpcPath && method === "POST") {
        return limited(head, nowMs) ?? unreadable(head.contentEncoding) ?? "message";
      }
      const route = byPath.get(path);
      if (route === undefined) {
        const bare = path.endsWith("/") ? path.slice(0, -1) : undefined;
        if (bare === undefined || !byPath.has(bare)) return detail(404, "Not Found");
        return { status: 307, headers: ["location", bare], body: "" };
      }
      if (route.methods.includes(method)) return route.name;
      return detail(405, "Method Not Allowed", ["allow", route.methods.join(", ")]);
    },
    async resource(name, head, endpoints) {
      switch (name) {
        case "manifest": {
          const { text, etag } = await agent.servedManifest(endpoints);
          const headers = [
            "etag",
            etag,
            "cache-control",
            `public, max-age=${limits["manifest_max_age_seconds"] ?? 300}`,
          ];
          const matched = head.ifNoneMatch?.split(",").some((tag) => tag.trim() === etag) ?? false;
          return matched
            ? { status: 304, headers, body: "" }
            : { status: 200, headers: [...json, ...headers], body: text };
        }
        case "agent_health": {
          const health = agent.health();
          return reply(health.status === "healthy" ? 200 : 503, health);
        }
        case "metrics": {
          const rendered = await options.renderMetrics?.(agent);
          if (rendered === undefined) return detail(404, "Not Found");
          return { status: 200, headers: ["content-type", rendered.contentType], body: rendered.body };
        }
        case "protected_resource":
          return reply(200, {
            resource: baseOf(endpoints, rpcPath),
            ...agent.guard?.resourceFacts,
            bearer_methods_supported: ["header"],
            resource_name: agent.id,
          });
        case "ready":
          await agent.ready();
          return reply(200, { status: "ok" });
        case "health":
          return reply(200, { status: "ok" });
        default:
          return detail(404, "Not Found");
      }
    },
    inflatedTooLarge: (bytes) =>
      detail(413, `Decompressed request size (${bytes} bytes) exceeds maximum (${maxRequestBytes} bytes)`),
    invalidCompression: (reason) => detail(400, `Invalid compressed data: ${reason}`),
    brokenBody: () => detail(400, "The request body broke off"),
    invalidText: () =>
      reply(200, {
        jsonrpc: "2.0",
        error: {
          code: -32700,
          message: "Parse error",
          data: { error: "Invalid UTF-8 encoding: the body is not UTF-8" },
        },
        id: null,
      }),
    forbidden: (reason) => detail(403, reason),
    answer: (text) => ({ status: 200, headers: json, body: text }),
    failure(cause) {
      if (isAsapError(cause) && cause.httpStatus > 500) return unavailable(cause);
      agent.log.error?.("asap.request.failed", { error: cause });
      return reply(500, { detail: "Internal Server Error" });
    },
  };
}

const baseOf = ({ asap }: Endpoints, rpcPath: string): string =>
  asap.endsWith(rpcPath) ? asap.slice(0, -rpcPath.length) : asap;

/**
 * Where the metadata of an agent behind OAuth 2.0 is served, as challenges name it (RFC 9728 section 5.1): the route below
 * the agent's public URL, where a proxy is sure to send requests to the agent. Undefined for a protocol without the route.
 */
export function metadataUrl({ protocol }: Agent, endpoints: Endpoints): string | undefined {
  const path = protocol.routes["protected_resource"]?.path;
  return path && baseOf(endpoints, protocol.routes["rpc"]?.path ?? "/asap") + path;
}

function limiterOf(rateLimit: string): RateLimiter | undefined {
  return rateLimit.trim().toLowerCase() === "off" ? undefined : createRateLimiter(parseRateLimit(rateLimit));
}

/** The body of an answer with status 503 (wire section 6.2). */
const unavailable = (error: AsapError): HttpReply =>
  reply(503, { error: "Service Temporarily Unavailable", ...error.toJSON() });

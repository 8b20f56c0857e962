import type { ProtocolDefinition } from "../../generated/contract.js";
import type { Agent } from "../agent.js";
import { readBytes, utf8Text } from "../body.js";
import type { Endpoints } from "../manifest.js";
import { EventStreamBody, eventStreamHeaders, wantsEventStream } from "./event-stream-server.js";
import { createHttpService, type HttpHead, type HttpReply, type HttpServiceOptions, isReply } from "./http-service.js";

/** Inflates a body, giving up as soon as it grows over `maxBytes`. */
export type Inflate = (body: Uint8Array, encoding: string, maxBytes: number) => Promise<Uint8Array>;

/** How web requests are served. */
export interface FetchHandlerOptions extends Partial<HttpServiceOptions> {
  /**
   * Address of the caller, for the rate limit. Without it all callers share one limit, since a Request does not
   * tell where it came from.
   */
  readonly clientAddress?: (request: Request) => string;
  /** URL under which the agent is reached; the origin of each request by default. */
  readonly publicUrl?: string;
  /** Inflates request bodies; the platform's DecompressionStream for gzip by default. */
  readonly inflate?: Inflate;
}

/** A body grew over the limit while it was inflated. */
export class InflatedTooLarge extends Error {
  override readonly name = "InflatedTooLarge";
  readonly bytes: number;
  constructor(bytes: number) {
    super("The decompressed body is over the limit");
    this.bytes = bytes;
  }
}

/**
 * Makes a handler of web requests, for edge platforms and frameworks: the same agent, routes and limits as `serve`.
 *
 * @throws AsapError `asap:config/invalid_option` when the rate limit cannot be read.
 */
export function createFetchHandler(
  agent: Agent,
  options: FetchHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const inflate = options.inflate ?? inflateByStream;
  const service = createHttpService(agent, { encodings: ["gzip"], ...options });

  return async (request) => {
    try {
      const url = new URL(request.url);
      const head: HttpHead = {
        method: request.method,
        path: url.pathname,
        contentLength: lengthOf(request.headers.get("content-length")),
        contentEncoding: request.headers.get("content-encoding") ?? undefined,
        ifNoneMatch: request.headers.get("if-none-match") ?? undefined,
        clientAddress: options.clientAddress?.(request) ?? "",
      };
      const endpoints = endpointsAt(options.publicUrl ?? url.origin);
      const authorization = request.headers.get("authorization") ?? undefined;
      const judged = await service.authorize(head.path, authorization, endpoints);
      if (isReply(judged)) return respond(judged, request.method);
      const admitted = service.admit(head, agent.now());
      if (typeof admitted !== "string") return respond(admitted, request.method);
      if (admitted !== "message") {
        return respond(await service.resource(admitted, head, endpoints), request.method);
      }
      const body = await readBytes(request.body, service.maxRequestBytes).catch(() => undefined);
      if (body === undefined) return respond(service.brokenBody(), request.method);
      if (typeof body === "number") return respond(service.tooLarge(body), request.method);
      const text = await textOf(body, head.contentEncoding, inflate, service);
      if (typeof text !== "string") return respond(text, request.method);
      const updates = wantsEventStream(request.headers.get("accept") ?? undefined) ? new EventStreamBody() : undefined;
      const answer = agent.receive(text, {
        authorization,
        identity: judged,
        idempotencyKey: request.headers.get("x-idempotency-key") ?? undefined,
        updates,
      });
      if (updates === undefined) return respond(service.answer(await answer), request.method);
      const first = await Promise.race([answer, updates.opened]);
      if (typeof first === "string") return respond(service.answer(first), request.method);
      Promise.resolve(answer).then(
        (last) => updates.end(last),
        () => updates.fail(),
      );
      return respond({ status: 200, headers: eventStreamHeaders, body: updates.stream }, request.method);
    } catch (cause) {
      return respond(service.failure(cause), request.method);
    }
  };
}

/**
 * The endpoints of an agent reached under a base URL.
 *
 * @param sockets The protocol whose WebSocket route is served as well; none by default.
 */
export function endpointsAt(baseUrl: string, sockets?: ProtocolDefinition): Endpoints {
  const base = baseUrl.replace(/\/+$/, "");
  const path = sockets?.routes["websocket"]?.path;
  return { asap: `${base}/asap`, ...(path && { events: base.replace(/^http/i, "ws") + path }) };
}

function respond(
  { status, headers, body }: Omit<HttpReply, "body"> & { readonly body: BodyInit },
  method: string,
): Response {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) pairs.push([headers[at] as string, headers[at + 1] as string]);
  return new Response(method === "HEAD" || status === 304 ? null : body, { status, headers: pairs });
}

const lengthOf = (value: string | null): number | undefined =>
  value !== null && /^\d+$/.test(value) ? Number(value) : undefined;

async function textOf(
  body: Uint8Array,
  encoding: string | undefined,
  inflate: Inflate,
  service: ReturnType<typeof createHttpService>,
): Promise<string | HttpReply> {
  const coding = encoding?.trim().toLowerCase() ?? "";
  let plain = body;
  if (coding !== "" && coding !== "identity") {
    try {
      plain = await inflate(body, coding, service.maxRequestBytes);
    } catch (cause) {
      if (cause instanceof InflatedTooLarge) return service.inflatedTooLarge(cause.bytes);
      return service.invalidCompression(`not a valid ${coding} stream`);
    }
  }
  return utf8Text(plain) ?? service.invalidText();
}

/** Inflates gzip with the platform's DecompressionStream. */
const inflateByStream: Inflate = async (body, _encoding, maxBytes) => {
  const source = new Blob([body as Uint8Array<ArrayBuffer>]).stream();
  const inflated = await readBytes(source.pipeThrough(new DecompressionStream("gzip")), maxBytes);
  if (typeof inflated === "number") throw new InflatedTooLarge(inflated);
  return inflated;
};

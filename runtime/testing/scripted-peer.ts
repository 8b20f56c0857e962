import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  /** The body as text, inflated. */
  readonly text: string;
  /** How many requests came before this one to the same path. */
  readonly count: number;
}

/** What the peer does with a request: answers, never answers, or breaks the connection, before or within its body. */
export type Move =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: string | Uint8Array }
  | {
      readonly chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
      readonly headers?: Record<string, string>;
      /** Breaks the connection after the last chunk. */
      readonly breaks?: boolean;
    }
  | "hang"
  | "drop"
  | "truncate";

/** A real HTTP server on this host that does as told and remembers what it got. */
export interface ScriptedPeer extends AsyncDisposable {
  readonly url: string;
  readonly requests: Received[];
  /** The requests to one path. */
  to(path: string): Received[];
}

/**
 * Starts a scripted peer on a free port of 127.0.0.1.
 *
 * @param script Says what to do with each request; without an answer the peer says 404.
 */
export async function scriptedPeer(
  script: (request: Received) => Move | undefined | Promise<Move | undefined>,
): Promise<ScriptedPeer> {
  const requests: Received[] = [];
  const to = (path: string) => requests.filter((request) => request.path === path);
  const server = createServer((incoming, response) => {
    void receive(incoming, to(incoming.url ?? "").length).then(async (request) => {
      requests.push(request);
      const move = (await script(request)) ?? { status: 404, body: '{"detail":"Not Found"}' };
      if (move === "hang") return;
      if (move === "drop") return void incoming.socket.destroy();
      if (move === "truncate") {
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
        response.write('{"jsonrpc":');
        setImmediate(() => incoming.socket.destroy());
        return;
      }
      if ("chunks" in move) {
        for (const [name, value] of Object.entries(move.headers ?? {})) response.setHeader(name, value);
        for await (const chunk of move.chunks) {
          if (response.destroyed) return;
          if (!response.write(chunk)) await room(response);
        }
        if (move.breaks === true) setImmediate(() => incoming.socket.destroy());
        else response.end();
        return;
      }
      response.writeHead(move.status ?? 200, { "content-type": "application/json", ...move.headers });
      response.end(move.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    to,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits until more can be written, or never will. */
function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

async function receive(incoming: IncomingMessage, count: number): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const { method = "", url: path = "", headers, rawHeaders } = incoming;
  const text = (headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
  return { method, path, headers, rawHeaders, bytes, text, count };
}

/** The JSON-RPC request that a client posted. */
export interface SentRequest {
  readonly jsonrpc: string;
  readonly method: string;
  readonly id: string;
  readonly params: {
    readonly idempotency_key: string;
    readonly envelope: Record<string, unknown> & { readonly id: string; readonly payload: Record<string, unknown> };
  };
}

/** Reads the JSON-RPC request of a body. */
export function sent(request: Received): SentRequest {
  return JSON.parse(request.text) as SentRequest;
}

/** What differs from a right answer. */
export interface Difference {
  readonly response?: object;
  readonly envelope?: object;
  readonly payload?: object;
}

/** A right answer to a task request, with differences. */
export function taskAnswer(request: Received, difference: Difference = {}): { readonly body: string } {
  const { id, params } = sent(request);
  const payload = { task_id: "task_1", status: "completed", result: { ok: true }, final_state: null, metrics: null };
  const envelope = {
    id: "01SINKENV",
    asap_version: "0.1",
    timestamp: "2026-01-01T00:00:00Z",
    sender: "urn:asap:agent:sink",
    recipient: params.envelope["sender"],
    payload_type: "task.response",
    payload: { ...payload, ...difference.payload },
    correlation_id: params.envelope.id,
    trace_id: null,
    requires_ack: false,
    extensions: null,
    ...difference.envelope,
  };
  return { body: JSON.stringify({ jsonrpc: "2.0", result: { envelope }, id, ...difference.response }) };
}

/** A JSON-RPC error in answer to a request. */
export function errorAnswer(request: Received, error: unknown, difference: object = {}): { readonly body: string } {
  return { body: JSON.stringify({ jsonrpc: "2.0", error, id: sent(request).id, ...difference }) };
}

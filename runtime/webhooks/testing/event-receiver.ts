import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** A request that a receiver got. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Answers one request; the count is of those that came before it to the same path. */
export type Answer = (request: Received, response: ServerResponse, count: number) => void;

/** Options of {@link startReceiver}. */
export interface ReceiverOptions {
  /** Address it listens on. Default: 127.0.0.1. */
  readonly host?: string;
  /** Certificate and key, for https. Default: http. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A real receiver of webhooks. */
export interface Receiver {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** How it answers from now on. */
  answer: Answer;
  /** Connections it got so far. */
  connections(): number;
  /** Resolves once this many requests were received. */
  has(count: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Answers with a status, and nothing else. */
export const status =
  (code: number, headers: Record<string, string | string[]> = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, headers);
    response.end();
  };

/** Starts a receiver. */
export async function startReceiver(
  answer: Answer = status(200),
  { host = "127.0.0.1", tls }: ReceiverOptions = {},
): Promise<Receiver> {
  const sockets = new Set<Socket>();
  const counts = new Map<string, number>();
  let wake = () => {};
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "/";
      const one = { path, headers: request.headers, body: Buffer.concat(chunks).toString("utf8") };
      const count = counts.get(path) ?? 0;
      counts.set(path, count + 1);
      receiver.received.push(one);
      receiver.answer(one, response, count);
      wake();
    });
  };
  const server: Server = tls === undefined ? createServer(listener) : createHttps(tls, listener);
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `${tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    received: [],
    answer,
    connections: () => connections,
    async has(count) {
      while (receiver.received.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return receiver;
}

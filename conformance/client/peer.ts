import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { routes } from "../../generated/routes.js";
import { sleepUnless } from "../stop.js";
import { type Budget, createBudget } from "./budget.js";
import { pathIn } from "./checks.js";
import { conformingAnswer } from "./conforming.js";
import { readJson, writeJson } from "./json.js";
import { createPoster } from "./post.js";
import type { Script, Stage } from "./scenario.js";
import type { Answer, Headers, Posted, Received, Sent } from "./session.js";
import { accept } from "./socket.js";
import { asksForWebSocket, serveWithoutUpgrade } from "./upgrade.js";

const notFound: Answer = { status: 404, body: { detail: "Not Found" } };
const spent: Answer = { status: 503, headers: { Connection: "close" }, body: { detail: "Too much in one scenario" } };
const longestBody = 10_485_760;

/** The suite as the agent that a client speaks to. */
export interface Peer {
  readonly url: string;
  readonly stage: Stage;
  readonly requests: readonly Received[];
  readonly posted: readonly Posted[];
  /** What went wrong in the script, undefined when nothing did. */
  fault(): string | undefined;
  /** What the client sent, in words, where that was more than is kept. */
  tooMuch(): string | undefined;
  /** Takes a failure of the script down. */
  readonly blame: (cause: unknown) => void;
  /** Resolves when no connection is open. */
  quiet(): Promise<void>;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** Options of {@link startPeer}. */
export interface PeerOptions {
  readonly script: Script;
  /** Variables of the scenario, from the URL of the peer. */
  readonly env: (url: string) => Readonly<Record<string, string>>;
  /** Aborts when the client has ended. */
  readonly signal: AbortSignal;
}

/**
 * Starts the peer of one scenario at a free port of 127.0.0.1.
 *
 * @throws Error where none can be listened on
 */
export async function startPeer({ script, env, signal }: PeerOptions): Promise<Peer> {
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  const requests: Received[] = [];
  const posted: Posted[] = [];
  const connections = new WeakMap<Socket, number>();
  let connected = 0;
  /** Headers of requests that are served without the upgrade they asked for. */
  const written = new WeakMap<Socket, readonly string[]>();
  const budget = createBudget();
  let opened = 0;
  const open = new Set<Socket>();
  let fault: string | undefined;
  const blame = (cause: unknown) => {
    if (!signal.aborted) fault ??= cause instanceof Error ? cause.message : String(cause);
  };
  let wake = () => {};
  let waking = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const stir = () => {
    const awake = wake;
    waking = new Promise((resolve) => {
      wake = resolve;
    });
    awake();
  };

  const receive = async (incoming: IncomingMessage, isUpgrade: boolean): Promise<Received | undefined> => {
    if (!budget.request()) return undefined;
    const connection = connections.get(incoming.socket) ?? -1;
    const atMs = since();
    const clockMs = Date.now();
    const headers = pairs(written.get(incoming.socket) ?? incoming.rawHeaders);
    written.delete(incoming.socket);
    const body = isUpgrade ? Buffer.alloc(0) : await bodyOf(incoming, budget);
    if (body === undefined) return undefined;
    const text = await decoded(body, incoming.headers["content-encoding"]);
    if (!budget.bytes(text?.length ?? 0)) return undefined;
    const request: Received = {
      at: requests.length,
      method: incoming.method ?? "",
      target: incoming.url ?? "",
      headers,
      body,
      text,
      document: text === null ? undefined : readJson(text),
      connection,
      atMs,
      clockMs,
    };
    requests.push(request);
    stir();
    return request;
  };

  const scripted = async (request: Received): Promise<Answer | undefined> => {
    try {
      return await script.answer?.(request, stage);
    } catch (cause) {
      blame(cause);
      throw cause;
    }
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const refuse = () => {
      const bytes = bytesOf(spent);
      response.writeHead(spent.status, headersOf(spent, bytes).flat()).end(bytes);
      incoming.resume();
    };
    const request = await receive(incoming, false);
    if (request === undefined) return refuse();
    const answer = (await scripted(request)) ?? conformingAnswer(request, url);
    if (answer.afterMs !== undefined) await sleepUnless(signal, answer.afterMs);
    if (answer.silent === true) return;
    if (answer.reset === true) {
      incoming.socket.resetAndDestroy();
      return;
    }
    const bytes = bytesOf(answer);
    if (!budget.bytes(bytes.length)) return refuse();
    const headers = headersOf(answer, bytes);
    request.sent = sentOf(answer, headers, bytes, since());
    response.writeHead(answer.status, headers.flat()).end(request.method === "HEAD" ? undefined : bytes);
  };

  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (incoming, response) => {
    serve(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.on("connection", (socket) => {
    if (connections.has(socket)) return;
    connections.set(socket, connected++);
    open.add(socket);
    socket.on("close", () => {
      open.delete(socket);
      stir();
    });
  });
  const openSocket = (request: Received | undefined, socket: Socket, head: Buffer) => {
    if (request === undefined) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const { socketPath = routes.websocket.path } = script;
    const refusal = pathIn(request) === socketPath ? script.upgrade?.(request, stage) : notFound;
    if (refusal === undefined) {
      const made = accept({ request, socket, head, script, stage, since, stir, blame, budget, number: opened++ });
      script.opened?.(made, stage);
      return;
    }
    const bytes = bytesOf(refusal);
    const headers = headersOf(refusal, bytes);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const reason = STATUS_CODES[refusal.status] ?? "Refused";
    request.sent = sentOf(refusal, headers, bytes, since());
    socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${refusal.status} ${reason}\r\n${lines}\r\n`), bytes]));
  };
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!asksForWebSocket(incoming)) {
      written.set(socket, incoming.rawHeaders);
      serveWithoutUpgrade(server, incoming, socket, head);
      return;
    }
    socket.on("error", () => {});
    receive(incoming, true)
      .then((request) => openSocket(request, socket, head))
      .catch((cause: unknown) => {
        blame(cause);
        socket.destroy();
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => resolve());
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = createPoster({ signal, since, done: (one) => posted.push(one) });
  const stage: Stage = { url, requests, signal, env: env(url), next: () => waking, post };
  return {
    url,
    stage,
    requests,
    posted,
    blame,
    fault: () => fault,
    tooMuch: budget.tooMuch,
    async quiet() {
      while (open.size > 0) await waking;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
        stir();
      }),
  };
}

const pairs = (flat: readonly string[]): Headers =>
  flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ""] as const] : []));

/** The body of a request; undefined where there is no room for it. */
async function bodyOf(incoming: IncomingMessage, budget: Budget): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    if (!budget.bytes(part.length)) return undefined;
    if (length > longestBody) throw new Error("the body is too long");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const bound = { maxOutputLength: longestBody };
const decoders: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  identity: async (body) => body,
  gzip: (body) => promisify(gunzip)(body, bound) as Promise<Buffer>,
  deflate: (body) => promisify(inflate)(body, bound) as Promise<Buffer>,
  br: (body) => promisify(brotliDecompress)(body, bound) as Promise<Buffer>,
};

async function decoded(body: Buffer, coding: string | undefined): Promise<string | null> {
  try {
    const decode = decoders[(coding ?? "identity").trim().toLowerCase()];
    return decode === undefined ? null : new TextDecoder("utf-8", { fatal: true }).decode(await decode(body));
  } catch {
    return null;
  }
}

function bytesOf({ body }: Answer): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(writeJson(body));
}

function headersOf({ headers = {}, body, status }: Answer, bytes: Buffer): [string, string][] {
  const named = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  const has = (wanted: string) => named.some(([name]) => name.toLowerCase() === wanted);
  if (body !== undefined && !has("content-type")) named.push(["Content-Type", "application/json"]);
  if (status !== 304 && !has("content-length")) named.push(["Content-Length", String(bytes.length)]);
  return named;
}

const sentOf = ({ status }: Answer, headers: Headers, body: Buffer, atMs: number): Sent => ({
  status,
  headers,
  body,
  atMs,
});

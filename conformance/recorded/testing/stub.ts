import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { noKeys, type Recording, readEnd, withNonce } from "./captures.js";
import { type Asked, keyOf } from "./kind.js";
import { createMatch, type How, type Servers } from "./match.js";
import { type OpenSocket, openSocket } from "./stub-socket.js";
import { issuersSignatures, type Own, type Signature, tokenMarks } from "./token-kind.js";

/** Status, and code of a close frame, that say: nothing of that kind was recorded. */
export const notRecorded = { status: 499, code: 4499 } as const;

/** Requests of a second that the recorded limits let through. */
const perSecond = 10;

/** What a stub is made from. */
export interface StubOptions {
  readonly recordings: readonly Recording[];
  readonly servers: Servers;
  /** Id of the agent, by which recordings of other variants are made its own. */
  readonly agentId: string;
  /** Issuer of the tokens that hold, by its URL, and their audience; without them no token is looked at. */
  readonly tokens?: Pick<Own, "issuer" | "audience">;
}

/** Header of answers with the number of the request, which the messages of a WebSocket share. */
export const numberHeader = "x-recorded-number";

/** A request or a message that was answered, and how the recording for it was found. */
export interface FromRecording {
  /** What {@link numberHeader} says. */
  readonly number: number;
  readonly key: string;
  /** Name of the recording. */
  readonly name: string;
  readonly how: How;
}

/** An agent that knows nothing but recordings. */
export interface Stub {
  readonly url: string;
  /** Requests and messages that were answered. */
  readonly answered: FromRecording[];
  /** Kinds of requests that nothing was recorded of. */
  readonly unknown: string[];
  /** Ends every open WebSocket as was recorded of an agent that gets SIGTERM, and counts that as answered. */
  stop(): void;
  close(): Promise<void>;
}

/** What answers requests, and what it keeps. */
export interface Replayer {
  reply(
    asked: Asked,
    number: number,
  ): { readonly key: string; readonly found: ReturnType<ReturnType<typeof createMatch>["find"]> };
  /** Counts a request to a route or a connection; whether it is one more than the rate lets through. */
  isOverRate(over: Asked["over"], counted: number[]): boolean;
  /** The agent's own id and address in place of those of the recording. */
  own(text: string, recording: Recording): string;
}

/** Starts a stub on 127.0.0.1. */
export async function startStub({ recordings, servers, agentId, tokens }: StubOptions): Promise<Stub> {
  const match = createMatch(recordings, servers);
  const nonces = new Set<string>();
  const answered: Stub["answered"] = [];
  const unknown: string[] = [];
  const sockets = new Set<Duplex>();
  const open = new Map<number, OpenSocket>();
  let host = "";
  let judge: ((text: string) => Signature) | undefined;
  const etag = recordings.find(
    ({ server, asked, response }) =>
      servers.http.includes(server) && asked.path.endsWith("/manifest.json") && response?.status === 200,
  )?.asked.etag;

  const marksOf = async (headers: Asked["headers"]): Promise<readonly string[]> => {
    if (tokens === undefined) return [];
    const own: Own = { ...tokens, agent: agentId, listed: [] };
    const marks = () => tokenMarks(headers, own, Date.now(), judge ?? (() => "no key"));
    if (!marks().includes("signature no key")) return marks();
    judge = (await issuersSignatures(tokens.issuer).catch(() => undefined)) ?? judge;
    return judge === undefined ? [noKeys] : marks();
  };

  const limited = new Set(
    recordings
      .filter((one) => one.asked.isOverRate && servers[one.asked.over].includes(one.server))
      .map((one) => one.asked.over),
  );
  const posts: number[] = [];
  let numbers = 0;
  const nextNumber = () => {
    numbers += 1;
    return numbers;
  };
  const replayer: Replayer = {
    isOverRate(over, counted) {
      const now = Date.now();
      const isOver = limited.has(over) && counted.filter((at) => now - at < 1000).length >= perSecond;
      if (!isOver) counted.push(now);
      return isOver;
    },
    reply(bare, number) {
      const { asked, kind } = withNonce(bare, nonces);
      const found = match.find(asked, kind, asked.atMs);
      const key = `${asked.over} ${keyOf(kind, 0)}`;
      if (found === undefined) unknown.push(key);
      else answered.push({ number, key, name: found.recording.name, how: found.how });
      return { key, found };
    },
    own: (text, { asked }) =>
      text
        .replaceAll(asked.headers.host ?? "no host", host)
        .replace(/"sender":"urn:asap:agent:(?:variant|echo-agent)"/g, `"sender":"${agentId}"`),
  };

  const askedOf = async (request: IncomingMessage, body: Buffer): Promise<Asked> => {
    const headers = headersOf(request);
    return {
      over: "http",
      method: request.method ?? "",
      path: request.url ?? "",
      headers,
      body,
      atMs: Date.now(),
      limit: 10_485_760,
      token: await marksOf(headers),
      ...(etag === undefined ? {} : { etag }),
    };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const early = await askedOf(request, Buffer.alloc(0));
    const isTooLarge = Number(early.headers["content-length"] ?? 0) > early.limit;
    const asked = isTooLarge ? early : { ...early, body: await bodyOf(request, early.limit) };
    const isCounted = asked.method === "POST" && asked.path === "/asap";
    const number = nextNumber();
    const { key, found } = replayer.reply(
      isCounted && replayer.isOverRate("http", posts) ? { ...asked, isOverRate: true } : asked,
      number,
    );
    const recorded = found?.response;
    if (found === undefined || recorded === undefined) {
      response.writeHead(notRecorded.status, { "x-not-recorded": headerText(key) }).end();
      return;
    }
    const bytes = isText(recorded.headers)
      ? Buffer.from(replayer.own(recorded.body.toString("utf8"), found.recording))
      : recorded.body;
    const length = recorded.status === 304 ? {} : { "content-length": lengthOf(recorded.headers, request, bytes) };
    response.writeHead(recorded.status, { ...keptHeaders(recorded.headers), ...length, [numberHeader]: number });
    response.end(bytes);
    if (isTooLarge) response.once("finish", () => request.socket.destroySoon());
  };

  const busy = new WeakSet<object>();
  const server = createServer((request, response) => {
    busy.add(request.socket);
    response.once("close", () => busy.delete(request.socket));
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.on("clientError", (_error, socket: Socket) => {
    if (busy.has(socket)) return;
    unknown.push("no HTTP");
    socket.end(`HTTP/1.1 ${notRecorded.status} Not Recorded\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  server.on("upgrade", async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const asked = await askedOf(request, Buffer.alloc(0));
    const number = nextNumber();
    const opened = openSocket({ asked, socket, head, replayer, number });
    if (opened === undefined) return;
    open.set(number, opened);
    socket.once("close", () => open.delete(number));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    answered,
    unknown,
    stop() {
      const { name, code, reason } = readEnd();
      for (const [number, socket] of open) {
        socket.end(code, reason);
        answered.push({ number, key: "ws the end of the agent", name, how: "exact" });
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const headersOf = ({ headersDistinct }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(", ")]));

/** The body, or as much of it as is over the limit. */
async function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > limit) break;
  }
  return Buffer.concat(chunks);
}

const headerText = (text: string) => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 300);

const isText = (headers: Readonly<Record<string, string>>) => (headers["content-type"] ?? "").includes("json");

/** The headers of an answer without those that the connection decides. */
export const keptHeaders = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !["date", "content-length", "connection"].includes(name.toLowerCase())),
  );

const lengthOf = (headers: Readonly<Record<string, string>>, request: IncomingMessage, bytes: Buffer) =>
  request.method === "HEAD" ? (headers["content-length"] ?? "0") : String(bytes.length);

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type SocketMutant, tunnel } from "./tunnel.js";

/** A request on its way to a wrapped agent. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** An answer on its way from a wrapped agent. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: Buffer;
}

/** One behaviour of an agent, turned wrong. */
export interface Mutant {
  readonly name: string;
  /** Id of the case that must fail on it. */
  readonly killedBy: string;
  /** Whether which further cases fail depends on the moment it meets what brings it down. */
  readonly spreads?: boolean;
  /** Whether the agent is asked to end when it is judged; false unless set. */
  readonly stops?: boolean;
  /** Changes what reaches the agent. */
  readonly ask?: (asked: Asked) => Asked;
  /** Changes what comes back. */
  readonly answer?: (answered: Answered, asked: Asked) => Answered;
  /** Changes WebSockets; `none` has no WebSocket at all. */
  readonly socket?: SocketMutant | "none";
  /** Makes the functions that keep something in mind, anew for each agent. */
  readonly make?: () => Pick<Mutant, "ask" | "answer">;
  /** What follows an answer that must have no body. */
  readonly stray?: (asked: Asked) => string;
  /** What is written to a connection that does not speak HTTP; 400 unless set. */
  readonly toGarbage?: string;
}

/** A running wrapper. */
export interface Wrapped {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Puts a mutant in front of an agent: an HTTP server that hands every request on and changes it, or its answer, on the way.
 *
 * @param agentUrl URL of a running agent
 */
export async function wrap(agentUrl: string, given: Mutant): Promise<Wrapped> {
  const mutant: Mutant = { ...given, ...given.make?.() };
  const server = createServer((incoming, outgoing) => {
    handOn(new URL(agentUrl), mutant, incoming, outgoing).catch(() => outgoing.destroy());
  });
  const tunnels = new Set<Duplex>();
  server.on("upgrade", (incoming, socket, early) => {
    tunnels.add(socket.on("close", () => tunnels.delete(socket)));
    if (mutant.socket === "none") socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    else tunnel(new URL(agentUrl), incoming.url ?? "/", incoming, socket, early, mutant.socket);
  });
  server.on("clientError", (_, socket) => {
    if (socket.writable) socket.end(`HTTP/1.1 ${mutant.toGarbage ?? "400 Bad Request"}\r\nConnection: close\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of tunnels) socket.destroy();
      }),
  };
}

async function handOn(agent: URL, mutant: Mutant, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = "GET", url: path = "/" } = incoming;
  const { authorization = [] } = incoming.headersDistinct;
  const headers = { ...incoming.headers, ...(authorization.length > 1 ? { authorization } : {}) };
  const tooBig = Number(headers["content-length"] ?? 0) > 20_000_000;
  const asked: Asked = { method, path, headers, body: tooBig ? Buffer.alloc(0) : await bodyOf(incoming) };
  const changed = mutant.ask?.(asked) ?? asked;
  const answered = await send(agent, changed, tooBig).catch(() => send(agent, changed, tooBig));
  const { status, headers: back, body } = mutant.answer?.(answered, asked) ?? answered;
  const own = Object.entries(back).filter(([name, value]) => value !== undefined && !hopHeaders.has(name));
  outgoing.writeHead(status, Object.fromEntries(own) as Record<string, string>);
  const isBare = method === "HEAD" || status === 304;
  const { socket } = outgoing;
  const stray = isBare ? (mutant.stray?.(asked) ?? "") : "";
  outgoing.end(isBare ? undefined : body, () => {
    if (stray !== "") socket?.write(stray);
  });
}

const hopHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

function send(agent: URL, asked: Asked, declaredOnly: boolean): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const kept = Object.entries(asked.headers).filter(([name, value]) => value !== undefined && !hopHeaders.has(name));
    const headers = Object.fromEntries(kept) as Record<string, string | string[]>;
    const length = {
      "content-length": declaredOnly ? String(asked.headers["content-length"]) : String(asked.body.length),
    };
    const request = httpRequest(
      {
        host: agent.hostname,
        port: agent.port,
        method: asked.method,
        path: asked.path,
        headers: { ...headers, ...length },
        agent: false,
      },
      (response) => {
        bodyOf(response).then((body) => {
          request.destroy();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        }, reject);
      },
    );
    request.on("error", reject);
    if (declaredOnly) request.flushHeaders();
    else request.end(asked.body);
  });
}

/** The body of a message. */
export async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

import { createServer as createHttpServer, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { tunnel } from "../mutants/tunnel.js";
import { acceptOf } from "../websocket.js";

/** A server that does harm in one way. */
export interface Hostile {
  /** What it does. */
  readonly name: string;
  /** What it does with a connection. */
  readonly connection?: (socket: Socket) => unknown;
  /** What it does with tasks; the agent answers all else. */
  readonly task?: (socket: Duplex) => unknown;
  /** What it does with upgrades; the agent answers all else. */
  readonly upgrade?: (socket: Duplex, request: IncomingMessage) => unknown;
}

const block = Buffer.alloc(65_536, " ");
const gigabyte = 2 ** 30;

/** Writes as fast as the other side reads, until so many bytes are written or the other side is gone. */
function pour(socket: Duplex, bytes: Uint8Array, total: number = Number.POSITIVE_INFINITY): void {
  let written = 0;
  const more = () => {
    while (!socket.destroyed && written < total) {
      written += bytes.length;
      if (!socket.write(bytes)) return;
    }
  };
  socket.on("drain", more).on("error", () => {});
  more();
}

/** Writes a byte now and then, until the other side is gone. */
function drip(socket: Duplex, bytes: Uint8Array, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(Buffer.of(bytes[at] ?? 0x20));
    at += 1;
  }, everyMs);
  socket.on("close", () => clearInterval(timer)).on("error", () => {});
}

const answered = (head: string) => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${head}\r\n\r\n`;

/** Answers each request that it reads on a connection. */
const answering = (answer: (socket: Socket) => void) => (socket: Socket) => {
  socket.on("data", () => answer(socket)).on("error", () => {});
};

/** Opens the WebSocket and goes on in a way of its own. */
const switched =
  (go: (socket: Duplex) => void) =>
  (socket: Duplex, { headers }: IncomingMessage): void => {
    const accept = acceptOf(headers["sec-websocket-key"] ?? "");
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
    socket.on("error", () => {}).resume();
    socket.write(`${head}\r\n\r\n`);
    go(socket);
  };

/** Milliseconds after which some give up, a little less than the suite waits. */
const almostMs = 1200;

const ping = Buffer.from([0x89, 1, 0x41]);
const nothing = Buffer.from([0x81, 2, 0x7b, 0x7d]);
const closing = Buffer.from([0x88, 2, 3, 232]);
const huge = Buffer.concat([Buffer.from([0x81, 127, 0, 0, 0, 0, 0x40, 0, 0, 0])]);
const fragment = Buffer.concat([Buffer.from([0x00, 126, 0x10, 0x00]), Buffer.alloc(4096, 0x41)]);

/** Servers that answer nothing right, at any route. */
export const hostileServers: readonly Hostile[] = [
  {
    name: "answers {} to everything",
    connection: answering((socket) => socket.write(`${answered("Content-Length: 2")}{}`)),
  },
  { name: "never answers", connection: (socket) => socket.on("error", () => {}).resume() },
  { name: "resets every connection", connection: (socket) => socket.once("data", () => socket.resetAndDestroy()) },
  {
    name: "sends a byte at a time",
    connection: (socket) =>
      socket.once("data", () => drip(socket, Buffer.from(answered("Content-Length: 9000")), 1000)).resume(),
  },
  {
    name: "sends a body of 1 GB",
    connection: answering((socket) => {
      socket.write(answered(`Content-Length: ${gigabyte}`));
      pour(socket, block, gigabyte);
    }),
  },
  {
    name: "sends a body of 1 GB in chunks",
    connection: answering((socket) => {
      socket.write(answered("Transfer-Encoding: chunked"));
      pour(socket, Buffer.concat([Buffer.from("10000\r\n"), block, Buffer.from("\r\n")]), gigabyte);
    }),
  },
  {
    name: "sends headers without end",
    connection: answering((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      pour(socket, Buffer.from(`X-More: ${"a".repeat(1000)}\r\n`.repeat(60)));
    }),
  },
];

/** Agents that answer rightly but for one route. */
export const hostileAgents: readonly Hostile[] = [
  { name: "never answers a task", task: (socket) => socket.on("error", () => {}) },
  {
    name: "resets the connection of a task at the last moment",
    task: (socket) => void setTimeout(() => socket.destroy(), almostMs),
  },
  {
    name: "has a gateway that gives up on tasks",
    task: (socket) => {
      const gaveUp = "HTTP/1.1 504 Gateway Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
      setTimeout(() => socket.end(gaveUp), almostMs);
    },
  },
  { name: "never answers an upgrade", upgrade: (socket) => socket.on("error", () => {}).resume() },
  { name: "says nothing over a WebSocket", upgrade: switched(() => {}) },
  { name: "declares a frame of 1 GB", upgrade: switched((socket) => socket.write(huge)) },
  {
    name: "sends a frame of 1 GB",
    upgrade: switched((socket) => {
      socket.write(huge);
      pour(socket, block, gigabyte);
    }),
  },
  {
    name: "sends fragments without end",
    upgrade: switched((socket) => {
      socket.write(Buffer.from([0x01, 1, 0x41]));
      pour(socket, fragment);
    }),
  },
  {
    name: "sends empty fragments without end",
    upgrade: switched((socket) => {
      socket.write(Buffer.from([0x01, 1, 0x41]));
      pour(socket, Buffer.alloc(4096));
    }),
  },
  {
    name: "sends pings without end",
    upgrade: switched((socket) => pour(socket, Buffer.concat(Array.from({ length: 1000 }, () => ping)))),
  },
  {
    name: "sends a ping now and then, and nothing else",
    upgrade: switched((socket) => {
      const timer = setInterval(() => socket.write(ping), 20);
      socket.on("close", () => clearInterval(timer));
    }),
  },
  {
    name: "sends frames that say nothing, now and then",
    upgrade: switched((socket) => {
      const timer = setInterval(() => socket.write(nothing), 20);
      socket.on("close", () => clearInterval(timer));
    }),
  },
  {
    name: "ends a WebSocket at the last moment",
    upgrade: switched((socket) => setTimeout(() => socket.end(), almostMs)),
  },
  {
    name: "closes a WebSocket at the last moment",
    upgrade: switched((socket) => setTimeout(() => socket.end(closing), almostMs)),
  },
  {
    name: "sends frames a byte at a time",
    upgrade: switched((socket) => drip(socket, Buffer.from("\u0081\u007d".repeat(999), "latin1"), 1000)),
  },
];

/** A running server. */
export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a hostile server on a free port of this host.
 *
 * @param agentUrl URL of an agent that answers what it leaves alone
 */
export async function startHostile({ connection, task, upgrade }: Hostile, agentUrl?: string): Promise<Running> {
  const sockets = new Set<Duplex>();
  const server: Server =
    connection === undefined
      ? createHttpServer((incoming, outgoing) => {
          if (task !== undefined && incoming.method === "POST") return task(incoming.resume().socket);
          const { method, url: path, headers } = incoming;
          const onward = httpRequest(new URL(path ?? "/", agentUrl), { method, headers, agent: false }, (answer) => {
            outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
            answer.pipe(outgoing).on("error", () => {});
          });
          onward.on("error", () => outgoing.destroy());
          incoming.on("error", () => onward.destroy()).pipe(onward);
        }).on("upgrade", (incoming, socket, early) => {
          if (upgrade !== undefined) return upgrade(socket, incoming);
          tunnel(new URL(agentUrl ?? ""), incoming.url ?? "/", incoming, socket, early);
        })
      : createTcpServer(connection);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

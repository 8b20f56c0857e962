import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { SentFrame } from "./scripted-websocket.js";

/** One connection of a client, with what came over it. */
export interface ScriptedConnection {
  readonly socket: WebSocket;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Every text frame that came. */
  readonly frames: string[];
  /** Close code the client sent, once it has. */
  readonly closed: Promise<number>;
}

/** What the peer does with a frame: it may send on the socket. */
export type FrameScript = (
  frame: SentFrame,
  connection: ScriptedConnection,
  /** How many connections came before this one. */
  index: number,
) => void;

/** A real WebSocket server on this host that does as told. */
export interface ScriptedSocketServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly connections: ScriptedConnection[];
  /** Upgrades so far, refused ones too. */
  readonly upgrades: number;
}

/** A right answer to a request. */
export const answerTo = (frame: SentFrame): string =>
  JSON.stringify({ jsonrpc: "2.0", result: { envelope: { correlation_id: frame.params.envelope.id } }, id: frame.id });

/**
 * Starts a scripted server on a free port of 127.0.0.1.
 *
 * @param script Says what to do with each frame. Default: answers it.
 * @param refuse Gives the HTTP status that refuses the n-th upgrade, or nothing to take it.
 */
export async function scriptedSocketServer(
  script: FrameScript = (frame, { socket }) => socket.send(answerTo(frame)),
  refuse: (index: number, request: IncomingMessage) => number | undefined = () => undefined,
  port = 0,
): Promise<ScriptedSocketServer> {
  const connections: ScriptedConnection[] = [];
  const server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true });
  let upgrades = 0;
  server.on("upgrade", (request, duplex, head) => {
    const status = refuse(upgrades++, request);
    if (status !== undefined) {
      duplex.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, duplex, head, (socket) => {
      const frames: string[] = [];
      const closed = new Promise<number>((resolve) => socket.on("close", resolve));
      const connection = { socket, path: request.url ?? "", headers: request.headers, frames, closed };
      const index = connections.push(connection) - 1;
      socket.on("error", () => {});
      socket.on("message", (data) => {
        frames.push(String(data));
        script(JSON.parse(String(data)) as SentFrame, connection, index);
      });
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${address.port}`,
    port: address.port,
    connections,
    get upgrades() {
      return upgrades;
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of connections) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

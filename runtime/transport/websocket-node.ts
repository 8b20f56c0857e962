import type { Socket } from "node:net";
import type { ClientOptions } from "ws";
import type { EgressPolicy } from "../egress.js";
import { AsapError } from "../error.js";
import type { WebSocketLike, WebSocketParameters } from "./websocket-socket.js";

/** Compression is offered for messages from 1,024 bytes, without keeping a window for each connection. */
const deflate = {
  threshold: 1_024,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  zlibDeflateOptions: { level: 6, memLevel: 7 },
  concurrencyLimit: 4,
};

/**
 * Opens a WebSocket with the `ws` package, loaded at the first call.
 *
 * @throws AsapError `asap:config/missing_package` when it is not installed.
 */
export async function createWebSocket(
  url: string,
  { headers, maxPayload, egress }: WebSocketParameters,
): Promise<WebSocketLike> {
  const { WebSocket } = await loadWs();
  const guard = egress !== undefined && { createConnection: await guardedConnection(url, egress) };
  return new WebSocket(url, { headers, maxPayload, perMessageDeflate: deflate, followRedirects: false, ...guard });
}

/** Connects in place of `node:http`, which takes the socket by callback. */
async function guardedConnection(url: string, egress: EgressPolicy): Promise<ClientOptions["createConnection"]> {
  const { guardedSocket } = await import("../egress-node.js");
  const { hostname, port, protocol } = new URL(url);
  const isEncrypted = protocol === "wss:";
  const create = (_options: unknown, done: (error: unknown, socket?: Socket) => void): void => {
    const target = { hostname, port: Number(port || (isEncrypted ? 443 : 80)), isEncrypted };
    guardedSocket(egress, target).then((socket) => done(null, socket), done);
  };
  return create as unknown as NonNullable<ClientOptions["createConnection"]>;
}

async function loadWs(): Promise<typeof import("ws")> {
  try {
    return await import("ws");
  } catch (cause) {
    throw new AsapError("asap:config/missing_package", {
      message: "ws is not installed",
      data: { package: "ws", install: "npm install ws" },
      cause,
    });
  }
}

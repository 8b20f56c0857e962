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
  { headers, maxPayload }: WebSocketParameters,
): Promise<WebSocketLike> {
  const { WebSocket } = await loadWs();
  return new WebSocket(url, { headers, maxPayload, perMessageDeflate: deflate, followRedirects: false });
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

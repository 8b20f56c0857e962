import { AsapError } from "../error.js";
import type { WebSocketLike } from "./websocket-socket.js";

/**
 * Opens a WebSocket of the platform, which sets the upgrade's headers itself.
 *
 * @throws AsapError `asap:config/missing_package` where the platform has none.
 */
export async function createWebSocket(url: string): Promise<WebSocketLike> {
  if (typeof globalThis.WebSocket === "function") return new globalThis.WebSocket(url);
  throw new AsapError("asap:config/missing_package", {
    message: "This platform has no WebSocket; pass createWebSocket.",
    data: { package: "ws", install: "npm install ws" },
  });
}

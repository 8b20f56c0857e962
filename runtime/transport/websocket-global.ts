import { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import type { WebSocketLike, WebSocketParameters } from "./websocket-socket.js";

/**
 * Opens a WebSocket of the platform, which sets the upgrade's headers itself.
 *
 * @throws AsapError `asap:config/missing_package` where the platform has none; `asap:config/invalid_option` naming
 * `createWebSocket` where an Authorization header is to be sent, which it cannot.
 */
export async function createWebSocket(
  url: string,
  { headers = {} }: Partial<WebSocketParameters> = {},
): Promise<WebSocketLike> {
  if (Object.keys(headers).some((name) => name.toLowerCase() === "authorization")) {
    const reason = "is needed: the WebSocket of this platform cannot send an Authorization header, HTTP can";
    throw invalidOption("createWebSocket", reason);
  }
  if (typeof globalThis.WebSocket === "function") return new globalThis.WebSocket(url);
  throw new AsapError("asap:config/missing_package", {
    message: "This platform has no WebSocket; pass createWebSocket.",
    data: { package: "ws", install: "npm install ws" },
  });
}

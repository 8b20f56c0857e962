/** Everything of the package that needs Node: serving agents over HTTP and WebSocket. */
export { createFetchHandler, type ServeOptions, type Server, serve } from "./transport/node.js";
export type { OriginOptions } from "./transport/origin.js";
export type { UpgradeRefusal } from "./transport/upgrade.js";
export type { UpgradeRequest, WebSocketServeOptions } from "./transport/websocket-server.js";

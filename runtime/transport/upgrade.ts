import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** The HTTP answer to an upgrade that is not taken. */
export interface UpgradeRefusal {
  /** Status, such as 401 or 403. */
  readonly status: number;
  /** Flat list of header names and values. */
  readonly headers?: readonly string[];
  /** JSON body; empty by default. */
  readonly body?: unknown;
}

/** Answers an upgrade with an HTTP response and ends the connection. */
export function refuseUpgrade(duplex: Duplex, { status, headers = [], body }: UpgradeRefusal): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    `content-type: ${body === undefined ? "text/plain" : "application/json"}`,
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    lines.push(`${headers[at]}: ${String(headers[at + 1]).replace(/[\r\n]/g, " ")}`);
  }
  duplex.on("error", () => {});
  duplex.once("finish", () => duplex.destroy());
  duplex.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
}

/** Whether a request asks for a WebSocket, and not for another protocol such as `h2c`. */
export const asksForWebSocket = (request: IncomingMessage): boolean =>
  /^\s*websocket\s*$/i.test(request.headers.upgrade ?? "");

/**
 * Hands a request that asked for a protocol this server does not speak back to the HTTP server, without that wish
 * (RFC 9110 section 7.8: a server may ignore it).
 */
export function serveWithoutUpgrade(server: Server, request: IncomingMessage, duplex: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!/^(?:upgrade|http2-settings|connection)$/i.test(name)) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  if (/\bclose\b/i.test(request.headers.connection ?? "")) lines.push("Connection: close");
  duplex.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", duplex);
}

import { STATUS_CODES } from "node:http";
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

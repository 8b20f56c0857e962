import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const origins = 8;

/**
 * Receivers for benchmarks, on several ports. The path tells how they answer: `/now…` at once; `/later…` after 100 ms, one
 * in ten with 503; `/never…` not at all.
 *
 * @returns Their ports.
 */
export async function startSink(): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let index = 0; index < origins; index += 1) {
    const server = createServer((request, response) => {
      request.resume();
      request.on("end", () => {
        const { url = "" } = request;
        if (url.startsWith("/never")) return;
        if (url.startsWith("/now")) {
          response.writeHead(200, ["content-length", "0"]).end();
          return;
        }
        const status = Math.random() < 0.1 ? 503 : 200;
        setTimeout(() => response.writeHead(status, ["content-length", "0"]).end(), 100);
      });
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4_096, resolve));
    ports.push((server.address() as AddressInfo).port);
  }
  return ports;
}

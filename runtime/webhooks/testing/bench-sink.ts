import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const origins = 8;

/**
 * Receivers for benchmarks, on several ports. The path tells how they answer: `/now…` at once, but for the time between
 * `/hold` and `/go`; `/later…` after 100 ms, one in ten with 503; `/never…` not at all.
 *
 * @returns Their ports.
 */
export async function startSink(): Promise<readonly number[]> {
  const ports: number[] = [];
  let held: ServerResponse[] | undefined;
  const accept = (response: ServerResponse) => void response.writeHead(200, ["content-length", "0"]).end();
  for (let index = 0; index < origins; index += 1) {
    const server = createServer((request, response) => {
      request.resume();
      request.on("end", () => {
        const { url = "" } = request;
        if (url.startsWith("/never")) return;
        if (url === "/hold") {
          held = [];
          return accept(response);
        }
        if (url === "/go") {
          for (const each of held ?? []) accept(each);
          held = undefined;
          return accept(response);
        }
        if (url.startsWith("/now")) {
          if (held === undefined) accept(response);
          else held.push(response);
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

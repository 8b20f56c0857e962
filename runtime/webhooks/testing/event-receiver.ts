import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebhookEvent } from "../../../generated/models.js";

/** A webhook as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: WebhookEvent;
}

/** A receiver of webhooks on this host. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves once that many have arrived. */
  arrived(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/**
 * Starts a receiver.
 *
 * @param statusOf Gives the status of each answer by its number, from 0. Default: 204.
 */
export async function startReceiver(statusOf: (number: number) => number = () => 204): Promise<Receiver> {
  const received: Received[] = [];
  let told: () => void = () => {};
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("utf8");
      received.push({ path: request.url ?? "", headers: request.headers, body, event: JSON.parse(body) });
      response.writeHead(statusOf(received.length - 1)).end();
      told();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    async arrived(count) {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          told = resolve;
        });
      }
      return received;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

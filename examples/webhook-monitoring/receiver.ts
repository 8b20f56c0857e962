// A receiver that can be down.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A receiver that listens. */
export interface Receiver {
  readonly url: string;
  /** `webhook-id` of what it took. */
  readonly taken: readonly string[];
  isDown: boolean;
  close(): Promise<unknown>;
}

/** Starts a receiver. */
export async function startReceiver(): Promise<Receiver> {
  const taken: string[] = [];
  const server = createServer(async (request, response) => {
    await buffer(request);
    if (!receiver.isDown) taken.push(String(request.headers["webhook-id"]));
    response.writeHead(receiver.isDown ? 503 : 204).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    taken,
    isDown: false,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
  return receiver;
}

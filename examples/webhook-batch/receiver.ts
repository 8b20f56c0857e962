// A receiver that verifies webhooks and remembers those it took.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { verifyWebhookBody } from "asap-kit/webhooks/verify";

/** A webhook that was taken. */
export interface Received {
  readonly id: string;
  /** The event, or those of a batch. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/** A receiver that listens. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<unknown>;
}

/**
 * Starts a receiver.
 *
 * @param statusOf What it answers to a webhook, by its id and how often that has come. Below 300: it is taken.
 */
export async function startReceiver(
  secret: string,
  statusOf: (webhook: { readonly id: string; readonly attempt: number }) => number,
): Promise<Receiver> {
  const received: Received[] = [];
  const attempts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const verified = await verifyWebhookBody(
      { headers: request.headers, body },
      { secret, requireTimestamp: true },
    ).catch(() => undefined);
    const id = verified?.id ?? "";
    const attempt = (attempts.get(id) ?? 0) + 1;
    attempts.set(id, attempt);
    const status = verified === undefined ? 401 : statusOf({ id, attempt });
    if (verified !== undefined && status < 300) received.push({ id, events: verified.events });
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

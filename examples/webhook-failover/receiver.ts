// A receiver that lets webhooks wait for its answer, until it is told to go on.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { verifyWebhookBody } from "asap-kit/webhooks/verify";

/** A receiver that listens. */
export interface Receiver {
  readonly url: string;
  readonly secret: string;
  /** `webhook-id` of those that were answered, in order; of a repeated one again. */
  readonly answered: readonly string[];
  /** `webhook-id` of those whose sender went away before it had an answer. */
  readonly cut: readonly string[];
  /** `webhook-id` of those that wait. */
  waiting(): readonly string[];
  /** Answers those that wait, and all that come from now on. */
  goOn(): void;
  close(): Promise<unknown>;
}

/** Starts a receiver that answers some webhooks and lets the others wait. */
export async function startReceiver(answers: number): Promise<Receiver> {
  const secret = "a secret that both sides know";
  const answered: string[] = [];
  const cut: string[] = [];
  const waiting = new Map<ServerResponse, string>();
  let left = answers;

  const answer = (response: ServerResponse, id: string) => {
    answered.push(id);
    response.writeHead(204).end();
  };
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { id } = await verifyWebhookBody({ headers: request.headers, body }, { secret, requireTimestamp: true });
    if (id === null) throw new TypeError("a webhook whose time is signed has an id");
    left -= 1;
    if (left >= 0) return answer(response, id);
    waiting.set(response, id);
    response.once("close", () => {
      if (waiting.delete(response)) cut.push(id);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    secret,
    answered,
    cut,
    waiting: () => [...waiting.values()],
    goOn() {
      left = Number.POSITIVE_INFINITY;
      for (const [response, id] of waiting) {
        waiting.delete(response);
        answer(response, id);
      }
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

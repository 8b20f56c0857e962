// A receiver on node:http.
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { memoryReplayStore, verifyWebhookBody, WebhookVerificationError } from "asap-kit/webhooks/verify";

const secret = process.env["WEBHOOK_SECRET"] ?? "";
const seen = memoryReplayStore();

/** Handles webhooks; what is not from the sender is answered with 401. */
export const nodeReceiver = createServer(async (request, response) => {
  try {
    const body = await buffer(request);
    const { events } = await verifyWebhookBody({ headers: request.headers, body }, { secret, seen });
    for (const { event, task_id } of events) console.log(`${event} of ${task_id}`);
    response.writeHead(204).end();
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) response.writeHead(500).end();
    else response.writeHead(error.code === "replayed" ? 204 : 401).end(error.code);
  }
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { connect } from "asap-kit";
import { memoryReplayStore, verifyWebhookBody, WebhookVerificationError } from "asap-kit/webhooks/verify";
import type { Acts } from "./driver.js";

const secret = process.env["ASAP_CONFORMANCE_WEBHOOK_SECRET"] ?? "";

async function receive(url: string): Promise<void> {
  const handled: string[] = [];
  const seen = memoryReplayStore();
  const receiver = createServer(async (request, response) => {
    try {
      const body = await buffer(request);
      const { events } = await verifyWebhookBody({ headers: request.headers, body }, { secret, seen });
      handled.push(...events.map(({ task_id }) => task_id));
      response.writeHead(204).end();
      if (events.some(({ event }) => event === "task.completed")) receiver.emit("completed");
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) response.writeHead(500).end();
      else response.writeHead(error.code === "replayed" ? 204 : 401).end();
    }
  });
  const completed = once(receiver, "completed");
  await once(receiver.listen(0, "127.0.0.1"), "listening");
  const { port } = receiver.address() as AddressInfo;
  const config = { callback_url: `http://127.0.0.1:${port}/hooks`, callback_secret: secret };
  await using peer = await connect(url, { transport: "http" });
  await peer.run("echo", { message: "hello" }, { config });
  await completed;
  await peer.run("echo", { handled });
  receiver.close();
}

/** Scenarios of receiving webhooks. */
export const webhookActs: Acts = { webhook: receive, "webhook-standard": receive };

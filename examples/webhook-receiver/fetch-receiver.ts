// A receiver for every platform whose servers take a Request and give a Response.
import { verifyWebhook, WebhookVerificationError } from "asap-kit/webhooks/verify";

/** Handles a webhook. */
export async function fetchReceiver(request: Request): Promise<Response> {
  try {
    const secret = process.env["WEBHOOK_SECRET"] ?? "";
    const { id, events } = await verifyWebhook(request, { secret, requireTimestamp: true });
    console.log(`${id}: ${events.length} events`);
    return new Response(null, { status: 204 });
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    return new Response(error.code, { status: 401 });
  }
}

import { validateEventName } from "../../generated/validators/event-name.js";
import { validateWebhookSubscription } from "../../generated/validators/webhook-subscription.js";
import { AsapError } from "../error.js";
import { invalidOption } from "../invalid-option.js";
import { issuesOf } from "../validation.js";
import type { WebhookPlan } from "./options.js";
import { checkedAuth } from "./receiver-auth.js";
import type { SecretBox } from "./secret-box.js";
import { checkSecret } from "./sign.js";
import type { SubscriptionRecord, SubscriptionStore } from "./subscription-store.js";
import { shownUrl } from "./target.js";
import type { NewSubscription, Subscription, TaskConfig } from "./webhooks.js";

/** The callback that the configuration of a request asks for; undefined where it asks for none. */
export function callbackOf(config: TaskConfig, callbacks: WebhookPlan["callbacks"]) {
  if (callbacks === false || config?.["callback_url"] == null) return undefined;
  const { callback_url, callback_events, callback_secret } = config;
  const callback: unknown = {
    callback_url,
    ...(callback_events !== undefined && { callback_events }),
    ...(callback_secret !== undefined && { callback_secret }),
  };
  if (validateWebhookSubscription(callback)) {
    const { callback_url: url } = callback;
    if (callbacks === true || (URL.canParse(url) && callbacks.has(new URL(url).hostname))) return callback;
    const reason = "its host is not among those that callbacks may go to";
    throw new AsapError("asap:transport/webhook_url_rejected", {
      message: `Webhook URL rejected: ${reason}`,
      data: { url: shownUrl(url), reason, rule: "callbacks" },
    });
  }
  throw new AsapError("asap:protocol/invalid_payload", {
    data: { validation_errors: issuesOf(validateWebhookSubscription.errors, ["payload", "config"]) },
  });
}

/** @throws AsapError `asap:config/invalid_option` naming what cannot be. */
export function checked(wanted: NewSubscription): NewSubscription {
  const { events, secret, auth, batch, taskId } = wanted;
  const unknown = events?.find((event) => !validateEventName(event));
  if (unknown !== undefined) throw invalidOption("events", `holds ${JSON.stringify(unknown)}, which is no event`);
  if (secret !== undefined) checkSecret(secret, "secret");
  if (auth !== undefined) checkedAuth(auth);
  if (taskId === "") throw invalidOption("taskId", "is empty");
  if (batch !== undefined) {
    const { size, waitMs } = batch;
    if (!(Number.isInteger(size) && size >= 2 && size <= 1_000))
      throw invalidOption("batch.size", "must be a whole number from 2 to 1,000");
    if (!(Number.isInteger(waitMs) && waitMs >= 1 && waitMs <= 60_000))
      throw invalidOption("batch.waitMs", "must be a whole number from 1 to 60,000");
  }
  return wanted;
}

/** A subscription without its secrets. */
export const shown = (record: SubscriptionRecord, nowMs: number): Subscription => ({
  id: record.id,
  url: record.url,
  taskId: record.taskId ?? undefined,
  events: record.events ?? undefined,
  secrets: record.secrets.filter(({ untilMs }) => untilMs === null || untilMs > nowMs).length,
  ordered: record.ordered,
  batch: record.batch ?? undefined,
  disabled: record.disabled ?? undefined,
  createdMs: record.createdMs,
});

/** The latest secret of a task's subscription that has a URL. */
export async function secretOf(
  subscriptions: SubscriptionStore,
  box: SecretBox,
  { url, ...whose }: { readonly owner: string; readonly taskId: string; readonly url: string },
): Promise<string | undefined> {
  const { items } = await subscriptions.list({ ...whose, url: URL.canParse(url) ? new URL(url).href : url });
  const found = items.find(({ secrets }) => secrets.length > 0);
  return found?.secrets[0] && box.open(found.secrets[0].value, found.id);
}

import { invalidOption } from "../invalid-option.js";
import { meteredWebhooks } from "./meter.js";
import { type WebhookOptions, webhookPlan } from "./options.js";
import { memoryWebhooks } from "./queue/memory.js";
import { WebhookService } from "./service.js";
import type { WebhookPoster } from "./webhooks.js";

/**
 * Posts the events of an agent's tasks to those who want them: the callback of a request (`callback_url`,
 * `callback_events`, `callback_secret` in its `config`) and subscriptions of all tasks. Deliveries are durable where the
 * agent has a `state` that is: they are written with the task itself, and made at least once.
 *
 * @param options See {@link WebhookOptions}.
 * @returns A value for the option `webhooks` of `createAgent`.
 * @throws AsapError `asap:config/invalid_option`.
 * @see ASAP 1.1, section 12
 */
export function webhooks(options: WebhookOptions = {}): WebhookPoster {
  const plan = webhookPlan(options);
  return {
    bind({ agentId, state, log, now, onSettled = () => {} }) {
      const store = options.store ?? (state === undefined ? memoryWebhooks({ now }) : state.webhooks);
      if (store === undefined) {
        throw invalidOption("webhooks.store", `is missing, and a state of kind ${state?.backend} keeps no webhooks`);
      }
      const isJoined = state !== undefined && state.webhooks === store;
      const metered = options.meter && meteredWebhooks(options.meter, store.queue, now);
      const told: typeof onSettled = (settlement, settled) => {
        onSettled(settlement, settled);
        try {
          metered?.(settlement, settled);
        } catch (error) {
          log.error?.("asap.webhook.meter_failed", { error });
        }
      };
      return new WebhookService({ agentId, store, plan, isJoined, log, now, onSettled: told });
    },
  };
}

/** The rules that every backend of webhooks keeps, to run against one's own. */
import { bindingRules } from "./binding.js";
import { caseOf, type WebhookCase, type WebhookSubject } from "./case.js";
import { claimRules } from "./claims.js";
import { fairnessRules } from "./fairness.js";
import { historyRules } from "./history.js";
import { orderRules } from "./order.js";
import { subscriptionRules } from "./subscriptions.js";

export type { OpenWebhooks, WebhookCase, WebhookSubject } from "./case.js";

/**
 * Makes the contract suite of a backend of webhooks: cases for any test runner, independent of one another, each on a
 * place of its own.
 *
 * @param subject The backend.
 * @returns The cases, `binding: …`, `claims: …`, `fairness: …`, `order: …`, `history: …` and `subscriptions: …`.
 */
export function webhookContract(subject: WebhookSubject): readonly WebhookCase[] {
  const areas = {
    binding: bindingRules,
    claims: claimRules,
    fairness: fairnessRules,
    order: orderRules,
    history: historyRules,
    subscriptions: subscriptionRules,
  };
  return Object.entries(areas).flatMap(([area, rules]) =>
    rules
      .filter(({ durable = false }) => !(durable && subject.forgets === true))
      .map((rule) => caseOf({ ...rule, name: `${area}: ${rule.name}` }, subject)),
  );
}

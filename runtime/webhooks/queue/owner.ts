import { AsapError } from "../../error.js";
import { checkedId, longestAgentId } from "../../state/records.js";

/**
 * Checks the id of an agent that a store is to be bound to.
 *
 * @throws AsapError `asap:state/invalid_record`.
 */
export const checkedAgent = (agent: string): string => checkedId("WebhookSubscription", "owner", agent, longestAgentId);

/**
 * Checks that a store is an agent's own.
 *
 * @param agent Who asks.
 * @param owner Whose it is.
 * @throws AsapError `asap:config/webhook_store_taken`.
 */
export function checkOwner(agent: string, owner: string): void {
  if (owner === agent) return;
  const data = { agent: agent.slice(0, longestAgentId), owner: owner.slice(0, longestAgentId) };
  const [one, other] = [JSON.stringify(data.agent), JSON.stringify(data.owner)];
  throw new AsapError("asap:config/webhook_store_taken", {
    message:
      `The store keeps the webhooks of ${other}, so it cannot keep those of ${one}: ` +
      "give each agent a store of its own, such as another SQLite file or another schema of PostgreSQL (?schema=).",
    data,
  });
}

import type { Database } from "../../../state/postgres/database.js";
import type { WebhookStore } from "../../webhook-store.js";
import { checkedAgent, checkOwner } from "../owner.js";

/** Gives the webhooks of a schema to the agent that asks first; of instances that ask at once one is that. */
export function postgresBind({ table, write, run }: Database): WebhookStore["bind"] {
  const name = "WebhookSubscription";
  const find = write<{ readonly agent: string | null }>(name, `SELECT agent FROM ${table("webhook_owner")}`);
  const take = write(name, `UPDATE ${table("webhook_owner")} SET agent = $1 WHERE agent IS NULL`);
  const ownerOf = async () => (await find()).rows[0]?.agent ?? undefined;
  return (agent) =>
    run(async () => {
      checkedAgent(agent);
      let owner = await ownerOf();
      if (owner === undefined) {
        await take(agent);
        owner = await ownerOf();
      }
      checkOwner(agent, String(owner));
    });
}

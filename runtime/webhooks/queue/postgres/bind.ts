import type { Database } from "../../../state/postgres/database.js";
import type { WebhookStore } from "../../webhook-store.js";
import { checkedAgent, checkOwner } from "../owner.js";

/** Gives the webhooks of a schema to the agent that asks first; of instances that ask at once one is that. */
export function postgresBind({ table, write, run }: Database): Pick<WebhookStore, "bind" | "agent"> {
  const name = "WebhookSubscription";
  const find = write<{ readonly agent: string | null }>(name, `SELECT agent FROM ${table("webhook_owner")}`);
  const take = write(name, `UPDATE ${table("webhook_owner")} SET agent = $1 WHERE agent IS NULL`);
  const ownerOf = async () => (await find()).rows[0]?.agent ?? undefined;
  return {
    bind: (agent) =>
      run(async () => {
        checkedAgent(agent);
        const known = await ownerOf();
        if (known === undefined) await take(agent);
        checkOwner(agent, String(known ?? (await ownerOf())));
      }),
    agent: () => run(ownerOf),
  };
}

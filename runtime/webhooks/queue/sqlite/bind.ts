import type { SqliteDatabase } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { WebhookStore } from "../../webhook-store.js";
import { checkedAgent, checkOwner } from "../owner.js";

/** Gives the webhooks of a file to the agent that asks first; of processes that ask at once one is that. */
export function sqliteBind(database: SqliteDatabase, writer: GroupWriter): Pick<WebhookStore, "bind" | "agent"> {
  const find = database.prepare("SELECT agent FROM asap_webhook_owner");
  const take = database.prepare("UPDATE asap_webhook_owner SET agent = ? WHERE agent IS NULL");
  const ownerOf = () => (find.get() as { readonly agent: string | null }).agent ?? undefined;
  return {
    async bind(agent) {
      writer.open();
      checkedAgent(agent);
      const known = await writer.read(ownerOf);
      const owner =
        known ??
        (await writer.write(() => {
          take.run(agent);
          return ownerOf();
        }));
      checkOwner(agent, String(owner));
    },
    agent: () => writer.read(ownerOf),
  };
}

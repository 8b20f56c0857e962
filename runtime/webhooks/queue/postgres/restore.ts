import type { Database } from "../../../state/postgres/database.js";
import type { DeadLetter, Delivery } from "../../delivery.js";
import type { DeliveryQueue } from "../../delivery-queue.js";
import type { Endpoints } from "./endpoints.js";
import type { History } from "./history.js";
import { checkedDelivery, columnsOf, newColumns, newNames, newValues, recordName, unnested } from "./rows.js";

/** The last of those with the same id. */
const different = <One extends { readonly id: string }>(many: readonly One[]): readonly One[] => [
  ...new Map(many.map((one) => [one.id, one])).values(),
];

const replacing = (columns: string): string =>
  columns
    .split(", ")
    .slice(1)
    .map((column) => `${column} = excluded.${column}`)
    .join(", ");

/** What takes records over from another queue. A lease that somebody held there ends here when it would have there. */
export function postgresRestore(
  { table, write, run }: Database,
  endpoints: Pick<Endpoints, "touch">,
  history: Pick<History, "put">,
): DeliveryQueue["restore"] {
  const [deliveries, dead] = [table("webhook_deliveries"), table("webhook_dead")];
  const types = Object.values(newColumns);
  const statement = (into: string, from: string, more: Readonly<Record<string, string>>) => {
    const columns = `${newNames}, ${Object.keys(more).join(", ")}`;
    const kinds = [...types, ...Object.values(more)];
    const put = write(
      recordName,
      `WITH given AS MATERIALIZED (SELECT * FROM ${unnested(kinds, columns, 1)}),
         moved AS (DELETE FROM ${from} WHERE id IN (SELECT id FROM given))
       INSERT INTO ${into} (${columns}) SELECT ${columns} FROM given ORDER BY ord
       ON CONFLICT (id) DO UPDATE SET ${replacing(columns)}`,
    );
    return async (rows: readonly (readonly (string | number | null)[])[]) => {
      if (rows.length > 0) await put(...columnsOf(kinds.length, rows));
    };
  };
  const queued = { attempts: "integer", replays: "integer", status: "smallint" } as const;
  const putDeliveries = statement(deliveries, dead, {
    ...queued,
    due_ms: "bigint",
    send_ms: "bigint",
    fence: "bigint",
  });
  const putDead = statement(dead, deliveries, { ...queued, died_ms: "bigint", reason: "text" });
  const deliveryRow = (one: Delivery) => {
    const { attempts, replays, dueMs, state, batchMs } = one;
    const isWaiting = state === "pending" && attempts === 0;
    const more = [attempts, replays, 0, dueMs, isWaiting ? dueMs + batchMs : dueMs, state === "leased" ? 0 : null];
    return [...newValues(checkedDelivery(one)), ...more];
  };
  const deadRow = (one: DeadLetter) => {
    const { attempts, replays, status, diedMs, reason } = one;
    return [...newValues(checkedDelivery(one)), attempts, replays, status, diedMs, reason];
  };

  return ({ deliveries: waiting = [], dead: given = [], attempts = [] }) =>
    run(async () => {
      const [queue, letters] = [different(waiting), different(given)];
      await putDeliveries(queue.map(deliveryRow));
      await putDead(letters.map(deadRow));
      await history.put(attempts);
      await endpoints.touch([...new Set(queue.map(({ url }) => url))]);
    });
}

import type { SqliteDatabase } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { Attempt, DeadLetter, Delivery } from "../../delivery.js";
import { checkedDelivery } from "../../records.js";
import type { SqliteHistory } from "./history.js";
import type { Journal } from "./journal.js";
import { headOf, marks, readHead } from "./rows.js";
import type { Forget, Sending } from "./sending.js";
import type { SettlementWriter } from "./settle.js";

/** Most rows that are looked at, or taken over, in one write. */
const rowsOfPart = 1_000;

/** The last of those with the same id. */
const different = <One extends { readonly id: string }>(many: readonly One[]): readonly One[] => [
  ...new Map(many.map((one) => [one.id, one])).values(),
];

/** Changes of rows that may be in somebody's hands. */
export interface Rewriting {
  drop(subscriptionId: string): Promise<number>;
  restore(records: {
    readonly deliveries?: readonly Delivery[];
    readonly dead?: readonly DeadLetter[];
    readonly attempts?: readonly Attempt[];
  }): Promise<void>;
}

/** Makes a {@link Rewriting}; it goes on in parts, between which others write. */
export function rewriting(
  database: SqliteDatabase,
  writer: GroupWriter,
  sending: Sending,
  journal: Journal,
  history: SqliteHistory,
  settlements: SettlementWriter,
): Rewriting {
  const some = database.prepare(
    `SELECT seq, head FROM asap_webhook_deliveries WHERE seq > ? ORDER BY seq LIMIT ${rowsOfPart}`,
  );
  const removeSeq = database.prepare("DELETE FROM asap_webhook_deliveries WHERE seq = ?");
  const byId = database.prepare("SELECT seq FROM asap_webhook_deliveries WHERE id = ?");
  const removeDead = database.prepare("DELETE FROM asap_webhook_dead WHERE id = ?");
  const insert = database.prepare(
    `INSERT INTO asap_webhook_deliveries (id, head, body, due_ms, attempts, replays, status) VALUES ${marks(1, 7)}`,
  );
  const bury = database.prepare(
    `INSERT INTO asap_webhook_dead (id, head, body, attempts, replays, died_ms, reason, status) VALUES ${marks(1, 8)}`,
  );
  /** Rows that are in the hands of this process. */
  const heldSeqs = () => new Set([...(sending.term?.scheduler.leases() ?? [])].map(({ item }) => item.seq));

  async function takeOver(deliveries: readonly Delivery[], dead: readonly DeadLetter[], forget: Forget): Promise<void> {
    const replaced = await writer.write(() => {
      const seqs: number[] = [];
      for (const { id } of [...deliveries, ...dead]) {
        const row = byId.get(id) as { readonly seq: number } | undefined;
        if (row != null) {
          seqs.push(row.seq);
          removeSeq.run(row.seq);
        }
        removeDead.run(id);
      }
      for (const one of deliveries)
        insert.run(one.id, headOf(one), one.body, Math.ceil(one.dueMs), one.attempts, one.replays, 0);
      for (const one of dead) {
        const { id, body, attempts, replays, diedMs, reason, status } = one;
        bury.run(id, headOf(one), body, attempts, replays, Math.ceil(diedMs), reason, status);
      }
      journal.recount(deliveries.length - seqs.length);
      if (seqs.length > 0) sending.note("replaced", JSON.stringify(seqs));
      return seqs;
    });
    forget(replaced, true);
  }

  return {
    async drop(subscriptionId) {
      let count = 0;
      let from = 0;
      const forget = sending.forgetting();
      for (;;) {
        const part = await writer.write(() => {
          const rows = some.all(from) as { readonly seq: number; readonly head: string }[];
          const held = heldSeqs();
          const gone = rows.flatMap((row) =>
            readHead(row.head).subscriptionId === subscriptionId && !held.has(row.seq) ? [row.seq] : [],
          );
          for (const seq of gone) removeSeq.run(seq);
          journal.recount(-gone.length);
          if (gone.length > 0) sending.note("gone", JSON.stringify(gone));
          return { gone, last: rows.at(-1)?.seq ?? from, isLast: rows.length < rowsOfPart };
        });
        forget(part.gone, false);
        count += part.gone.length;
        from = part.last;
        if (part.isLast) return count;
      }
    },
    async restore({ deliveries: waiting = [], dead: given = [], attempts = [] }) {
      writer.open();
      for (const one of [...waiting, ...given]) checkedDelivery(one);
      const [deliveries, dead] = [different(waiting), different(given)];
      const forget = sending.forgetting();
      for (let from = 0; from < deliveries.length; from += rowsOfPart)
        await takeOver(deliveries.slice(from, from + rowsOfPart), [], forget);
      for (let from = 0; from < dead.length; from += rowsOfPart)
        await takeOver([], dead.slice(from, from + rowsOfPart), forget);
      for (let from = 0; from < attempts.length; from += rowsOfPart)
        await writer.write(() => settlements.record(history.unknown(attempts.slice(from, from + rowsOfPart))));
      sending.readNew();
    },
  };
}

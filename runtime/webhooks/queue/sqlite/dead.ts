import { setImmediate as turn } from "node:timers/promises";
import { cursorOf, pageOf, pageSize, readCursor } from "../../../state/page.js";
import type { SqliteDatabase } from "../../../state/sqlite/driver.js";
import type { GroupWriter } from "../../../state/sqlite/writer.js";
import type { DeadLetters } from "../../delivery-queue.js";
import { deadFits } from "../../records.js";
import { rowsOfDeletion } from "./history.js";
import type { Journal } from "./journal.js";
import { type DeadRow, deadOf, expiryInHead } from "./rows.js";
import type { Sending } from "./sending.js";

/** Most rows that are read in one turn of the event loop. */
const rowsOfTurn = 500;

/** Dead letters, and how old ones are deleted. */
export interface SqliteDeadLetters extends DeadLetters {
  /** Deletes those that were given up before a moment. */
  prune(beforeMs: number): Promise<number>;
  /** How many there are. */
  count(): number;
}

/** Dead letters in a table. */
export function sqliteDead(
  database: SqliteDatabase,
  writer: GroupWriter,
  sending: Sending,
  journal: Journal,
  now: () => number,
  onNews: () => void,
): SqliteDeadLetters {
  const byId = database.prepare("SELECT * FROM asap_webhook_dead WHERE id = ?");
  const remove = database.prepare("DELETE FROM asap_webhook_dead WHERE id = ?");
  const count = database.prepare("SELECT count(*) AS count FROM asap_webhook_dead");
  const after = database.prepare(
    `SELECT id, attempts, replays, died_ms, status, reason, head, '' AS body FROM asap_webhook_dead WHERE died_ms >= ? AND died_ms <= ? AND (-died_ms, id) > (?, ?)
       ORDER BY died_ms DESC, id LIMIT ${rowsOfTurn}`,
  );
  const revive = database.prepare(
    `INSERT INTO asap_webhook_deliveries (id, due_ms, attempts, replays, status, head, body)
       SELECT id, ?, 0, replays + 1, 0, json_replace(head, '${expiryInHead}', NULL), body FROM asap_webhook_dead WHERE id = ?`,
  );
  const prune = database.prepare(
    `DELETE FROM asap_webhook_dead WHERE id IN
       (SELECT id FROM asap_webhook_dead WHERE died_ms < ? LIMIT ${rowsOfDeletion})`,
  );
  return {
    async list(filter = {}, { after: cursor, limit } = {}) {
      const { fromMs = Number.MIN_SAFE_INTEGER, toMs = Number.MAX_SAFE_INTEGER } = filter;
      const size = pageSize(limit);
      const found: DeadRow[] = [];
      let [diedMs, id]: readonly (string | number)[] = readCursor(cursor, 2) ?? [toMs, ""];
      for (;;) {
        const place = [fromMs, Number(diedMs), -Number(diedMs), String(id)];
        const rows = await writer.read(() => after.all(...place) as DeadRow[]);
        found.push(...rows.filter((row) => deadFits(deadOf(row), filter)));
        const last = rows.at(-1);
        if (last === undefined || rows.length < rowsOfTurn || found.length > size) break;
        [diedMs, id] = [last.died_ms, last.id];
        await turn();
      }
      const page = pageOf(
        found,
        size,
        (row) => row.id,
        (row) => cursorOf(row.died_ms, row.id),
      );
      const items = await writer.read(() =>
        page.items.flatMap((each) => {
          const row = byId.get(each) as DeadRow | undefined;
          return row == null ? [] : [deadOf(row)];
        }),
      );
      return { ...page, items };
    },
    get: (id) =>
      writer.read(() => {
        const row = byId.get(id) as DeadRow | undefined;
        return row == null ? undefined : deadOf(row);
      }),
    async replay(ids, dueMs = []) {
      const outcomes = await writer.write(() => {
        const there = new Set(ids.filter((id) => byId.get(id) != null));
        journal.count(there.size);
        return ids.map((id, index) => {
          if (!there.delete(id)) return false;
          revive.run(Math.ceil(dueMs[index] ?? now()), id);
          remove.run(id);
          return true;
        });
      });
      sending.readNew();
      onNews();
      return outcomes;
    },
    delete: (ids) => writer.write(() => ids.map((id) => Number(remove.run(id).changes) === 1)),
    async prune(beforeMs) {
      let gone = 0;
      for (;;) {
        const part = await writer.write(() => Number(prune.run(beforeMs).changes));
        gone += part;
        if (part < rowsOfDeletion) return gone;
      }
    },
    count: () => (count.get() as { readonly count: number }).count,
  };
}

import { cursorOf, pageOf, pageSize, readCursor } from "../../../state/page.js";
import { momentOf } from "../../../state/postgres/clock.js";
import type { Database } from "../../../state/postgres/database.js";
import { where } from "../../../state/postgres/where.js";
import { isStorable } from "../../../state/records.js";
import type { DeadLetters } from "../../delivery-queue.js";
import type { Enqueue } from "./enqueue.js";
import { queueParts } from "./enqueue.js";
import { conditionsOf, type DeadRow, deadOf, newNames, recordName } from "./rows.js";

const columns = `seq, ${newNames}, attempts, replays, status, died_ms, reason`;

/** For each id whether it is among those found; of one that is there twice the first alone. */
function among(ids: readonly string[], found: readonly { readonly id: string }[]): readonly boolean[] {
  const left = new Set(found.map(({ id }) => id));
  return ids.map((id) => left.delete(id));
}

/** Dead letters in a table. */
export function postgresDead(database: Database, enqueue: Enqueue, now: () => number | null): DeadLetters {
  const { table, write, seek, run } = database;
  const dead = table("webhook_dead");
  const one = seek<DeadRow>(recordName, `SELECT ${columns} FROM ${dead} WHERE id = $1`);
  const remove = write<{ readonly id: string }>(
    recordName,
    `DELETE FROM ${dead} WHERE id = ANY ($1::text[]) RETURNING id`,
  );
  const count = write<{ readonly n: unknown }>(
    recordName,
    `SELECT count(*) AS n FROM ${dead} WHERE id = ANY ($1::text[])`,
  );
  const replay = write<{ readonly id: string; readonly missed: readonly string[] }>(
    recordName,
    `WITH asked AS MATERIALIZED (SELECT asked_id, min(ord) AS ord, (array_agg(at_ms ORDER BY ord))[1] AS at_ms
         FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS a (asked_id, at_ms, ord) GROUP BY asked_id),
       back AS (DELETE FROM ${dead} d USING asked a WHERE d.id = a.asked_id RETURNING d.*, a.ord, a.at_ms),
       given AS MATERIALIZED (SELECT ${newNames.replace("expires_ms", "NULL::bigint AS expires_ms")}, ord,
         replays + 1 AS replays, coalesce(at_ms, ${momentOf("$3")}) AS due_ms FROM back),
       ${queueParts(database)}
     SELECT id, (SELECT coalesce(array_agg(url), '{}') FROM missed) AS missed FROM back`,
  );
  const storable = (ids: readonly string[]) => ids.map((id) => (isStorable(id) ? id : ""));

  return {
    list: (filter = {}, { after, limit } = {}) =>
      run(async () => {
        const size = pageSize(limit);
        const cursor = readCursor(after, 2);
        const { text, values } = where([
          ...conditionsOf(filter, "died_ms"),
          ...(cursor === undefined ? [] : [["(died_ms, seq) < (?, ?)", ...cursor] as const]),
        ]);
        const order = `ORDER BY died_ms DESC, seq DESC LIMIT $${values.length + 1}`;
        const find = seek<DeadRow>(recordName, `SELECT ${columns} FROM ${dead} ${text} ${order}`);
        const { rows } = await find(...values, size + 1);
        return pageOf(rows, size, deadOf, ({ died_ms, seq }) => cursorOf(Number(died_ms), Number(seq)));
      }),
    get: (id) =>
      run(async () => {
        const row = (await one(id)).rows[0];
        return row && deadOf(row);
      }),
    replay: (ids, dueMs = []) =>
      run(async () => {
        const asked = storable(ids);
        const there = Number((await count(asked)).rows[0]?.n);
        if (there === 0) return ids.map(() => false);
        const dueOf = (_: string, index: number) => (dueMs[index] === undefined ? null : Math.ceil(dueMs[index]));
        const rows = await enqueue(there, async () => (await replay(asked, asked.map(dueOf), now())).rows);
        return among(ids, rows);
      }),
    delete: (ids) => run(async () => among(ids, (await remove(storable(ids))).rows)),
  };
}

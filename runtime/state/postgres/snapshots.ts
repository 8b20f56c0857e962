import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { type SnapshotRow, snapshotOf, snapshotRow } from "../records.js";
import type { SnapshotStore } from "../snapshot-store.js";
import type { Database } from "./database.js";

const columns = "task_id, id, version, data, checkpoint, created_at";

/** Texts of the statements that are run most, for a table. */
export const snapshotTexts = (table: string) => ({
  save: `INSERT INTO ${table} (${columns}) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (task_id, version) DO UPDATE SET id = excluded.id, data = excluded.data,
      checkpoint = excluded.checkpoint, created_at = excluded.created_at`,
  last: `SELECT ${columns} FROM ${table} WHERE task_id = $1 ORDER BY version DESC LIMIT 1`,
});

/** Snapshots in a table. */
export function postgresSnapshots({ table, write, seek, run }: Database, maxBytes: number): SnapshotStore {
  const name = "StateSnapshot";
  const from = `FROM ${table("snapshots")}`;
  const texts = snapshotTexts(table("snapshots"));
  const save = write(name, texts.save);
  const last = seek<SnapshotRow>(name, texts.last);
  const one = seek<SnapshotRow>(name, `SELECT ${columns} ${from} WHERE task_id = $1 AND version = $2`);
  const versions = seek<{ version: unknown }>(name, `SELECT version ${from} WHERE task_id = $1 ORDER BY version`);
  const deleteOne = seek(name, `DELETE ${from} WHERE task_id = $1 AND version = $2`);
  const deleteAll = seek(name, `DELETE ${from} WHERE task_id = $1`);
  const page = seek<SnapshotRow>(
    name,
    `SELECT ${columns} ${from} WHERE (task_id, version) > ($1, $2) ORDER BY task_id, version LIMIT $3`,
  );
  return {
    save: (snapshot) =>
      run(async () => {
        const { task_id, id, version, data, checkpoint, created_at } = snapshotRow(snapshot, maxBytes);
        await save(task_id, id, version, data, checkpoint, created_at);
      }),
    get: (taskId, version) =>
      run(async () => {
        const { rows } = await (version === undefined ? last(taskId) : one(taskId, version));
        return rows[0] && snapshotOf("postgres", rows[0]);
      }),
    listVersions: (taskId) => run(async () => (await versions(taskId)).rows.map(({ version }) => Number(version))),
    delete: (taskId, version) =>
      run(async () => {
        const { count } = await (version === undefined ? deleteAll(taskId) : deleteOne(taskId, version));
        return count > 0;
      }),
    list: ({ after, limit } = {}) =>
      run(async () => {
        const size = pageSize(limit);
        const [taskId, version] = readCursor(after, 2) ?? ["", 0];
        const { rows } = await page(taskId, Number(version), size + 1);
        return pageOf(
          rows,
          size,
          (row) => snapshotOf("postgres", row),
          (row) => cursorOf(row.task_id, Number(row.version)),
        );
      }),
  };
}

import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { type SnapshotRow, snapshotOf, snapshotRow } from "../records.js";
import type { SnapshotStore } from "../snapshot-store.js";
import type { SqliteDatabase } from "./driver.js";
import type { GroupWriter } from "./writer.js";

/** Snapshots in the table of the reference implementation. */
export function sqliteSnapshots(database: SqliteDatabase, writer: GroupWriter, maxBytes: number): SnapshotStore {
  const columns = "task_id, id, version, data, checkpoint, created_at";
  const insert = database.prepare(`INSERT OR REPLACE INTO snapshots (${columns}) VALUES (?, ?, ?, ?, ?, ?)`);
  const one = database.prepare(`SELECT ${columns} FROM snapshots WHERE task_id = ? AND version = ?`);
  const last = database.prepare(`SELECT ${columns} FROM snapshots WHERE task_id = ? ORDER BY version DESC LIMIT 1`);
  const versions = database.prepare("SELECT version FROM snapshots WHERE task_id = ? ORDER BY version");
  const deleteOne = database.prepare("DELETE FROM snapshots WHERE task_id = ? AND version = ?");
  const deleteAll = database.prepare("DELETE FROM snapshots WHERE task_id = ?");
  const page = database.prepare(
    `SELECT ${columns} FROM snapshots WHERE (task_id, version) > (?, ?) ORDER BY task_id, version LIMIT ?`,
  );
  return {
    async save(snapshot) {
      writer.open();
      const { task_id, id, version, data, checkpoint, created_at } = snapshotRow(snapshot, maxBytes);
      await writer.write(() => insert.run(task_id, id, version, data, checkpoint, created_at));
    },
    get: (taskId, version) =>
      writer.read(() => {
        const row = version === undefined ? last.get(taskId) : one.get(taskId, version);
        return row == null ? undefined : snapshotOf("sqlite", row as SnapshotRow);
      }),
    listVersions: (taskId) =>
      writer.read(() => (versions.all(taskId) as { version: number }[]).map(({ version }) => version)),
    delete: (taskId, version) =>
      writer.write(() => {
        const { changes } = version === undefined ? deleteAll.run(taskId) : deleteOne.run(taskId, version);
        return Number(changes) > 0;
      }),
    list: ({ after, limit } = {}) =>
      writer.read(() => {
        const size = pageSize(limit);
        const rows = page.all(...(readCursor(after, 2) ?? ["", 0]), size + 1) as SnapshotRow[];
        return pageOf(
          rows,
          size,
          (row) => snapshotOf("sqlite", row),
          ({ task_id, version }) => cursorOf(task_id, version),
        );
      }),
  };
}

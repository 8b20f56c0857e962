import type { Task } from "../../generated/models.js";
import { AsapError } from "../error.js";
import type { TaskStore } from "./task-store.js";

interface Statement {
  run(...values: readonly unknown[]): unknown;
  get(...values: readonly unknown[]): unknown;
}

/** The part of better-sqlite3 that is used. */
interface Database {
  pragma(text: string): unknown;
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

type OpenDatabase = new (path: string) => Database;

/**
 * Opens a task store in an SQLite file, in WAL mode, with one row a task. What was saved outlives the process; a loss of
 * power may cost the latest saves. Rows are never deleted.
 *
 * @param path Path of the file, made when it is not there.
 * @throws AsapError `asap:config/missing_package` when better-sqlite3 is not installed or not built,
 * `asap:config/invalid_option` when the file cannot be opened.
 */
export async function openSqliteTasks(path: string): Promise<TaskStore> {
  const Database = await loadDriver();
  let database: Database | undefined;
  try {
    database = new Database(path);
    return tasksIn(database);
  } catch (cause) {
    database?.close();
    throw new AsapError("asap:config/invalid_option", {
      message: `The SQLite file cannot be opened: ${path}`,
      data: { option: "ASAP_STORAGE_PATH", reason: (cause as { code?: string }).code ?? "unknown fault" },
      cause,
    });
  }
}

async function loadDriver(): Promise<OpenDatabase> {
  const name = "better-sqlite3";
  try {
    const { default: Database } = (await import(name)) as { default: OpenDatabase };
    new Database(":memory:").close();
    return Database;
  } catch (cause) {
    throw new AsapError("asap:config/missing_package", {
      message: `${name} is not installed or was not built`,
      data: { package: name, install: `npm install ${name}` },
      cause,
    });
  }
}

function tasksIn(database: Database): TaskStore {
  database.pragma("journal_mode = WAL");
  database.exec("CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, task TEXT NOT NULL) WITHOUT ROWID");
  const save = database.prepare("INSERT OR REPLACE INTO tasks (id, task) VALUES (?, ?)");
  const load = database.prepare("SELECT task FROM tasks WHERE id = ?");
  return {
    save: (task) => void save.run(task.id, JSON.stringify(task)),
    load(id) {
      const row = load.get(id) as { readonly task: string } | undefined;
      return row === undefined ? undefined : (JSON.parse(row.task) as Task);
    },
    close: () => void database.close(),
  };
}

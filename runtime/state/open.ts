import { AsapError, isAsapError } from "../error.js";
import type { Log } from "../observe/log.js";
import type { TaskStore } from "./task-store.js";

/**
 * Opens the store of tasks that the environment names (wire section 17): `ASAP_STORAGE_BACKEND` is `memory` (the
 * default) or `sqlite`, `ASAP_STORAGE_PATH` the file, `asap_state.db` by default. Where better-sqlite3 is absent,
 * tasks stay in memory and the log says so.
 *
 * @returns The store, undefined for memory.
 * @throws AsapError `asap:config/invalid_option` for another backend or a file that cannot be opened.
 */
export async function openTaskStore(
  env: Readonly<Record<string, string | undefined>>,
  log: Log = {},
): Promise<TaskStore | undefined> {
  const backend = env["ASAP_STORAGE_BACKEND"] || "memory";
  if (backend === "memory") return undefined;
  if (backend !== "sqlite") {
    throw new AsapError("asap:config/invalid_option", {
      message: `ASAP_STORAGE_BACKEND must be memory or sqlite, not ${JSON.stringify(backend)}`,
      data: { option: "ASAP_STORAGE_BACKEND", reason: "unknown backend" },
    });
  }
  const { openSqliteTasks } = await import("./sqlite.js");
  try {
    return await openSqliteTasks(env["ASAP_STORAGE_PATH"] || "asap_state.db");
  } catch (cause) {
    if (!isAsapError(cause) || cause.code !== "asap:config/missing_package") throw cause;
    log.warn?.(`${cause.message}: tasks are kept in memory only (${String(cause.data["install"])})`, {});
    return undefined;
  }
}

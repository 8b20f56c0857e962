import { setTimeout as wait } from "node:timers/promises";
import { sqliteWebhooks } from "../../webhooks/queue/sqlite/store.js";
import type { WebhookStoreOptions } from "../../webhooks/webhook-store.js";
import { largestRecord } from "../records.js";
import type { StateStore } from "../state-store.js";
import { checkpointer } from "./checkpointer.js";
import { isBusy, openDatabase, type SqliteDatabase, sqliteError } from "./driver.js";
import { sqliteMetering } from "./metering.js";
import { sqliteNonces } from "./nonces.js";
import { migrate } from "./schema.js";
import { sqliteSnapshots } from "./snapshots.js";
import { sqliteTasks } from "./tasks.js";
import { GroupWriter } from "./writer.js";

/** Options of {@link sqliteState}. */
export interface SqliteStateOptions {
  /** Path of the file, made when it is not there. Default: `asap_state.db`. */
  readonly path?: string;
  /** An open database of `better-sqlite3` or `node:sqlite`, in place of a file; `close` closes it. */
  readonly database?: SqliteDatabase;
  /**
   * What a commit waits for: `full` for the disk, so that a loss of power costs nothing that was saved; `normal` for the
   * operating system alone, so that only a crash of the process costs nothing. Default: `full`.
   */
  readonly durability?: "full" | "normal";
  /**
   * How long a write waits for other processes that write, in milliseconds; the event loop waits with it, so leases of
   * tasks must be longer. Default: 5,000.
   */
  readonly busyTimeoutMs?: number;
  /** Largest record, in bytes of its JSON text. Default: 10,485,760. */
  readonly maxRecordBytes?: number;
  /** Bounds of webhook deliveries. */
  readonly webhooks?: Pick<WebhookStoreOptions, "maxPending" | "maxPendingPerUrl">;
  /** Gives milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** What is kept of a log that grew while another process read, in bytes. */
const longestLogBytes = 67_108_864;

/**
 * Opens a store in one SQLite file in WAL mode. A file of the reference implementation is taken over. Writes of one turn
 * of the event loop are one transaction.
 *
 * @throws AsapError `asap:config/missing_package` when better-sqlite3 is not installed or not built,
 * `asap:state/unavailable`, `asap:state/corrupt`, `asap:state/access_denied`, `asap:state/newer_schema`.
 * @see ASAP 1.1, section 14
 */
export async function sqliteState(options: SqliteStateOptions = {}): Promise<StateStore> {
  const { path = "asap_state.db", durability = "full", busyTimeoutMs = 5_000, now = Date.now } = options;
  const { maxRecordBytes = largestRecord } = options;
  const database = options.database ?? (await openDatabase(path));
  try {
    await prepared(database, durability, Math.max(0, Math.floor(busyTimeoutMs)));
    const writer = new GroupWriter(database);
    const checkpoints =
      options.database !== undefined || path === ":memory:" ? undefined : checkpointer(path, () => relieve(database));
    const webhooks = sqliteWebhooks(database, writer, { ...options.webhooks, now, onMuch: checkpoints?.written });
    return {
      backend: "sqlite",
      snapshots: sqliteSnapshots(database, writer, maxRecordBytes),
      metering: sqliteMetering(database, writer, now),
      tasks: sqliteTasks(database, writer, webhooks.journal, maxRecordBytes, now),
      nonces: sqliteNonces(database, writer, now),
      webhooks,
      async close() {
        webhooks.close();
        writer.close();
        await checkpoints?.close();
      },
    };
  } catch (cause) {
    database.close();
    throw sqliteError(cause);
  }
}

/** Lets a writer write the log back itself only where the thread for that does not keep up. */
function relieve(database: SqliteDatabase): void {
  try {
    database.exec("PRAGMA wal_autocheckpoint = 16000");
  } catch {
    return;
  }
}

/** Longest wait between two tries to prepare a file that others prepare too, in milliseconds. */
const longestPauseMs = 20;

/** Prepares a file. Where it changes to WAL in another process SQLite does not wait by itself. */
async function prepared(database: SqliteDatabase, durability: string, busyTimeoutMs: number): Promise<void> {
  const until = performance.now() + busyTimeoutMs;
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  for (;;) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      database.exec(`PRAGMA synchronous = ${durability === "normal" ? "NORMAL" : "FULL"}`);
      database.exec("PRAGMA wal_autocheckpoint = 4000");
      database.exec(`PRAGMA journal_size_limit = ${longestLogBytes}`);
      migrate(database);
      return;
    } catch (cause) {
      if (!isBusy(cause) || performance.now() >= until) throw cause;
      await wait(Math.random() * longestPauseMs);
    }
  }
}

import { AsapError } from "../../error.js";
import type { SqliteDatabase } from "./driver.js";

/**
 * How the layout came to be, step by step; a file remembers how many it has taken. The first step is the layout of the
 * reference implementation (ASAP 1.1, section 14), whose files are taken over as they are.
 */
export const steps: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS snapshots (
     task_id TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL,
     checkpoint INTEGER NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (task_id, version));
   CREATE TABLE IF NOT EXISTS usage_events (
     id TEXT PRIMARY KEY, task_id TEXT NOT NULL, agent_id TEXT NOT NULL, consumer_id TEXT NOT NULL,
     metrics TEXT NOT NULL, timestamp TEXT NOT NULL);
   CREATE INDEX IF NOT EXISTS idx_usage_agent_timestamp ON usage_events (agent_id, timestamp);`,
  `CREATE INDEX asap_usage_timestamp ON usage_events (timestamp, id);
   CREATE TABLE asap_tasks (
     id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, conversation_id TEXT NOT NULL, status TEXT NOT NULL,
     version INTEGER NOT NULL, task TEXT NOT NULL, envelope_id TEXT, idempotency_key TEXT, request TEXT, answer TEXT,
     deadline_ms INTEGER, lease_holder TEXT, lease_until_ms INTEGER, created_ms INTEGER NOT NULL,
     updated_ms INTEGER NOT NULL);
   CREATE UNIQUE INDEX asap_tasks_envelope ON asap_tasks (owner, envelope_id) WHERE envelope_id IS NOT NULL;
   CREATE UNIQUE INDEX asap_tasks_key ON asap_tasks (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
   CREATE INDEX asap_tasks_created ON asap_tasks (created_ms DESC, id);
   CREATE INDEX asap_tasks_waiting ON asap_tasks (coalesce(lease_until_ms, created_ms))
     WHERE status IN ('submitted', 'working', 'input_required');
   CREATE TABLE asap_nonces (nonce TEXT NOT NULL PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE INDEX asap_nonces_until ON asap_nonces (until_ms);`,
  `ALTER TABLE asap_tasks ADD COLUMN agent TEXT NOT NULL DEFAULT '';
   DROP INDEX asap_tasks_envelope;
   DROP INDEX asap_tasks_key;
   DROP INDEX asap_tasks_waiting;
   CREATE UNIQUE INDEX asap_tasks_envelope ON asap_tasks (agent, owner, envelope_id) WHERE envelope_id IS NOT NULL;
   CREATE UNIQUE INDEX asap_tasks_key ON asap_tasks (agent, owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
   CREATE INDEX asap_tasks_waiting ON asap_tasks (agent, coalesce(lease_until_ms, created_ms))
     WHERE status IN ('submitted', 'working', 'input_required');`,
  `CREATE TABLE asap_webhook_deliveries (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, due_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,
     replays INTEGER NOT NULL, status INTEGER NOT NULL, head TEXT NOT NULL, body TEXT NOT NULL);
   CREATE TABLE asap_webhook_dead (
     id TEXT NOT NULL PRIMARY KEY, attempts INTEGER NOT NULL, replays INTEGER NOT NULL, died_ms INTEGER NOT NULL,
     status INTEGER NOT NULL, reason TEXT NOT NULL, head TEXT NOT NULL, body TEXT NOT NULL);
   CREATE INDEX asap_webhook_dead_died ON asap_webhook_dead (died_ms DESC, id);
   CREATE TABLE asap_webhook_attempts (
     seq INTEGER PRIMARY KEY, started_ms INTEGER NOT NULL, task_id TEXT NOT NULL, record TEXT NOT NULL);
   CREATE INDEX asap_webhook_attempts_started ON asap_webhook_attempts (started_ms);
   CREATE INDEX asap_webhook_attempts_task ON asap_webhook_attempts (task_id);
   CREATE TABLE asap_webhook_subscriptions (
     id TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, task_id TEXT, url TEXT NOT NULL, version INTEGER NOT NULL,
     created_ms INTEGER NOT NULL, record TEXT NOT NULL);
   CREATE INDEX asap_webhook_subscriptions_created ON asap_webhook_subscriptions (created_ms, id);
   CREATE INDEX asap_webhook_subscriptions_task ON asap_webhook_subscriptions (task_id);
   CREATE TABLE asap_webhook_circuits (
     url TEXT NOT NULL PRIMARY KEY, failures INTEGER NOT NULL, open_until_ms INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE asap_webhook_notes (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, value TEXT NOT NULL);
   CREATE TABLE asap_webhook_owner (
     one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, holder TEXT, until_ms INTEGER NOT NULL,
     pending INTEGER NOT NULL, revision INTEGER NOT NULL, agent TEXT);
   INSERT INTO asap_webhook_owner VALUES (1, 0, NULL, 0, 0, 0, NULL);`,
];

/**
 * Brings the layout of a file up to date; a file that is, is left alone.
 *
 * @throws AsapError `asap:state/newer_schema` for a file that a later version of this package wrote.
 */
export function migrate(database: SqliteDatabase): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec("CREATE TABLE IF NOT EXISTS asap_schema (version INTEGER NOT NULL)");
    const row = database.prepare("SELECT max(version) AS version FROM asap_schema").get();
    const found = Number((row as { readonly version: number | null }).version ?? 0);
    if (found > steps.length) {
      throw new AsapError("asap:state/newer_schema", {
        message: `The file has layout ${found}; this version of the package knows ${steps.length}.`,
        data: { backend: "sqlite", found, known: steps.length },
      });
    }
    for (const [index, step] of steps.entries()) {
      if (index < found) continue;
      database.exec(step);
      database.prepare("INSERT INTO asap_schema (version) VALUES (?)").run(index + 1);
    }
    database.exec("COMMIT");
  } catch (cause) {
    try {
      database.exec("ROLLBACK");
    } catch {}
    throw cause;
  }
}

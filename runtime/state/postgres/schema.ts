import { AsapError } from "../../error.js";
import { webhookTables } from "../../webhooks/queue/postgres/tables.js";
import { unavailable } from "../records.js";
import { quoted } from "./database.js";
import type { PostgresClient, PostgresPool } from "./driver.js";
import { codeOf } from "./faults.js";

/** How the layout came to be, step by step; a schema remembers how many it has taken. */
export const steps: readonly string[] = [
  `CREATE TABLE snapshots (
     task_id text COLLATE "C" NOT NULL, version bigint NOT NULL, id text NOT NULL, data text NOT NULL,
     checkpoint smallint NOT NULL, created_at text NOT NULL, PRIMARY KEY (task_id, version));
   CREATE TABLE usage_events (
     id text COLLATE "C" NOT NULL PRIMARY KEY, task_id text NOT NULL, agent_id text COLLATE "C" NOT NULL,
     consumer_id text NOT NULL, timestamp text COLLATE "C" NOT NULL, tokens_in bigint NOT NULL,
     tokens_out bigint NOT NULL, duration_ms bigint NOT NULL, api_calls bigint NOT NULL);
   CREATE INDEX usage_events_agent ON usage_events (agent_id, timestamp, id);
   CREATE INDEX usage_events_time ON usage_events (timestamp, id);
   CREATE TABLE tasks (
     id text COLLATE "C" NOT NULL PRIMARY KEY, owner text COLLATE "C" NOT NULL, conversation_id text NOT NULL,
     status text NOT NULL, version bigint NOT NULL, task text NOT NULL, envelope_id text COLLATE "C",
     idempotency_key text COLLATE "C", request text, answer text, deadline_ms bigint, lease_holder text,
     lease_until_ms bigint, created_ms bigint NOT NULL, updated_ms bigint NOT NULL)
     WITH (autovacuum_vacuum_scale_factor = 0.01);
   CREATE UNIQUE INDEX tasks_envelope ON tasks (owner, envelope_id) WHERE envelope_id IS NOT NULL;
   CREATE UNIQUE INDEX tasks_key ON tasks (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
   CREATE INDEX tasks_created ON tasks (created_ms DESC, id);
   CREATE INDEX tasks_waiting ON tasks (coalesce(lease_until_ms, created_ms))
     WHERE status IN ('submitted', 'working', 'input_required');
   CREATE INDEX tasks_ended ON tasks (updated_ms) WHERE status IN ('completed', 'failed', 'cancelled');
   CREATE TABLE nonces (nonce text COLLATE "C" NOT NULL PRIMARY KEY, until_ms bigint NOT NULL)
     WITH (autovacuum_vacuum_scale_factor = 0.01);
   CREATE INDEX nonces_until ON nonces (until_ms);`,
  `ALTER TABLE tasks ADD COLUMN agent text COLLATE "C" NOT NULL DEFAULT '';
   DROP INDEX tasks_envelope, tasks_key, tasks_waiting;
   CREATE UNIQUE INDEX tasks_envelope ON tasks (agent, owner, envelope_id) WHERE envelope_id IS NOT NULL;
   CREATE UNIQUE INDEX tasks_key ON tasks (agent, owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
   CREATE INDEX tasks_waiting ON tasks (agent, coalesce(lease_until_ms, created_ms))
     WHERE status IN ('submitted', 'working', 'input_required');`,
  webhookTables,
];

/** What runs statements: a pool, or one connection. */
type Runner = Pick<PostgresPool, "query">;

async function layoutIn(runner: Runner, schema: string): Promise<number> {
  const { rows } = await runner.query({ text: `SELECT max(version) AS version FROM ${quoted(schema)}.schema_version` });
  const found = Number((rows[0] as { readonly version: unknown } | undefined)?.version ?? 0);
  if (found <= steps.length) return found;
  throw new AsapError("asap:state/newer_schema", {
    message: `The schema has layout ${found}; this version of the package knows ${steps.length}.`,
    data: { backend: "postgres", found, known: steps.length },
  });
}

/** Layout of a schema that may not be there. */
async function layoutOf(pool: PostgresPool, schema: string): Promise<number> {
  try {
    return await layoutIn(pool, schema);
  } catch (cause) {
    if (["3F000", "42P01"].includes(codeOf(cause))) return 0;
    throw cause;
  }
}

/**
 * Brings the layout of a schema up to date, made when it is not there; of many who do so at once one does and the others
 * wait. A schema that is up to date is only read.
 *
 * @param create Whether tables are made where there are none. Default: true.
 * @throws AsapError `asap:state/newer_schema` for a schema that a later version of this package wrote,
 * `asap:state/unavailable` where there are no tables and none are to be made.
 */
export async function migrate(pool: PostgresPool, schema: string, create = true): Promise<void> {
  const found = await layoutOf(pool, schema);
  if (found === steps.length) return;
  if (found === 0 && !create) throw unavailable("postgres", "there are no tables of a store in the schema");
  const client = await pool.connect();
  client.on("error", () => {});
  try {
    await takeSteps(client, schema);
    client.release();
  } catch (cause) {
    client.release(true);
    throw cause;
  }
}

async function takeSteps(client: PostgresClient, schema: string): Promise<void> {
  const run = (text: string, ...values: unknown[]) => client.query({ text, values });
  await run("BEGIN ISOLATION LEVEL READ COMMITTED");
  await run("SET LOCAL statement_timeout = 0");
  await run("SET LOCAL idle_in_transaction_session_timeout = 60000");
  await run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", `asap-kit ${schema}`);
  const { rows } = await run("SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", schema);
  if (rows.length === 0) await run(`CREATE SCHEMA ${quoted(schema)}`);
  await run(`SET LOCAL search_path TO ${quoted(schema)}`);
  await run("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL PRIMARY KEY)");
  const found = await layoutIn(client, schema);
  for (const [index, step] of steps.entries()) {
    if (index < found) continue;
    await client.query({ text: step });
    await run("INSERT INTO schema_version (version) VALUES ($1)", index + 1);
  }
  await run("COMMIT");
}

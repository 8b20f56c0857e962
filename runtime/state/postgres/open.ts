import { invalidOption } from "../../invalid-option.js";
import { postgresWebhooks } from "../../webhooks/queue/postgres/open.js";
import type { WebhookStoreOptions } from "../../webhooks/webhook-store.js";
import { largestRecord } from "../records.js";
import type { StateStore } from "../state-store.js";
import { databaseOf } from "./database.js";
import { makePool, type PoolBounds, type PostgresClient, type PostgresPool, type PostgresServer } from "./driver.js";
import { postgresError } from "./faults.js";
import { postgresMetering } from "./metering.js";
import { postgresNonces } from "./nonces.js";
import { migrate } from "./schema.js";
import { postgresSnapshots } from "./snapshots.js";
import { postgresTasks } from "./tasks.js";

/** Options of {@link postgresState}: a server or a pool, and bounds. */
export interface PostgresStateOptions extends PostgresServer {
  /** A `Pool` of `pg` to use in place of one of its own; `close` leaves it open, and its own timeouts hold. */
  readonly pool?: PostgresPool;
  /** Schema that the tables are in, made when it is not there. Default: `asap`. */
  readonly schema?: string;
  /** Whether the tables are made where there are none; without, opening fails there. Default: true. */
  readonly create?: boolean;
  /** Most connections at a time. Default: 10. */
  readonly maxConnections?: number;
  /** How long a connection may take to come about, or to come free, in milliseconds. Default: 5,000. */
  readonly connectTimeoutMs?: number;
  /**
   * How long a statement may take, in milliseconds; 0 for as long as it wants, and for poolers that refuse the setting.
   * Default: 30,000.
   */
  readonly statementTimeoutMs?: number;
  /** Largest record, in bytes of its JSON text. Default: 10,485,760. */
  readonly maxRecordBytes?: number;
  /** Gives milliseconds since 1970. Default: the clock of the database, which all instances share. */
  readonly now?: () => number;
  /** Bounds of the queue of webhook deliveries; its clock is that of the store by default. */
  readonly webhooks?: WebhookStoreOptions;
}

function whole(option: string, value: number, from: number, to = 2_147_483_647): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw invalidOption(option, `must be a whole number from ${from} to ${to}`);
}

function checkedSchema(schema: string): string {
  if (schema !== "" && Buffer.byteLength(schema) <= 63 && !schema.includes("\0") && !schema.startsWith("pg_")) {
    return schema;
  }
  throw invalidOption("schema", "must be 1 to 63 bytes of text without NUL that do not begin with pg_");
}

/** Where the server is said twice, neither counts. */
function checkServer({ url, ...parts }: PostgresServer, pool: PostgresPool | undefined): void {
  const said = Object.entries({ pool, url, ...parts }).flatMap(([option, value]) =>
    value === undefined ? [] : [option],
  );
  const [first = "", second] = said;
  if (["pool", "url"].includes(first) && second !== undefined) throw invalidOption(second, `cannot go with ${first}`);
  if (url !== undefined && !/^postgres(ql)?:\/\//i.test(url)) {
    throw invalidOption("url", "must begin with postgres:// or postgresql://");
  }
}

/** A pool loses connections that are idle; the next call makes another. */
const ignore = (): void => {};

/** Connections to listen on, beside those of the pool: one of a pool that is given, where it has another. */
function listenersOf(given: PostgresPool | undefined, server: PostgresServer, bounds: PoolBounds) {
  let made: Promise<PostgresPool> | undefined;
  const own = async () => {
    const pool = await makePool(server, { ...bounds, maxConnections: 1 });
    pool.on("error", ignore);
    return pool;
  };
  return {
    async connect(): Promise<PostgresClient | undefined> {
      if (given !== undefined) return given.options?.max === 1 ? undefined : given.connect();
      made ??= own();
      return (await made).connect();
    },
    end: async () => (await made)?.end(),
  };
}

/**
 * Opens a store in a schema of a PostgreSQL database, version 12 or later; any number of instances may share it. Leases
 * and nonces go by the clock of the database. A connection that is lost is replaced at the next call.
 *
 * @throws AsapError `asap:config/missing_package` when pg is not installed, `asap:config/invalid_option`,
 * `asap:state/unavailable`, `asap:state/corrupt`, `asap:state/access_denied`, `asap:state/newer_schema`.
 * @see ASAP 1.1, section 14
 */
export async function postgresState(options: PostgresStateOptions = {}): Promise<StateStore> {
  const { pool: given, schema: name = "asap", create = true, now, webhooks: bounded, ...others } = options;
  const { maxRecordBytes = largestRecord, ...more } = others;
  const { maxConnections = 10, connectTimeoutMs = 5_000, statementTimeoutMs = 30_000, ...server } = more;
  const schema = checkedSchema(name);
  whole("maxRecordBytes", maxRecordBytes, 1);
  const bounds = {
    maxConnections: whole("maxConnections", maxConnections, 1),
    connectTimeoutMs: whole("connectTimeoutMs", connectTimeoutMs, 1),
    statementTimeoutMs: whole("statementTimeoutMs", statementTimeoutMs, 0, 1_000_000_000),
  };
  checkServer(server, given);
  const pool = given ?? (await makePool(server, bounds));
  pool.on("error", ignore);
  const end = async () => (given === undefined ? pool.end() : void pool.off("error", ignore));
  try {
    await migrate(pool, schema, create);
  } catch (cause) {
    await end();
    throw postgresError(cause);
  }
  const listeners = listenersOf(given, server, bounds);
  const database = databaseOf(pool, schema, async () => {
    await listeners.end();
    await end();
  });
  const moment = () => now?.() ?? null;
  const webhooks = postgresWebhooks(database, {
    ...(now !== undefined && { now }),
    ...bounded,
    schema,
    maxRecordBytes,
    connect: listeners.connect,
  });
  return {
    backend: "postgres",
    snapshots: postgresSnapshots(database, maxRecordBytes),
    metering: postgresMetering(database, now ?? Date.now),
    tasks: postgresTasks(database, maxRecordBytes, moment, webhooks.outbox),
    nonces: postgresNonces(database, moment),
    webhooks: webhooks.store,
    close() {
      webhooks.close();
      return database.close();
    },
  };
}

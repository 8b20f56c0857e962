import { invalidOption } from "../../../invalid-option.js";
import type { Database } from "../../../state/postgres/database.js";
import type { PostgresClient } from "../../../state/postgres/driver.js";
import type { RecordName } from "../../../state/records.js";
import type { NewDelivery } from "../../delivery.js";
import type { WebhookStore, WebhookStoreOptions } from "../../webhook-store.js";
import { mostPendingPerUrl } from "../url-room.js";
import { postgresBind } from "./bind.js";
import { postgresEndpoints } from "./endpoints.js";
import { type Enqueue, enqueueParts, enqueueValues, type Queued } from "./enqueue.js";
import { postgresQueue } from "./queue.js";
import { roomsOf } from "./rooms.js";
import { postgresSubscriptions } from "./subscriptions.js";
import { wakeOf } from "./wake.js";

/** Writes deliveries together with rows of other tables. */
export interface Outbox {
  /**
   * Makes a statement that changes something and, where it comes with deliveries, queues them if, and only if, it
   * returns a row. Without deliveries it is the statement as it is.
   *
   * @param record Kind of record that it changes, for a value that the server cannot hold.
   * @param text Its text; its last parameter is the moment, in milliseconds since 1970, or null for the clock of the
   * database.
   * @param parameters How many parameters it has.
   * @param isBounded Whether a full queue refuses the deliveries, and the change with them. Default: it does.
   */
  statement<Row>(
    record: RecordName,
    text: string,
    parameters: number,
    isBounded?: boolean,
  ): (values: readonly unknown[], deliveries?: readonly NewDelivery[]) => Promise<readonly Row[]>;
}

/** Options of {@link postgresWebhooks}. */
export interface PostgresWebhooksOptions extends WebhookStoreOptions {
  readonly schema: string;
  /** Largest record, in bytes of its JSON text. */
  readonly maxRecordBytes: number;
  /** Gives a connection to listen on; undefined where there is none to spare. */
  readonly connect: () => Promise<PostgresClient | undefined>;
}

/** Subscriptions and deliveries in the tables of a schema. */
export function postgresWebhooks(
  database: Database,
  options: PostgresWebhooksOptions,
): { readonly store: WebhookStore; readonly outbox: Outbox; readonly close: () => void } {
  const {
    maxPending = 1_000_000,
    maxPendingPerUrl = mostPendingPerUrl,
    now,
    schema,
    maxRecordBytes,
    connect,
  } = options;
  for (const [name, value] of Object.entries({ maxPending, maxPendingPerUrl }))
    if (!Number.isSafeInteger(value) || value < 1) throw invalidOption(name, "must be a whole number from 1");
  const moment = () => now?.() ?? null;
  const wake = wakeOf(database, schema, connect);
  const rooms = roomsOf(database, maxPending, maxPendingPerUrl);
  const endpoints = postgresEndpoints(database, moment, wake.tellHere);
  const enqueue: Enqueue = async (entering, statement, isBounded = true) => {
    const rows = await rooms.enter(entering, statement, isBounded);
    await endpoints.touch(rows[0]?.missed ?? []);
    if (rows.length > 0) wake.tell();
    return rows;
  };
  return {
    store: {
      ...postgresBind(database),
      subscriptions: postgresSubscriptions(database, maxRecordBytes),
      queue: postgresQueue({ database, now: moment, enqueue, endpoints, rooms, wake }),
    },
    outbox: {
      statement<Row>(record: RecordName, text: string, parameters: number, isBounded = true) {
        const alone = database.write<Row>(record, text);
        const parts = enqueueParts(database, parameters + 1, `$${parameters}`, "EXISTS (SELECT FROM changed)");
        const both = database.write<Row & Queued>(
          record,
          `WITH changed AS (${text}), ${parts}
           SELECT changed.*, (SELECT coalesce(array_agg(url), '{}') FROM missed) AS missed FROM changed`,
        );
        return async (values, deliveries = []) => {
          if (deliveries.length === 0) return (await alone(...values)).rows;
          const more = enqueueValues(deliveries);
          return enqueue(deliveries, async () => (await both(...values, ...more)).rows, isBounded);
        };
      },
    },
    close() {
      wake.close();
      endpoints.close();
    },
  };
}

import { invalidOption } from "../../../invalid-option.js";
import type { Database } from "../../../state/postgres/database.js";
import type { PostgresClient } from "../../../state/postgres/driver.js";
import type { NewDelivery } from "../../delivery.js";
import type { WebhookStore, WebhookStoreOptions } from "../../webhook-store.js";
import { postgresEndpoints } from "./endpoints.js";
import { type Enqueue, enqueueParts, enqueueValues } from "./enqueue.js";
import { postgresQueue } from "./queue.js";
import { roomOf } from "./room.js";
import { postgresSubscriptions } from "./subscriptions.js";
import { wakeOf } from "./wake.js";

/** What of a queue a statement of another table takes to write deliveries with its own rows. */
export interface Outbox {
  /**
   * Text that puts deliveries into the queue in the same statement, and no text where there are none to put.
   *
   * @param change Text that changes something and returns rows where it did: then, and only then, they are put.
   * @param first Number of the first of its parameters: see `values`.
   * @param now The parameter that the moment comes from.
   */
  text(change: string, first: number, now: string): string;
  /** @throws AsapError `asap:state/invalid_record`. */
  values(deliveries: readonly NewDelivery[]): readonly unknown[];
  readonly enqueue: Enqueue;
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
  { maxPending = 1_000_000, now, schema, maxRecordBytes, connect }: PostgresWebhooksOptions,
): { readonly store: WebhookStore; readonly outbox: Outbox; readonly close: () => void } {
  if (!Number.isSafeInteger(maxPending) || maxPending < 1) {
    throw invalidOption("maxPending", "must be a whole number from 1");
  }
  const moment = () => now?.() ?? null;
  const wake = wakeOf(database, schema, connect);
  const room = roomOf(database, maxPending);
  const endpoints = postgresEndpoints(database, moment, wake.tellHere);
  const enqueue: Enqueue = async (count, statement, ids) => {
    const rows = await room.admit(count, statement, ids);
    await endpoints.touch(rows[0]?.missed ?? []);
    if (rows.length > 0) wake.tell();
    return rows;
  };
  return {
    store: {
      subscriptions: postgresSubscriptions(database, maxRecordBytes),
      queue: postgresQueue({ database, now: moment, enqueue, endpoints, room, wake }),
    },
    outbox: {
      text: (change, first, at) =>
        `WITH changed AS (${change}), ${enqueueParts(database, first, at, "EXISTS (SELECT FROM changed)")}
         SELECT changed.*, (SELECT coalesce(array_agg(url), '{}') FROM missed) AS missed FROM changed`,
      values: enqueueValues,
      enqueue,
    },
    close() {
      wake.close();
      endpoints.close();
    },
  };
}

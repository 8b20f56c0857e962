import { createHash, randomUUID } from "node:crypto";
import { type Database, quoted } from "../../../state/postgres/database.js";
import type { PostgresClient } from "../../../state/postgres/driver.js";
import { recordName } from "./rows.js";

/** Shortest time between two notifications of an instance, in milliseconds: each holds up the commits of others. */
const betweenMs = 10;

/** First and longest wait before a connection that was lost is made again, in milliseconds. */
const firstWaitMs = 100;
const longestWaitMs = 10_000;

/** Hints that something may have become due, within this instance and among those on one schema. */
export interface Wake {
  /** Tells everybody. */
  tell(): void;
  /** Tells this instance alone. */
  tellHere(): void;
  /** Calls back at every hint, until what it returns is called. */
  on(call: () => void): () => void;
  close(): void;
}

/**
 * Hints by LISTEN and NOTIFY, on a connection of their own while somebody listens. None is sent within the transaction
 * that it tells of; hints that are lost are missed by nobody who looks at what is due next.
 *
 * @param connect Gives a connection to keep; undefined where there is none to spare.
 */
export function wakeOf(
  { write, run }: Database,
  schema: string,
  connect: () => Promise<PostgresClient | undefined>,
): Wake {
  const me = randomUUID();
  const channel = `asap_webhooks_${createHash("sha256").update(schema).digest("hex").slice(0, 32)}`;
  const notify = write(recordName, "SELECT pg_notify($1, $2)");
  const calls = new Set<() => void>();
  let isListening = false;
  let hangUp = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;

  const tellHere = (): void => {
    for (const call of [...calls]) call();
  };
  const send = (): void => {
    timer = undefined;
    toldAt = performance.now();
    run(() => notify(channel, me)).catch(() => {});
  };
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const sleep = setTimeout(resolve, ms);
      sleep.unref();
      hangUp = () => {
        clearTimeout(sleep);
        resolve();
      };
    });
  /** Listens until the connection is lost or given up. */
  const listenOn = (client: PostgresClient) =>
    new Promise<void>((resolve, reject) => {
      hangUp = resolve;
      client.on("error", reject);
      client.on("end", resolve);
      client.on("notification", ({ payload }) => {
        if (payload !== me) tellHere();
      });
      client.query({ text: `LISTEN ${quoted(channel)}` }).then(tellHere, reject);
    });
  const listen = async (): Promise<void> => {
    isListening = true;
    for (let waitMs = firstWaitMs; calls.size > 0; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      let client: PostgresClient | undefined;
      const startedAt = performance.now();
      try {
        client = await connect();
        if (client === undefined) break;
        if (calls.size > 0) await listenOn(client);
      } catch {
      } finally {
        client?.release(true);
      }
      if (performance.now() - startedAt > longestWaitMs) waitMs = firstWaitMs;
      if (calls.size > 0) await pause(waitMs);
    }
    isListening = false;
  };
  const stop = (): void => {
    calls.clear();
    hangUp();
  };

  return {
    tell() {
      tellHere();
      if (timer !== undefined) return;
      const waitMs = toldAt + betweenMs - performance.now();
      if (waitMs <= 0) return send();
      timer = setTimeout(send, waitMs);
      timer.unref();
    },
    tellHere,
    on(call) {
      const own = () => call();
      calls.add(own);
      if (!isListening) void listen();
      return () => {
        calls.delete(own);
        if (calls.size === 0) hangUp();
      };
    },
    close() {
      clearTimeout(timer);
      stop();
    },
  };
}

import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { AsapError } from "../../error.js";
import { isStorable, type RecordName } from "../records.js";
import type { PostgresPool } from "./driver.js";
import { codeOf, postgresError } from "./faults.js";

/** What a statement came to. */
export interface Answer<Row> {
  readonly rows: readonly Row[];
  /** How many rows it gave or changed. */
  readonly count: number;
}

/** A statement that is prepared on every connection once. */
export type Statement<Row> = (...values: readonly unknown[]) => Promise<Answer<Row>>;

/** The schema of a store and the connections to it. */
export interface Database {
  /** Name of a table of the store, as SQL takes it. */
  table(name: string): string;
  /** Makes a statement that writes; values that the server cannot hold are `asap:state/invalid_record`. */
  write<Row>(record: RecordName, text: string): Statement<Row>;
  /** Makes a statement whose values say what is looked for; what no record can hold finds nothing. */
  seek<Row>(record: RecordName, text: string): Statement<Row>;
  /**
   * Does work that `close` waits for.
   *
   * @throws AsapError `asap:state/closed`, and as the work does.
   */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Refuses further work and resolves when there is none under way; a second call does nothing. */
  close(): Promise<void>;
}

/** Most tries of a statement that the server gave up in favour of others. */
const mostTries = 20;

const canBeFound = (value: unknown): boolean => {
  if (typeof value === "string") return isStorable(value);
  return typeof value !== "number" || Number.isSafeInteger(value);
};

/** A name as SQL takes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A name that a text alone has: connections of a pool that others use too know it by no other. */
const nameOf = (text: string): string => `asap_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;

/**
 * The database behind a pool.
 *
 * @param end What ends the connections.
 */
export function databaseOf(pool: PostgresPool, schema: string, end: () => Promise<void>): Database {
  let isOpen = true;
  let underWay = 0;
  let onIdle = (): void => {};
  let closing: Promise<void> | undefined;

  const write = <Row>(record: RecordName, text: string): Statement<Row> => {
    const name = nameOf(text);
    return async (...values) => {
      for (let tries = 1; ; tries += 1) {
        try {
          const { rows, rowCount } = await pool.query({ name, text, values: values as unknown[] });
          return { rows: rows as Row[], count: rowCount ?? 0 };
        } catch (cause) {
          const gaveWay = ["40001", "40P01"].includes(codeOf(cause));
          if (!gaveWay || tries === mostTries) throw postgresError(cause, record);
          await wait(Math.random() * 2 * tries);
        }
      }
    };
  };
  const idle = () =>
    new Promise<void>((resolve) => {
      onIdle = resolve;
      if (underWay === 0) resolve();
    });

  return {
    table: (name) => `${quoted(schema)}.${name}`,
    write,
    seek<Row>(record: RecordName, text: string): Statement<Row> {
      const statement = write<Row>(record, text);
      return async (...values) => (values.every(canBeFound) ? statement(...values) : { rows: [], count: 0 });
    },
    async run(work) {
      if (!isOpen) throw new AsapError("asap:state/closed", { data: { backend: "postgres" } });
      underWay += 1;
      try {
        return await work();
      } catch (cause) {
        throw postgresError(cause);
      } finally {
        underWay -= 1;
        if (underWay === 0) onIdle();
      }
    },
    close() {
      isOpen = false;
      closing ??= idle().then(end);
      return closing;
    },
  };
}

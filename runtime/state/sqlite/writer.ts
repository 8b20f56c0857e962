import { AsapError, isAsapError } from "../../error.js";
import { type SqliteDatabase, sqliteError } from "./driver.js";

interface Job {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Groups what is written in one turn of the event loop into one transaction, so that many writers share the cost of
 * making it durable. A promise resolves once its work is committed.
 */
export class GroupWriter {
  readonly #database: SqliteDatabase;
  #jobs: Job[] = [];
  #isClosed = false;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** @throws AsapError `asap:state/closed`. */
  open(): void {
    if (this.#isClosed) throw new AsapError("asap:state/closed", { data: { backend: "sqlite" } });
  }

  /**
   * Reads now.
   *
   * @throws AsapError as the database does.
   */
  async read<Result>(work: () => Result): Promise<Result> {
    this.open();
    try {
      return work();
    } catch (cause) {
      throw sqliteError(cause);
    }
  }

  /**
   * Writes with what else is written in this turn. Work that throws an AsapError must not have written before it does.
   *
   * @throws AsapError as the work or the database does.
   */
  write<Result>(work: () => Result): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.open();
      if (this.#jobs.length === 0) setImmediate(() => this.flush());
      this.#jobs.push({ work, resolve, reject });
    });
  }

  /** Writes what waits. */
  flush(): void {
    const jobs = this.#jobs;
    if (jobs.length === 0) return;
    this.#jobs = [];
    const settle: (() => void)[] = [];
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const { work, resolve, reject } of jobs) {
        try {
          const value = work();
          settle.push(() => resolve(value as never));
        } catch (cause) {
          if (!isAsapError(cause)) throw cause;
          settle.push(() => reject(cause));
        }
      }
      this.#database.exec("COMMIT");
    } catch (cause) {
      this.#rollBack();
      const error = sqliteError(cause);
      for (const { reject } of jobs) reject(error);
      return;
    }
    for (const each of settle) each();
  }

  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      return;
    }
  }

  /** Writes what waits and closes the file; a second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.flush();
    this.#isClosed = true;
    this.#database.close();
  }
}

import { AsapError, isAsapError } from "../../error.js";
import { isFaultOfWork, type SqliteDatabase, type SqliteStatement, sqliteError } from "./driver.js";

interface Job {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (cause: unknown) => void;
  /** What the work gave, or the error it refused with. */
  outcome: unknown;
  isRefused: boolean;
}

/** Most writes of one transaction; more of a turn wait for the next, so that neither the turn nor the log grows long. */
const largestGroup = 1_000;

/** Most rows that one write purges: the event loop waits for it. */
export const mostPurgedAtOnce = 1_000;

/**
 * Groups what is written in one turn of the event loop into one transaction, so that many writers share the cost of
 * making it durable. A promise resolves once its work is committed. Where work of a group cannot be
 * written, the group is undone, and each work is done again in a transaction of its own, so that it fails alone.
 */
export class GroupWriter {
  readonly #database: SqliteDatabase;
  readonly #begin: SqliteStatement;
  readonly #commit: SqliteStatement;
  #jobs: Job[] = [];
  #isClosed = false;
  /** Told that writes were undone. Default: nobody is. */
  onRollBack: () => void = () => {};

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
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
      if (this.#jobs.length === 0) setImmediate(this.#next);
      this.#jobs.push({ work, resolve, reject, outcome: undefined, isRefused: false });
    });
  }

  readonly #next = (): void => {
    this.#run(this.#jobs.splice(0, largestGroup));
    if (this.#jobs.length > 0) setImmediate(this.#next);
  };

  #run(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    let isWorking = false;
    try {
      this.#begin.run();
      isWorking = true;
      for (const job of jobs) {
        job.isRefused = false;
        try {
          job.outcome = job.work();
        } catch (cause) {
          if (!isAsapError(cause)) throw cause;
          job.outcome = cause;
          job.isRefused = true;
        }
      }
      isWorking = false;
      this.#commit.run();
    } catch (cause) {
      this.#rollBack();
      if (isWorking && jobs.length > 1 && isFaultOfWork(cause)) {
        for (const job of jobs) this.#run([job]);
        return;
      }
      const error = sqliteError(cause);
      for (const { reject } of jobs) reject(error);
      return;
    }
    for (const { outcome, isRefused, resolve, reject } of jobs) {
      if (isRefused) reject(outcome);
      else resolve(outcome as never);
    }
  }

  #rollBack(): void {
    this.onRollBack();
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      return;
    }
  }

  /** Writes what waits and closes the file; a second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    while (this.#jobs.length > 0) this.#run(this.#jobs.splice(0, largestGroup));
    this.#database.close();
  }
}

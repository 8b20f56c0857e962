import { AsapError, isAsapError } from "../../error.js";
import { corrupt, unavailable } from "../records.js";

/** A prepared statement, as `better-sqlite3` and `node:sqlite` have it. */
export interface SqliteStatement {
  run(...values: readonly unknown[]): { readonly changes: number | bigint };
  get(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): unknown[];
}

/** An open database, as `better-sqlite3` and `DatabaseSync` of `node:sqlite` have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/**
 * Opens a file with better-sqlite3.
 *
 * @throws AsapError `asap:config/missing_package` when it is not installed or not built, and as {@link sqliteError} says.
 */
export async function openDatabase(path: string): Promise<SqliteDatabase> {
  const Database = await loadDriver();
  try {
    return new Database(path);
  } catch (cause) {
    throw sqliteError(cause);
  }
}

async function loadDriver(): Promise<new (path: string) => SqliteDatabase> {
  const name = "better-sqlite3";
  try {
    const { default: Database } = (await import(name)) as { default: new (path: string) => SqliteDatabase };
    new Database(":memory:").close();
    return Database;
  } catch (cause) {
    throw new AsapError("asap:config/missing_package", {
      message: `${name} is not installed or was not built`,
      data: { package: name, install: `npm install ${name}` },
      cause,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  FULL: "the disk is full",
  BUSY: "another process holds the file",
  LOCKED: "another process holds the file",
  IOERR: "the file cannot be read or written",
  CANTOPEN: "the file cannot be opened",
  NOMEM: "memory is exhausted",
  TOOBIG: "a record is larger than SQLite takes",
};

/** Primary result codes of SQLite as `node:sqlite` gives them. */
const codes: Readonly<Record<number, string>> = {
  3: "PERM",
  5: "BUSY",
  6: "LOCKED",
  7: "NOMEM",
  8: "READONLY",
  10: "IOERR",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  18: "TOOBIG",
  19: "CONSTRAINT",
  23: "AUTH",
  26: "NOTADB",
};

/** Name of the primary result code of what SQLite threw. */
function codeOf(cause: unknown): string | undefined {
  const { code, errcode } = (cause ?? {}) as { code?: unknown; errcode?: unknown };
  return typeof errcode === "number" ? codes[errcode & 0xff] : /^SQLITE_([A-Z]+)/.exec(String(code))?.[1];
}

/** Whether SQLite threw because another row has a value that only one may have; that statement wrote nothing. */
export const isTaken = (cause: unknown): boolean => codeOf(cause) === "CONSTRAINT";

/** Whether another process holds the file. */
export const isBusy = (cause: unknown): boolean => codeOf(cause) === "BUSY";

/** Faults of the work itself: it would fail again at any time, beside any other work. */
const faultsOfWork: ReadonlySet<string | undefined> = new Set([undefined, "CONSTRAINT", "TOOBIG", "MISMATCH", "RANGE"]);

/** Whether work threw for what it wanted to write, not for the state of the file. */
export const isFaultOfWork = (cause: unknown): boolean => faultsOfWork.has(codeOf(cause));

/** The error of a backend for what SQLite threw; an AsapError stays as it is. */
export function sqliteError(cause: unknown): AsapError {
  if (isAsapError(cause)) return cause;
  const name = codeOf(cause);
  if (name === "CORRUPT" || name === "NOTADB")
    return corrupt("sqlite", "the file is no SQLite database, or damaged", cause);
  if (name === "READONLY" || name === "PERM" || name === "AUTH") {
    const reason = "the file may not be written";
    return new AsapError("asap:state/access_denied", {
      message: `The sqlite store cannot be used: ${reason}.`,
      data: { backend: "sqlite", reason },
      cause,
    });
  }
  if (name === undefined && cause instanceof TypeError && /directory does not exist/.test(cause.message)) {
    return unavailable("sqlite", "the folder of the file is not there", cause);
  }
  return unavailable("sqlite", reasons[name ?? ""] ?? `it failed with ${name ?? "an unknown fault"}`, cause);
}

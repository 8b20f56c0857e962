import { AsapError, isAsapError } from "../../error.js";
import { invalidOption } from "../../invalid-option.js";
import { corrupt, type RecordName, unavailable } from "../records.js";

const backend = "postgres";

/** Why the server does not let somebody in, or not write, by SQLSTATE. */
const denials: Readonly<Record<string, string>> = {
  "28000": "the server does not let the user in",
  "28P01": "the user or the password is wrong",
  "42501": "the user lacks a privilege",
  "25006": "the database may only be read",
};

/** What is broken, by SQLSTATE. */
const damages: Readonly<Record<string, string>> = {
  "3F000": "its schema is gone",
  "42P01": "a table is gone",
  "42703": "a column is gone",
  XX001: "a table is damaged",
  XX002: "an index is damaged",
};

/** Why the server is not reached or cannot do it, by SQLSTATE or by what the system calls it. */
const hindrances: Readonly<Record<string, string>> = {
  "3D000": "the database does not exist",
  "40001": "too many write at once",
  "40P01": "too many write at once",
  "53100": "the disk is full",
  "53200": "the memory of the server is exhausted",
  "53300": "the server has too many connections",
  "55P03": "others hold what is wanted",
  "57014": "a statement took too long",
  "57P01": "the connection was lost",
  "57P02": "the connection was lost",
  "57P03": "the server is starting or stopping",
  "57P05": "the connection was lost",
  "58030": "the server cannot read or write its disk",
  ECONNREFUSED: "the server refuses connections",
  ECONNRESET: "the connection was lost",
  EPIPE: "the connection was lost",
  ENOENT: "the server is not found",
  ENOTFOUND: "the server is not found",
  EAI_AGAIN: "the server is not found",
  EHOSTUNREACH: "the server is not reached",
  ENETUNREACH: "the server is not reached",
  ETIMEDOUT: "the server does not answer",
};

/** What pg says without a code. */
const sayings: readonly (readonly [RegExp, string])[] = [
  [/^timeout exceeded when trying to connect/, "no connection came free in time"],
  [/connection timeout|^timeout expired/, "the server does not answer"],
  [/^Query read timeout/, "a statement took too long"],
  [/^Connection terminated|not queryable/, "the connection was lost"],
  [/calling end on the pool/, "the pool was ended"],
  [/does not support SSL/, "the server does not speak TLS"],
];

const denied = (reason: string, cause: unknown): AsapError =>
  new AsapError("asap:state/access_denied", {
    message: `The ${backend} store cannot be used: ${reason}.`,
    data: { backend, reason },
    cause,
  });

const own = (table: Readonly<Record<string, string>>, code: string): string | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;

/** SQLSTATE of what pg threw, or what the system calls it; empty where there is none. */
export function codeOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === "string" && /^[A-Z0-9_]+$/.test(code) ? code : "";
}

/**
 * The error of the backend for what pg threw; an AsapError stays as it is.
 *
 * @param record Kind of record that was at hand, for a value that the server cannot hold. Default: none.
 */
export function postgresError(cause: unknown, record?: RecordName): AsapError {
  if (isAsapError(cause)) return cause;
  const code = codeOf(cause);
  const said = cause instanceof Error ? cause.message : "";
  if (code === "ERR_INVALID_URL") return invalidOption("url", "is no URL of a database");
  if (record !== undefined && /^22/.test(code)) {
    return new AsapError("asap:state/invalid_record", {
      message: `The record holds a value that ${backend} cannot hold.`,
      data: { record, validation_errors: [] },
      cause,
    });
  }
  const denial = own(denials, code) ?? (/^SASL: |password must be/i.test(said) ? denials["28P01"] : undefined);
  if (denial !== undefined) return denied(denial, cause);
  const damage = own(damages, code);
  if (damage !== undefined) return corrupt(backend, damage, cause);
  const reason = own(hindrances, code) ?? sayings.find(([pattern]) => pattern.test(said))?.[1];
  if (reason !== undefined) return unavailable(backend, reason, cause);
  if (/^08/.test(code)) return unavailable(backend, "the connection was lost", cause);
  return unavailable(backend, code === "" ? "it failed with an unknown fault" : `it failed with ${code}`, cause);
}

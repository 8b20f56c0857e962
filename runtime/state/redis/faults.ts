import { AsapError, isAsapError } from "../../error.js";
import { corrupt, unavailable } from "../records.js";

/** Name of the backend. */
export const backend = "redis";

/** Why the server does not let somebody in. */
const denials: readonly (readonly [RegExp, string])[] = [
  [/\b(?:WRONGPASS|NOAUTH)\b|invalid password|\bAUTH\b.*without any password/, "the user or the password is wrong"],
  [/\bNOPERM\b|can't run this command/, "the user lacks a permission"],
];

/** What is broken. */
const damages: readonly (readonly [RegExp, string])[] = [[/\bWRONGTYPE\b/, "a key holds a value of another type"]];

/** Why the server is not reached or cannot do it. */
const hindrances: readonly (readonly [RegExp, string])[] = [
  [/\bOOM\b/, "the memory of the server is exhausted"],
  [/\bREADONLY\b/, "the server is a replica that may only be read"],
  [/\bMISCONF\b/, "the server cannot write its disk"],
  [/\bNOREPLICAS\b/, "the server has too few replicas"],
  [/\bLOADING\b/, "the server is starting"],
  [/\bBUSY\b/, "the server is busy with a script"],
  [/\bMASTERDOWN\b|\bCLUSTERDOWN\b|\bTRYAGAIN\b/, "the cluster is not ready"],
  [/\b(?:MOVED|ASK|CROSSSLOT)\b/, "the server is part of a cluster, which takes a client for clusters"],
  [/max number of clients/, "the server has too many connections"],
  [/DB index is out of range/, "the database does not exist"],
  [/ECONNREFUSED/, "the server refuses connections"],
  [/ENOENT|ENOTFOUND|EAI_AGAIN/, "the server is not found"],
  [/EHOSTUNREACH|ENETUNREACH/, "the server is not reached"],
  [/ETIMEDOUT|timeout/i, "the server does not answer"],
  [/ECONNRESET|EPIPE|closed|disconnect|offline/i, "the connection was lost"],
  [/certificate|CERT|TLS|SSL/, "no TLS connection comes about"],
];

const said = (cause: unknown): string => {
  if (!(cause instanceof Error)) return "";
  const { code } = cause as { code?: unknown };
  const within = cause instanceof AggregateError ? cause.errors.map(said) : [];
  return [typeof code === "string" ? code : "", cause.constructor.name, cause.message, ...within].join(" ");
};

const reasonIn = (table: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];

/** Whether the server does not know a script yet. */
export const isUnknownScript = (cause: unknown): boolean => said(cause).includes("NOSCRIPT");

/**
 * The error of the backend for what the client threw; an AsapError stays as it is. Texts of the server, which may hold
 * values, stay in `cause`.
 */
export function redisError(cause: unknown): AsapError {
  if (isAsapError(cause)) return cause;
  const text = said(cause);
  const denial = reasonIn(denials, text);
  if (denial !== undefined) {
    return new AsapError("asap:state/access_denied", {
      message: `The ${backend} store cannot be used: ${denial}.`,
      data: { backend, reason: denial },
      cause,
    });
  }
  const damage = reasonIn(damages, text);
  if (damage !== undefined) return corrupt(backend, damage, cause);
  const hindrance = reasonIn(hindrances, text);
  if (hindrance !== undefined) return unavailable(backend, hindrance, cause);
  if (/user_script/.test(text)) return corrupt(backend, "a record or an index is damaged", cause);
  return unavailable(backend, "it failed with an unknown fault", cause);
}

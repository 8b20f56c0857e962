import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { invalidOption } from "../invalid-option.js";
import type { Log } from "../observe/log.js";
import { unavailable } from "./records.js";
import type { StateStore } from "./state-store.js";

/** Environment variables. */
export type StateEnvironment = Readonly<Record<string, string | undefined>>;

/** Options of {@link openState}. */
export interface OpenStateOptions {
  /** Whether a store is made where there is none: a file, tables, or keys. Default: true. */
  readonly create?: boolean;
  /** Told when a server may lose what it acknowledged. Default: nothing is written. */
  readonly log?: Log;
}

const forms = "memory:, sqlite:PATH, postgres://… or redis://…";

/**
 * Opens the store that a text names: `memory:`, `sqlite:./state.db` (or a `file:` URL), `postgres://user@host/database`
 * or `postgresql://…`, `redis://host:6379/0` or `rediss://…`. A store on a database server keeps to the schema `asap`,
 * or to the keys that begin with `asap`, unless the URL has `?schema=` or `?prefix=`.
 *
 * @throws AsapError `asap:config/invalid_option` for another text, `asap:config/missing_package`,
 * `asap:state/unavailable` where there is no store and none is to be made, and as the store does.
 */
export async function openState(location: string, options: OpenStateOptions = {}): Promise<StateStore> {
  const { create = true, log } = options;
  const kind = /^([a-z]+):/i.exec(location)?.[1]?.toLowerCase();
  switch (kind) {
    case "memory": {
      const { memoryState } = await import("./memory.js");
      return memoryState();
    }
    case "sqlite":
    case "file": {
      const path = sqlitePath(location);
      if (!create && !existsSync(path)) throw unavailable("sqlite", "there is no such file");
      const { sqliteState } = await import("./sqlite/open.js");
      return sqliteState({ path });
    }
    case "postgres":
    case "postgresql": {
      const [url, schema] = withoutParameter(location, "schema");
      const { postgresState } = await import("./postgres/open.js");
      return postgresState({ url, create, ...(schema !== undefined && { schema }) });
    }
    case "redis":
    case "rediss": {
      const [url, prefix] = withoutParameter(location, "prefix");
      const { redisState } = await import("./redis/open.js");
      return redisState({ url, create, ...(prefix !== undefined && { prefix }), ...(log !== undefined && { log }) });
    }
    default:
      throw invalidOption("storage", `must be ${forms}`);
  }
}

/**
 * The path of the file that a text for {@link openState} names.
 *
 * @throws AsapError `asap:config/invalid_option` for `sqlite:` or `file:` without a path of this machine.
 */
export function sqlitePath(location: string): string {
  if (/^file:/i.test(location)) return pathOf(location);
  const path = location.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
  if (path === "") throw invalidOption("storage", "names no file");
  if (path.startsWith("//")) throw invalidOption("storage", "must be sqlite:PATH, without a host");
  return path;
}

function pathOf(location: string): string {
  const reason = "must be file:///PATH, a file of this machine";
  if (!/^file:\/\/\/./i.test(location)) throw invalidOption("storage", reason);
  try {
    return fileURLToPath(location);
  } catch {
    throw invalidOption("storage", reason);
  }
}

function withoutParameter(location: string, name: string): readonly [url: string, value: string | undefined] {
  if (!/^[a-z]+:\/\//i.test(location) || !URL.canParse(location)) throw invalidOption("storage", `must be ${forms}`);
  const url = new URL(location);
  const value = url.searchParams.get(name);
  if (value === null) return [location, undefined];
  url.searchParams.delete(name);
  return [url.href, value];
}

/**
 * What the environment names (ASAP 1.1, section 17): `ASAP_STORAGE_BACKEND` is `memory` (the default), `sqlite`,
 * `postgres` or `redis`; `ASAP_STORAGE_PATH` is the file of sqlite, `asap_state.db` by default, or the URL of a server.
 *
 * @returns A text for {@link openState}.
 * @throws AsapError `asap:config/invalid_option` for another backend, or a server without its URL.
 */
export function stateLocation(env: StateEnvironment): string {
  const backend = env["ASAP_STORAGE_BACKEND"] || "memory";
  const path = env["ASAP_STORAGE_PATH"] || "";
  if (backend === "memory") return "memory:";
  if (backend === "sqlite") return /^(?:sqlite|file):/i.test(path) ? path : `sqlite:${path || "asap_state.db"}`;
  if (backend !== "postgres" && backend !== "redis") {
    throw invalidOption("ASAP_STORAGE_BACKEND", "must be memory, sqlite, postgres or redis");
  }
  if (new RegExp(`^${backend}(?:ql|s)?:`, "i").test(path)) return path;
  throw invalidOption("ASAP_STORAGE_PATH", `must be the URL of a server, ${backend}://…`);
}

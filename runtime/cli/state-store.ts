import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import { isAsapError } from "../error.js";
import type { Log } from "../observe/log.js";
import type { OpenStateOptions } from "../state/open-state.js";
import type { StateStore } from "../state/state-store.js";
import { type CliIo, exitCodes, fail } from "./output.js";

/** Options of a command that reads a store. */
export interface StorageOptions {
  readonly storage?: string;
}

/** Adds the option that names a store. */
export function addStorageOption(command: Command): Command {
  return command.option(
    "--storage <location>",
    "memory:, sqlite:PATH, postgres://… or redis://… (default: as ASAP_STORAGE_BACKEND and ASAP_STORAGE_PATH say)",
  );
}

/** The text of a store, with its path from the folder of the run. */
async function named(location: string | undefined, io: CliIo): Promise<string> {
  const { stateLocation } = await import("../state/open-state.js");
  const text = location ?? stateLocation(io.env);
  return text.replace(/^sqlite:(?!\/)(.+)$/i, (_, path: string) => `sqlite:${resolve(io.cwd, path)}`);
}

/** A store that a word of the command line, or the environment, names. Paths start from the folder of the run. */
export async function openNamed(
  location: string | undefined,
  io: CliIo,
  options?: OpenStateOptions,
): Promise<StateStore> {
  const { openState } = await import("../state/open-state.js");
  return openState(await named(location, io), options);
}

/**
 * The same of a store that is there to be read: none is made.
 *
 * @throws AsapError `asap:state/unavailable` where there is none, and as `openState` does.
 */
export const openExisting = (location: string | undefined, io: CliIo): Promise<StateStore> =>
  openNamed(location, io, { create: false });

/**
 * The store that an agent keeps its tasks in. Where the environment alone asks for one whose package is absent, tasks
 * stay in memory and the log says so.
 *
 * @returns undefined where tasks stay in memory
 */
export async function openDurable(location: string | undefined, io: CliIo, log: Log): Promise<StateStore | undefined> {
  const { stateLocation } = await import("../state/open-state.js");
  const text = location ?? stateLocation(io.env);
  if (text === "memory:") return undefined;
  try {
    return await openNamed(text, io, { log });
  } catch (cause) {
    if (location !== undefined || !isAsapError(cause) || cause.code !== "asap:config/missing_package") throw cause;
    log.warn?.(`${cause.message}: tasks are kept in memory only (${String(cause.data["install"])})`, {});
    return undefined;
  }
}

/**
 * A store to look into, and so not one that ends with the process.
 *
 * @throws AsapError `asap:config/invalid_option` for `memory:`, and as `openExisting` does.
 */
async function openKept(location: string | undefined, io: CliIo): Promise<StateStore> {
  if (/^memory:/i.test(await named(location, io))) {
    const { invalidOption } = await import("../invalid-option.js");
    throw invalidOption(
      "storage",
      "must name a store that outlives its process: sqlite:PATH, postgres://… or redis://…",
    );
  }
  return openExisting(location, io);
}

/** Does what reads a store, closes it, and tells of a store that cannot be used. */
export async function withStore(
  location: string | undefined,
  io: CliIo,
  work: (store: StateStore) => Promise<number>,
): Promise<number> {
  let store: StateStore | undefined;
  try {
    store = await openKept(location, io);
    return await work(store);
  } catch (cause) {
    return failState(cause, io);
  } finally {
    await store?.close();
  }
}

/** Reports an error of a store and returns its exit code. */
export function failState(cause: unknown, io: CliIo): number {
  if (!isAsapError(cause)) throw cause;
  const { install } = cause.data;
  fail(io, typeof install === "string" ? `${cause.message}; ${install}` : cause.message, cause.code);
  return cause.code === "asap:config/invalid_option" ? exitCodes.usage : exitCodes.couldNotRun;
}

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** JSON text of what a store holds, without signs that a terminal obeys or that break a line. */
export const recordJson = (value: unknown, compact: boolean): string =>
  JSON.stringify(value, null, compact ? undefined : 2).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);

/** A text of a store as one column of a line. */
export const columnText = (value: unknown): string =>
  stripVTControlCharacters(String(value))
    .replace(/\s+/g, " ")
    .replace(/\p{Cc}/gu, "");

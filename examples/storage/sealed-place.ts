// Places of the sealed store, each a file. The crash cases open them in processes that they start, and kill.
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAsapError } from "asap-kit";
import { memoryState, type StateStore, sqliteState } from "asap-kit/state";
import { sealedState } from "./sealed-state.js";

// The processes have the environment of this one, and so its folder and its key.
process.env["SEALED_FOLDER"] ??= mkdtempSync(join(tmpdir(), "asap-storage-"));
process.env["SEALED_KEY"] ??= randomBytes(32).toString("hex");

/** Where the files are. */
export const folder = process.env["SEALED_FOLDER"];
const key = Buffer.from(process.env["SEALED_KEY"], "hex");

/** The file of a place. */
export const fileOf = (place: string): string => join(folder, `${place}.db`);

/** Whether better-sqlite3 is here; without it, what would be in files is in memory. */
export const hasSqlite = await sqliteState({ path: fileOf("probe") }).then(
  (store) => store.close().then(() => true),
  (cause: unknown) => {
    if (isAsapError(cause) && cause.code === "asap:config/missing_package") return false;
    throw cause;
  },
);

/** Opens the store of a place. */
export const open = async (place: string): Promise<StateStore> =>
  sealedState(hasSqlite ? await sqliteState({ path: fileOf(place) }) : memoryState(), key);

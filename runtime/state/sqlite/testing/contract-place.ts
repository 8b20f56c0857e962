import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StateStore } from "../../state-store.js";
import { sqliteState } from "../open.js";

const pathOf = (place: string): string => join(tmpdir(), `asap-state-${place}.db`);

/** Opens a place of the contract suite. */
export const open = (place: string): Promise<StateStore> => sqliteState({ path: pathOf(place), durability: "normal" });

/** Removes it. */
export async function remove(place: string): Promise<void> {
  for (const end of ["", "-wal", "-shm"]) await rm(pathOf(place) + end, { force: true });
}

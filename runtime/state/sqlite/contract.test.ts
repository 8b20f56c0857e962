import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { hasSqlite } from "../../testing/services.js";
import { stateContract } from "../contract/index.js";
import { sqliteState } from "./open.js";

const pathOf = (place: string) => join(tmpdir(), `asap-state-${place}.db`);

describe.runIf(hasSqlite)("state in SQLite keeps the contract (STATE-001, STATE-002, STATE-003)", () => {
  const subject = {
    open: (place: string) => sqliteState({ path: pathOf(place), durability: "normal" as const }),
    remove: async (place: string) => {
      for (const end of ["", "-wal", "-shm"]) await rm(pathOf(place) + end, { force: true });
    },
  };
  for (const { name, run } of stateContract(subject)) test(name, run);
});

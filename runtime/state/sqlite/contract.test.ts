import { describe, test } from "vitest";
import "../../testing/forks-run-sources.js";
import { hasSqlite } from "../../testing/services.js";
import { stateContract } from "../contract/index.js";
import * as place from "./testing/contract-place.js";

const module = new URL("./testing/contract-place.js", import.meta.url);

describe.runIf(hasSqlite)("state in SQLite keeps the contract (STATE-001, STATE-002, STATE-003)", () => {
  for (const { name, run } of stateContract({ ...place, module })) test(name, run, 60_000);
});

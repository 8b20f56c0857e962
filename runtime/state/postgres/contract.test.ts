import { describe, test } from "vitest";
import "../../testing/forks-run-sources.js";
import { stateContract } from "../contract/index.js";
import * as place from "./testing/contract-place.js";
import { isServerExpected } from "./testing/server.js";

const module = new URL("./testing/contract-place.js", import.meta.url);

describe.runIf(isServerExpected)("state in PostgreSQL keeps the contract (STATE-001, STATE-003)", () => {
  for (const { name, run } of stateContract({ ...place, module })) test(name, run, 60_000);
});

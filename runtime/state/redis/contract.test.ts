import { describe, test } from "vitest";
import "../../testing/forks-run-sources.js";
import { stateContract } from "../contract/index.js";
import * as place from "./testing/contract-place.js";
import { isServerThere } from "./testing/redis-place.js";

const isRequired = process.env["ASAP_REQUIRE_SERVICES"] === "1";
const module = new URL("./testing/contract-place.js", import.meta.url);

describe.runIf(isRequired || (await isServerThere()))(
  "state in Redis keeps the contract (STATE-001, STATE-003, STATE-006)",
  () => {
    for (const { name, run } of stateContract({ ...place, module })) test(name, run, 60_000);
  },
);

import { describe, test } from "vitest";
import { stateContract } from "../contract/index.js";
import { redisState } from "./open.js";
import { isServerThere, removePrefix, testUrl } from "./testing/redis-place.js";

const isRequired = process.env["ASAP_REQUIRE_SERVICES"] === "1";
const prefixOf = (place: string) => `asap-test-${place}`;

describe.runIf(isRequired || (await isServerThere()))(
  "state in Redis keeps the contract (STATE-001, STATE-003, STATE-006)",
  () => {
    const subject = {
      open: (place: string) => redisState({ url: testUrl, prefix: prefixOf(place) }),
      remove: (place: string) => removePrefix(prefixOf(place)),
    };
    for (const { name, run } of stateContract(subject)) test(name, run);
  },
);

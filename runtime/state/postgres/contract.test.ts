import { describe, test } from "vitest";
import { stateContract } from "../contract/index.js";
import { postgresState } from "./open.js";
import { isServerExpected, removePlace, schemaOf, serverUrl } from "./testing/server.js";

describe.runIf(isServerExpected)("state in PostgreSQL keeps the contract (STATE-001, STATE-003)", () => {
  const subject = {
    open: (place: string) => postgresState({ url: serverUrl, schema: schemaOf(place) }),
    remove: removePlace,
  };
  for (const { name, run } of stateContract(subject)) test(name, run);
});

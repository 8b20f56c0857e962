import { describe, test } from "vitest";
import { hasSqlite } from "../../../testing/services.js";
import { webhookContract } from "../../contract/index.js";
import * as place from "./testing/webhook-place.js";

describe.runIf(hasSqlite)("webhooks in SQLite keep the contract (HOOK-004)", () => {
  for (const { name, run } of webhookContract(place)) test(name, run);
});

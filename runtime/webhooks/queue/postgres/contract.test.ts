import { describe, test } from "vitest";
import { postgresState } from "../../../state/postgres/open.js";
import { isServerExpected, removePlace, schemaOf, serverUrl } from "../../../state/postgres/testing/server.js";
import { webhookContract } from "../../contract/index.js";

describe.runIf(isServerExpected)("webhooks in PostgreSQL keep the contract", () => {
  const subject = {
    async open(place: string, webhooks: object) {
      const state = await postgresState({ url: serverUrl, schema: schemaOf(place), maxConnections: 4, webhooks });
      if (state.webhooks === undefined) throw new Error("the backend keeps no webhooks");
      return { store: state.webhooks, close: () => state.close() };
    },
    remove: removePlace,
  };
  for (const { name, run } of webhookContract(subject)) test(name, run);
});

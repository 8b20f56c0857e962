import { describe, expect, it } from "vitest";
import { createEchoAgent } from "../runtime/cli/echo-agent.js";
import { serve } from "../runtime/node.js";
import { openState } from "../runtime/state/open-state.js";
import { filePlace, type PlaceKind, prefixPlace, schemaPlace } from "../runtime/testing/state-places.js";
import { judgeServer } from "./index.js";

const places: readonly (readonly [PlaceKind, string])[] = [
  [filePlace, "STATE-002"],
  [schemaPlace, "STATE-001"],
  [prefixPlace, "STATE-006"],
];

for (const [place, requirement] of places) {
  describe.runIf(place.isThere)(`our agent with its tasks in ${place.name} (${requirement})`, () => {
    it("passes every case on the life of tasks and their state", async () => {
      const { location, remove } = place.fresh();
      const state = await openState(location);
      const server = await serve(createEchoAgent({ state }), { port: 0, rateLimit: "off" });
      try {
        const report = await judgeServer(server.url, { only: ["lifecycle", "state"] });
        const others = report.cases.filter(({ outcome }) => outcome !== "pass").map(({ id }) => id);
        expect(others.filter((id) => id !== "state.query.highest")).toEqual([]);
        expect(report.outcome).toBe("conforms");
      } finally {
        await server.close();
        await state.close();
        await remove();
      }
    });
  });
}

import { describe, expect, it } from "vitest";
import { allMutants } from "./all.js";
import { failedIn } from "./matrix.js";
import { kills } from "./meeting.js";

const rows = new Map(kills.map((row) => [row.id, row]));

describe("documents that are wrong on purpose", () => {
  it.each(allMutants.filter(({ role }) => role === "document").map((mutant) => [mutant.id, mutant] as const))(
    "%s fails as in the kill matrix",
    async (id, mutant) => {
      expect(failedIn(await mutant.judge())).toEqual(rows.get(id)?.failed);
    },
  );
});

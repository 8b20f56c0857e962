import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brokenIn } from "./judge-guarded.js";
import { casesOf, type Living, serveLiving } from "./judge-living.js";
import { remembering } from "./living.js";

let agent: Living;
const seen = new Set<string>();

beforeAll(async () => {
  agent = await serveLiving();
});
afterAll(() => agent.close());

describe("the suite, judging the state of tasks", () => {
  it.each(remembering.map((mutant) => [mutant.name, mutant] as const))(
    "sees that it %s, by what is about that alone",
    async (_, mutant) => {
      const broken = brokenIn(await agent.judge(mutant));
      expect(broken).toEqual(mutant.killedBy.toSorted());
      for (const id of broken) seen.add(id);
    },
  );

  it("has no case on it that sees nothing wrong in any of them", () => {
    expect(casesOf("state").filter((id) => !seen.has(id))).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import "../../testing/forks-run-sources.js";
import { open, remove } from "../../testing/faulty-place.js";
import { hasSqlite } from "../../testing/services.js";
import { stateContract } from "./index.js";

const crashed = "what was acknowledged before a kill is there, the rest whole or not at all";
const beside = "a killed writer blocks neither those beside it nor who opens the place next";
const takenOver = "tasks of a killed holder are given on once their leases are over, each to one of many claimers";

/** Runs a crash case on a backend whose processes have a fault. */
async function run(name: string, fault: string): Promise<void> {
  const module = new URL("../../testing/faulty-place.js", import.meta.url);
  module.searchParams.set("fault", fault);
  const cases = stateContract({ open, remove, module, crashes: 10 });
  await cases.find((each) => each.name === `crash: ${name}`)?.run();
}

describe.runIf(hasSqlite)("the crash cases find a backend that", () => {
  test.each([
    ["acknowledges before it writes", crashed, /^snapshot \S+ \d was /],
    ["writes use piece by piece", crashed, /was recorded in part/],
    ["keeps nothing", crashed, / is not there| is new again/],
    ["locks its place", beside, /process killed ended by itself: Error: EEXIST/],
    ["gives tasks to several", takenOver, /was given twice/],
    ["gives tasks on too early", takenOver, /before its lease was over|was given twice/],
    ["does not open", crashed, /ended by itself: Error: no such place/],
    ["ends its process", crashed, /ended by itself: code 7/],
  ])("%s", { timeout: 60_000 }, async (fault, name, message) => {
    await expect(run(name, fault)).rejects.toThrow(message);
  });

  test("has no fault to be none", async () => {
    await run(beside, "none");
  });
});

describe("crash cases", () => {
  const module = new URL("../../testing/services.js", import.meta.url);
  const areas = (subject: Partial<Parameters<typeof stateContract>[0]>) =>
    new Set(stateContract({ open, ...subject }).map(({ name }) => name.split(":")[0]));

  test("are there for a backend that keeps what it is given and names its module", () => {
    expect(areas({ module })).toContain("crash");
    expect(areas({})).not.toContain("crash");
    expect(areas({ module, forgets: true })).not.toContain("crash");
  });

  test("name a module that exports no open", async () => {
    const [first] = stateContract({ open, remove, module }).filter(({ name }) => name.startsWith("crash:"));
    await expect(first?.run()).rejects.toThrow(/services\.js exports no function open/);
  });

  test.each([0, -1, 1.5, Number.NaN])("take no count of %d", (crashes) => {
    const option = expect.objectContaining({ option: "crashes" });
    const refused = expect.objectContaining({ code: "asap:config/invalid_option", data: option });
    expect(() => stateContract({ open, module, crashes })).toThrow(refused);
  });
});

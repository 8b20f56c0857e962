import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientCases } from "../../client/cases.js";
import { inParallel } from "../../parallel.js";
import type { Report } from "../../report.js";
import { type BundledClients, bundleClients, judgeClientMutant, judgeSample } from "./judge.js";
import type { ClientMutant } from "./mutant.js";

/** Mutants that are judged at the same time; most of them wait most of the time. */
const width = 8;

/** Cases of the scenarios of some mutants that none of them passes. */
const passedByNone = (mutants: readonly ClientMutant[]): string[] =>
  clientCases
    .filter(({ id, area }) => {
      const own = mutants.filter(({ scenario }) => scenario === area);
      return own.length > 0 && own.every(({ kills, also = [] }) => [...kills, ...also].includes(id));
    })
    .map(({ id }) => id);

/**
 * Tests that each mutant fails by exactly the cases that it names, and that the sample client, through a relay without a
 * fault, passes those that none of the mutants does.
 */
export function holdClients(group: string, mutants: readonly ClientMutant[]): void {
  describe(`clients that are wrong on purpose: ${group}`, () => {
    const reports = new Map<string, Report>();
    let programs: BundledClients;
    const unpassed = passedByNone(mutants);
    let sample: Report | undefined;
    beforeAll(async () => {
      programs = await bundleClients();
      if (unpassed.length > 0) sample = await judgeSample(programs, unpassed);
      await inParallel(mutants, width, async (mutant) => {
        reports.set(mutant.id, await judgeClientMutant(programs, mutant));
      });
    }, 120_000);
    afterAll(() => programs?.remove());

    test("the client that is right passes the cases that all of them fail", () => {
      expect(sample?.cases.map(({ id, outcome }) => [id, outcome]) ?? []).toEqual(unpassed.map((id) => [id, "pass"]));
    });

    test.each(mutants.map((mutant) => [mutant.id, mutant] as const))("%s", (id, { kills, also = [] }) => {
      const broken = (reports.get(id)?.cases ?? []).filter(({ outcome }) => outcome !== "pass");
      expect(broken.map((one) => one.id).toSorted()).toEqual([...kills, ...also].toSorted());
      expect(broken.filter(({ outcome }) => outcome !== "fail" && outcome !== "warn")).toEqual([]);
    });
  });
}

import { isDeepStrictEqual } from "node:util";
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

/** Ids of the cases that a mutant says it fails, in order. */
const toldBy = ({ kills, also = [] }: ClientMutant): string[] => [...kills, ...also].toSorted();

/** What a run found wrong. */
const brokenIn = (report: Report | undefined) => (report?.cases ?? []).filter(({ outcome }) => outcome !== "pass");

/** Ids of the cases that a run found wrong, in order. */
const failedIn = (report: Report | undefined): string[] =>
  brokenIn(report)
    .map(({ id }) => id)
    .toSorted();

/**
 * Tests that each mutant fails by exactly the cases that it names (one that does not is judged once more by itself, since a
 * busy machine makes clients late), and that the sample client, through a relay without a
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
      const doubtful = mutants.filter((one) => !isDeepStrictEqual(failedIn(reports.get(one.id)), toldBy(one)));
      for (const mutant of doubtful) reports.set(mutant.id, await judgeClientMutant(programs, mutant));
    }, 120_000);
    afterAll(() => programs?.remove());

    test("the client that is right passes the cases that all of them fail", () => {
      expect(sample?.cases.map(({ id, outcome }) => [id, outcome]) ?? []).toEqual(unpassed.map((id) => [id, "pass"]));
    });

    test.each(mutants.map((mutant) => [mutant.id, mutant] as const))("%s", (id, mutant) => {
      const report = reports.get(id);
      expect(failedIn(report)).toEqual(toldBy(mutant));
      expect(brokenIn(report).filter(({ outcome }) => outcome !== "fail" && outcome !== "warn")).toEqual([]);
    });
  });
}

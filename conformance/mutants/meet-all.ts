import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { meet } from "./meeting.js";
import type { KnownMutant } from "./registry.js";

/**
 * Tests that mutants come to the same end in a small run as in that of the whole suite; what differs is looked at once more,
 * since a busy machine makes agents late.
 */
export function meetAll(mutants: readonly KnownMutant[]): void {
  describe.concurrent("killed by the cases that must, as in the kill matrix", () => {
    const named = mutants.map((mutant) => [mutant.id, mutant] as const);
    it.each(named)("%s", { timeout: 120_000 }, async (_, mutant) => {
      const first = await meet(mutant);
      const isRight = isDeepStrictEqual(first.found, first.expected);
      const { found, expected } = isRight ? first : await meet(mutant);
      expect(found).toEqual(expected);
      expect(found).toEqual(expect.arrayContaining([...mutant.kills]));
    });
  });
}

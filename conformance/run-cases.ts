import type { Case, Context, Phase } from "./case.js";
import { inParallel } from "./parallel.js";
import { type Judged, runCase } from "./run-case.js";
import type { Sender } from "./sender.js";

/** More failures than these are no flakes. */
const maxTriedAgain = 20;

/** What running cases needs. */
export interface CasesRun {
  readonly context: Context;
  readonly sender: Sender;
  /** Makes a sender that shares no exchange with another, for a case that is tried again. */
  readonly newSender: () => Sender;
  readonly signal: AbortSignal;
  /** Cases that run at the same time in the main phase. */
  readonly concurrency: number;
  /** Milliseconds one case may take. */
  readonly caseTimeoutMs: number;
  /** How often a case that failed is tried again. */
  readonly reruns: number;
  /** Milliseconds after which no further case is tried again. */
  readonly rerunsMs: number;
  /** The phases to run, in order. */
  readonly phases: readonly Phase[];
  /** Told of each case once. */
  readonly tell: (one: Case, judged: Judged) => void;
}

/**
 * Runs cases in their phases. Those of the main phase that fail are tried again, one at a time, so that what holds only at
 * times is told apart; the others depend on when they are run.
 *
 * @returns notes for the report
 */
export async function runCases(cases: readonly Case[], run: CasesRun): Promise<readonly string[]> {
  const { context, sender, signal, concurrency, caseTimeoutMs, reruns, phases, tell } = run;
  const notes: string[] = [];
  const judge = (one: Case, by: Sender) => runCase(one, context, by, signal, caseTimeoutMs);
  const again = createReruns(run, judge);
  for (const phase of phases) {
    // What failed is held back with its exchanges, so only as much of it as may be tried again.
    const held = new Map<Case, Judged>();
    let failures = 0;
    const own = cases.filter((one) => (one.phase ?? "main") === phase);
    await inParallel(own, phase === "main" ? concurrency : 1, async (one) => {
      const judged = await judge(one, sender);
      if (phase !== "main" || reruns === 0 || judged.verdict.outcome !== "fail") return tell(one, judged);
      failures += 1;
      held.set(one, judged);
      if (failures <= maxTriedAgain) return;
      for (const [each, first] of held) tell(each, first);
      held.clear();
    });
    if (failures > maxTriedAgain)
      notes.push(`${failures} cases failed, which is no flake: none of them was tried again.`);
    let left = 0;
    for (const one of own) {
      const judged = held.get(one);
      if (judged === undefined) continue;
      const second = await again(one, judged);
      if (second === null) left += 1;
      tell(one, second ?? judged);
    }
    if (left > 0 && !signal.aborted)
      notes.push(`${left} cases that failed were not tried again: the others had taken too long.`);
  }
  return notes;
}

/** Tries a case again until it passes; null where there was no time for it. */
function createReruns(
  { newSender, signal, reruns, rerunsMs }: CasesRun,
  judge: (one: Case, by: Sender) => Promise<Judged>,
): (one: Case, judged: Judged) => Promise<Judged | null> {
  let tookMs = 0;
  return async (one, judged) => {
    const began = performance.now();
    let attempts = 1;
    while (attempts <= reruns && !signal.aborted && tookMs + performance.now() - began < rerunsMs) {
      attempts += 1;
      const { verdict } = await judge(one, newSender());
      if (verdict.outcome !== "pass") continue;
      tookMs += performance.now() - began;
      return { ...judged, attempts, isFlaky: true };
    }
    tookMs += performance.now() - began;
    return attempts === 1 ? null : { ...judged, attempts };
  };
}

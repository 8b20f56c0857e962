import type { Case, Context, Verdict } from "./case.js";
import { missingOf } from "./prerequisites.js";
import type { Sender } from "./sender.js";
import type { Exchange } from "./wire.js";

const attempts = 3;

/** What came of sending and judging a case. */
export interface Judged {
  readonly verdict: Verdict | { readonly outcome: "error"; readonly reason: string };
  readonly exchanges: readonly Exchange[];
  readonly elapsedMs: number;
  /** How often it was tried, when more than once. */
  readonly attempts?: number;
  /** True when it passed when it was tried again; verdict and exchanges are those of the failure. */
  readonly isFlaky?: boolean;
}

/**
 * Sends the steps of a case and has them judged, again when the verdict is inconclusive.
 *
 * @param withinMs milliseconds it may take in all, waits for a rate limit not counted; no end unless set
 */
export async function runCase(
  one: Case,
  context: Context,
  sender: Sender,
  signal: AbortSignal,
  withinMs: number = Number.POSITIVE_INFINITY,
): Promise<Judged> {
  const began = performance.now();
  const done = (verdict: Judged["verdict"], exchanges: readonly Exchange[] = []): Judged => ({
    verdict,
    exchanges,
    elapsedMs: performance.now() - began,
  });
  const missing = missingOf(one, context);
  if (missing !== null) {
    const { prerequisite, reason, declaration, undecided } = missing;
    if (declaration === null) return done({ outcome: "not-applicable", reason, undecided });
    const shown = prerequisite.shownBy?.(context) ?? null;
    const expected = `what ${declaration} says that there is`;
    return done({ outcome: "fail", expected, found: reason, at: 0 }, shown === null ? [] : [shown]);
  }
  let leftMs = withinMs;
  try {
    for (let attempt = 1; ; attempt += 1) {
      if (signal.aborted) return done({ outcome: "error", reason: "not run: the run was stopped" });
      const sent = await sender.send(() => one.steps(context), leftMs);
      leftMs -= sent.tookMs;
      if (sent.isLate === true) return done(late(one, context, sent.exchanges.length, withinMs), sent.exchanges);
      if (sent.error !== undefined) return done({ outcome: "error", reason: sent.error }, sent.exchanges);
      const verdict = one.judge(sent.exchanges, context);
      if (verdict.outcome !== "inconclusive" || attempt >= attempts) return done(verdict, sent.exchanges);
    }
  } catch (cause) {
    return done({
      outcome: "error",
      reason: `the case itself failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    });
  }
}

function late(one: Case, context: Context, answered: number, withinMs: number): Verdict {
  const count = one.steps(context).length;
  return {
    outcome: "fail",
    expected: `the answers of the case within ${withinMs} ms in all`,
    found: `${answered} of ${count} steps were answered by then`,
    at: Math.max(0, answered - 1),
  };
}

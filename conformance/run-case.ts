import type { Case, Context, Verdict } from "./case.js";
import type { Sender } from "./sender.js";
import type { Exchange } from "./wire.js";

const attempts = 3;

/** What came of sending and judging a case. */
export interface Judged {
  readonly verdict: Verdict | { readonly outcome: "error"; readonly reason: string };
  readonly exchanges: readonly Exchange[];
  readonly elapsedMs: number;
}

/** Sends the steps of a case and has them judged, again when the verdict is inconclusive. */
export async function runCase(one: Case, context: Context, sender: Sender, signal: AbortSignal): Promise<Judged> {
  const began = performance.now();
  const done = (verdict: Judged["verdict"], exchanges: readonly Exchange[] = []): Judged => ({
    verdict,
    exchanges,
    elapsedMs: performance.now() - began,
  });
  const reason = one.unless?.(context) ?? null;
  if (reason !== null) return done({ outcome: "not-applicable", reason });
  try {
    for (let attempt = 1; ; attempt += 1) {
      if (signal.aborted) return done({ outcome: "error", reason: "not run: the run was stopped" });
      const sent = await sender.send(() => one.steps(context));
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

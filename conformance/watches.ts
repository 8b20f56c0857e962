import type { Case, Context, Verdict } from "./case.js";
import type { Exchange } from "./wire.js";

/** A watching case with what it saw. */
export interface WatchVerdict {
  readonly watch: Case;
  readonly verdict: Verdict;
  /** The exchange at fault, null when none was. */
  readonly exchange: Exchange | null;
}

/** Cases that look at every exchange of a run. */
export interface Watches {
  readonly count: number;
  readonly see: (exchange: Exchange) => void;
  readonly verdicts: () => readonly WatchVerdict[];
}

/** Starts watching. A watch keeps its first failure; it passes when something concerned it and nothing was wrong. */
export function createWatches(watches: readonly Case[], context: Context): Watches {
  const state = new Map<Case, WatchVerdict>();
  return {
    count: watches.length,
    see(exchange) {
      for (const watch of watches) {
        const known = state.get(watch)?.verdict.outcome;
        if (known === "fail") continue;
        const verdict = watch.judge([exchange], context);
        if (verdict.outcome === "fail") state.set(watch, { watch, verdict, exchange });
        else if (verdict.outcome === "pass" || known === undefined)
          state.set(watch, { watch, verdict, exchange: null });
      }
    },
    verdicts: () =>
      watches.map(
        (watch) =>
          state.get(watch) ?? {
            watch,
            verdict: { outcome: "not-applicable", reason: "nothing was sent" },
            exchange: null,
          },
      ),
  };
}

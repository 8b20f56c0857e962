import type { Settlement } from "../delivery.js";
import type { CircuitRule, Settled } from "../delivery-queue.js";
import { afterAttempt, type Circuit } from "./circuit.js";
import type { Endpoint, Lease, Unit } from "./item.js";

/** What settlements lead to, before it is done. */
export interface SettlementPlan {
  readonly results: readonly Settled[];
  readonly changes: readonly { readonly lease: Lease; readonly settlement: Settlement }[];
  /** Circuits that change. */
  readonly circuits: ReadonlyMap<Endpoint, { readonly was: Circuit; readonly next: Circuit }>;
}

const stale: Settled = { result: "stale" };
const applied: Settled = { result: "applied" };

/**
 * Plans settlements; nothing changes by it. A request of several deliveries counts once for its circuit.
 *
 * @param held Gives the claim with a fence, where it still holds.
 */
export function planOf(
  settlements: readonly Settlement[],
  held: (fence: number) => Lease | undefined,
  rule: CircuitRule,
  nowMs: number,
): SettlementPlan {
  const circuits = new Map<Endpoint, { readonly was: Circuit; readonly next: Circuit }>();
  const judged = new Set<Unit>();
  const seen = new Set<Lease>();
  const changes: { lease: Lease; settlement: Settlement }[] = [];
  const results = settlements.map((settlement): Settled => {
    const lease = held(settlement.delivery.fence);
    if (lease === undefined || seen.has(lease)) return stale;
    seen.add(lease);
    changes.push({ lease, settlement });
    const { unit } = lease;
    if (settlement.endpoint === undefined || unit.isJudged || judged.has(unit)) return applied;
    judged.add(unit);
    const first = circuits.get(unit.endpoint)?.was ?? unit.endpoint.circuit;
    const was = circuits.get(unit.endpoint)?.next ?? first;
    const next = afterAttempt(was, settlement.endpoint === "works", unit.isProbe, rule, nowMs);
    if (next !== was) circuits.set(unit.endpoint, { was: first, next });
    const isClosed = next.openUntilMs === null;
    if ((was.openUntilMs === null) === isClosed) return applied;
    return { result: "applied", circuit: isClosed ? "closed" : "opened" };
  });
  return { results, changes, circuits };
}

import type { EndpointState, QueueStats } from "../delivery-queue.js";
import { circuitState } from "./circuit.js";
import { workMs } from "./endpoint.js";
import type { Endpoint } from "./item.js";

/** How endpoints fare that have something waiting or a circuit that is not closed. */
export const statesOf = (endpoints: Iterable<Endpoint>, nowMs: number): readonly EndpointState[] =>
  [...endpoints]
    .filter(({ count, circuit }) => count > 0 || circuit.openUntilMs !== null)
    .map(({ url, circuit, count }) => ({ url, circuit: circuitState(circuit, nowMs), ...circuit, pending: count }));

/** Since when something is due, and how many circuits are not closed. */
export function figuresOf(
  endpoints: Iterable<Endpoint>,
  nowMs: number,
): Pick<QueueStats, "oldestDueMs" | "openCircuits"> {
  let oldest = Number.POSITIVE_INFINITY;
  let openCircuits = 0;
  for (const endpoint of endpoints) {
    oldest = Math.min(oldest, workMs(endpoint));
    if (endpoint.circuit.openUntilMs !== null) openCircuits += 1;
  }
  return { oldestDueMs: oldest <= nowMs ? oldest : null, openCircuits };
}

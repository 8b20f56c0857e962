import type { CircuitRule, CircuitState } from "../delivery-queue.js";

/** State of the circuit of one endpoint. */
export interface Circuit {
  /** Failed attempts in a row. */
  readonly failures: number;
  /** Until when it is open, in milliseconds since 1970; null while it is closed. */
  readonly openUntilMs: number | null;
}

/** The circuit of an endpoint that nothing speaks against. */
export const closedCircuit: Circuit = { failures: 0, openUntilMs: null };

/** How a circuit stands at a moment. */
export function circuitState({ openUntilMs }: Circuit, nowMs: number): CircuitState {
  if (openUntilMs === null) return "closed";
  return nowMs < openUntilMs ? "open" : "half_open";
}

/**
 * What a circuit becomes by an attempt. While it is not closed, only the attempt that it let through counts.
 *
 * @param works Whether the endpoint works.
 * @param isProbe Whether the attempt is the one that a half-open circuit let through.
 */
export function afterAttempt(
  circuit: Circuit,
  works: boolean,
  isProbe: boolean,
  rule: CircuitRule,
  nowMs: number,
): Circuit {
  if (circuit.openUntilMs !== null && !isProbe) return circuit;
  if (works) return closedCircuit;
  const failures = circuit.failures + 1;
  const isOpen = isProbe || failures >= rule.failures;
  return { failures, openUntilMs: isOpen ? nowMs + rule.openMs : null };
}

import { AsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";

/** When calls to a peer are suspended. */
export interface BreakerOptions {
  /** Failed calls in a row that open the circuit. Default: 5. */
  readonly failures?: number;
  /** How long it stays open before one call may try again, in milliseconds. Default: 60,000. */
  readonly resetMs?: number;
  /** Where the state of each base URL is kept. Default: one place for the whole program. */
  readonly circuits?: Circuits;
}

/** State of the circuits, by base URL. Peers without a failed call take no room. */
export type Circuits = Map<string, Circuit>;

/** State of one circuit. */
export interface Circuit {
  /** Failed calls in a row. */
  failures: number;
  /** When it opened, in milliseconds since 1970; undefined while it is closed. */
  openedAt: number | undefined;
  /** Whether the one call that may try again is under way. */
  probing: boolean;
}

/** Takes the outcome of one call; call exactly one of its functions once. */
export interface Pass {
  /** The peer answered, be it with a JSON-RPC error. */
  readonly succeeded: () => void;
  /** The peer failed to answer. */
  readonly failed: () => void;
  /** The caller gave up, which says nothing about the peer. */
  readonly givenUp: () => void;
}

/** Lets calls through, or not. */
export interface Breaker {
  /**
   * Asks for leave to call.
   *
   * @throws AsapError `asap:transport/circuit_open`.
   */
  enter(): Pass;
}

const shared: Circuits = new Map();
const mostCircuits = 1_000;

/**
 * Makes a circuit breaker for one base URL.
 *
 * @param baseUrl The peer.
 * @param options See {@link BreakerOptions}.
 * @param now Gives milliseconds since 1970. A clock that was set back never keeps a circuit open.
 * @throws AsapError `asap:config/invalid_option`.
 * @see ASAP 1.1, section 16
 */
export function createBreaker(baseUrl: string, options: BreakerOptions, now: () => number): Breaker {
  const { failures: threshold = 5, resetMs = 60_000, circuits = shared } = options;
  if (!Number.isInteger(threshold) || threshold < 1)
    throw invalidOption("breaker.failures", "is no whole number from 1");
  if (!(resetMs >= 0)) throw invalidOption("breaker.resetMs", "is no duration");

  const refuse = (circuit: Circuit) =>
    new AsapError("asap:transport/circuit_open", {
      data: { base_url: baseUrl, consecutive_failures: circuit.failures },
    });

  const failed = (probe: boolean) => {
    const circuit = circuits.get(baseUrl) ?? add(circuits, baseUrl);
    if (circuit.openedAt !== undefined && !probe) return;
    circuit.failures++;
    if (probe) circuit.probing = false;
    if (probe || circuit.failures >= threshold) circuit.openedAt = now();
  };

  const pass = (probe: boolean): Pass => ({
    succeeded: () => {
      if (probe || circuits.get(baseUrl)?.openedAt === undefined) circuits.delete(baseUrl);
    },
    failed: () => failed(probe),
    givenUp: () => {
      const circuit = circuits.get(baseUrl);
      if (probe && circuit !== undefined) circuit.probing = false;
    },
  });

  return {
    enter() {
      const circuit = circuits.get(baseUrl);
      if (circuit?.openedAt === undefined) return pass(false);
      const elapsed = now() - circuit.openedAt;
      if (circuit.probing || (elapsed >= 0 && elapsed < resetMs)) throw refuse(circuit);
      circuit.probing = true;
      return pass(true);
    },
  };
}

function add(circuits: Circuits, baseUrl: string): Circuit {
  const oldest = circuits.size >= mostCircuits ? circuits.keys().next().value : undefined;
  if (oldest !== undefined) circuits.delete(oldest);
  const circuit: Circuit = { failures: 0, openedAt: undefined, probing: false };
  circuits.set(baseUrl, circuit);
  return circuit;
}

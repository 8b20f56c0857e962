import type { Hide } from "../secrets.js";
import { sleepUnless } from "../stop.js";
import { startPeer } from "./peer.js";
import { runClient } from "./process.js";
import { hiderOf } from "./record.js";
import type { Scenario } from "./scenario.js";
import type { Session } from "./session.js";

/** Time for what goes on when the client has ended; connections that it left are closed by then. */
const settleMs = 3000;

/** What a scenario needs to be run. */
export interface RunOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds that the client has, beside those that the scenario takes by itself. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came of one run of a scenario. */
export type ScenarioRun =
  | { readonly session: Session; readonly hide: Hide }
  /** The client could not be started. */
  | { readonly unstarted: string }
  /** The suite's own part failed. */
  | { readonly fault: string };

/** Runs a scenario once: a peer of its own, the client beside it, and what was recorded. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<ScenarioRun> {
  const over = new AbortController();
  const variables = Object.entries(scenario.env ?? {});
  const env = (url: string) => Object.fromEntries(variables.map(([name, { value }]) => [name, value(url)]));
  const script = scenario.behave?.() ?? {};
  const peer = await startPeer({ script, env, signal: over.signal }).catch((cause: unknown) => textOf(cause));
  if (typeof peer === "string") return { fault: `the peer cannot listen on 127.0.0.1: ${peer}` };
  const { url, stage, requests, posted } = peer;
  const hide = hiderOf(options.command, options.env, stage.env);
  const said = { ASAP_CONFORMANCE_URL: url, ASAP_CONFORMANCE_SCENARIO: scenario.name, ...stage.env };
  const meanwhile = script.meanwhile?.(stage).catch(peer.blame);
  try {
    const end = await runClient({
      command: [...options.command, url],
      env: { ...options.env, ...said },
      cwd: options.cwd,
      timeoutMs: options.timeoutMs + (scenario.takesMs ?? 0),
      signal: options.signal,
      hide,
    });
    over.abort();
    if (typeof end === "string") return { unstarted: end };
    await Promise.race([Promise.all([meanwhile, peer.quiet()]), sleepUnless(AbortSignal.any([]), settleMs)]);
    const fault = peer.fault();
    if (fault !== undefined) return { fault: `the script of the scenario failed: ${fault}` };
    const tooMuch = peer.tooMuch();
    const seen = { url, requests: [...requests], posted: [...posted], env: stage.env, end };
    return { session: tooMuch === undefined ? seen : { ...seen, tooMuch }, hide };
  } finally {
    over.abort();
    await peer.close();
  }
}

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

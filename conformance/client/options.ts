import type { Baseline } from "../baseline.js";
import type { Level } from "../case.js";
import type { CaseResult } from "../report.js";

/** Options of `judgeClient`. */
export interface JudgeClientOptions {
  /** The program and its arguments; no shell reads them. The URL of the peer is added as the last argument. */
  readonly command: readonly string[];
  /** Environment of the client, to which the variables of the suite are added; that of this process unless set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder that it starts in; that of this process unless set. */
  readonly cwd?: string;
  /** Cases to judge: ids, scenarios, requirement ids, tags, or patterns with `*` over ids; all unless set. */
  readonly only?: readonly string[];
  /** Cases to leave out, named in the same way; none unless set. */
  readonly skip?: readonly string[];
  /** Judges the cases of this level alone; both unless set. */
  readonly level?: Level;
  /** Milliseconds that the client has for one scenario; 20000 unless set. */
  readonly timeoutMs?: number;
  /** Scenarios that run at the same time; 4 unless set. */
  readonly concurrency?: number;
  /** How often a scenario in which something failed is run again; what passes then is flaky. 1 unless set, 0 for never. */
  readonly reruns?: number;
  /** Known failures; none unless set. */
  readonly baseline?: Baseline;
  /** Ends the run; cases that were not judged are reported as errors. */
  readonly signal?: AbortSignal;
  /** Called after each case with its result, how many are done and how many are planned. */
  readonly onCase?: (result: CaseResult, done: number, planned: number) => void;
}

/** Options with every default filled in. */
export interface ClientSettings {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly level: Level | null;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly reruns: number;
}

/**
 * Fills in the defaults.
 *
 * @throws TypeError for a command without a program, RangeError for a number that is no positive integer, or for reruns no
 * integer from 0
 */
export function clientSettingsOf(options: JudgeClientOptions): ClientSettings {
  const { command, env = process.env, cwd = process.cwd(), only = [], skip = [], level = null, reruns = 1 } = options;
  if ((command[0] ?? "") === "") throw new TypeError("command names no program");
  if (command.some((word) => word.includes("\0"))) throw new TypeError("command holds a null character");
  return {
    command,
    env,
    cwd,
    only,
    skip,
    level,
    timeoutMs: positive("timeoutMs", options.timeoutMs ?? 20_000),
    concurrency: positive("concurrency", options.concurrency ?? 4),
    reruns: reruns === 0 ? 0 : positive("reruns", reruns),
  };
}

function positive(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 2_147_483_647)
    throw new RangeError(`${name} is no positive integer: ${value}`);
  return value;
}

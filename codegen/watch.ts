import { resolve } from "node:path";
import { type GenerateOptions, type GenerateResult, generate } from "./generate.js";
import { readSpec } from "./read.js";

/** What to watch and whom to tell. */
export interface WatchOptions extends GenerateOptions {
  /** How often the spec is looked at, in milliseconds. Default: 250. */
  pollMs?: number;
  /** Ends the watch. */
  signal?: AbortSignal;
  /** Called after each run that succeeded, the first one included. */
  onResult?: (result: GenerateResult) => void;
  /** Called when a run failed; the watch goes on, and the output stays as it was. */
  onError?: (error: unknown) => void;
}

/** A watch under way. */
export interface Watch {
  /** Ends the watch; a run under way is finished first. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Generates now and again after every change of the spec, until it is closed. Changes are found by reading the spec, so
 * that editors which replace files, and file systems which tell nothing, make no difference.
 */
export function watch(options: WatchOptions): Watch {
  const { pollMs = 250, signal, onResult, onError, ...target } = options;
  if (!Number.isFinite(pollMs) || pollMs < 1) throw new RangeError("pollMs must be a number of at least 1");
  const ended = new AbortController();
  const end = () => ended.abort();
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();

  const run = async () => {
    let last: string | undefined;
    while (!ended.signal.aborted) {
      const now = await stateOf(resolve(target.spec));
      if (now !== last) {
        last = now;
        try {
          const result = await generate(target);
          onResult?.(result);
        } catch (error) {
          onError?.(error);
        }
      }
      await pause(pollMs, ended.signal);
    }
    signal?.removeEventListener("abort", end);
  };
  const done = run();
  const close = () => {
    end();
    return done;
  };
  return { close, [Symbol.asyncDispose]: close };
}

async function stateOf(spec: string): Promise<string> {
  try {
    return (await readSpec(spec)).hash;
  } catch {
    return "unreadable";
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((wake) => {
    if (signal.aborted) return wake();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      wake();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}

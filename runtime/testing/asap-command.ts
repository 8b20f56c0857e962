import { run } from "../cli/run.js";
import { type MemoryIoOptions, memoryIo } from "./memory-io.js";

/** What a command left behind. */
export interface CommandEnd {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the CLI in this process. */
export async function asap(argv: readonly string[], options: MemoryIoOptions = {}): Promise<CommandEnd> {
  const io = memoryIo(options);
  return { code: await run(argv, io), out: io.out(), err: io.err() };
}

/** `asap serve` in this process. */
export interface Serving {
  readonly url: string;
  readonly out: () => string;
  readonly err: () => string;
  /** Stops it and gives its exit code. */
  stop(): Promise<number>;
}

/**
 * Runs `asap serve` on a free port of this host until it is stopped.
 *
 * @param flags options of the command
 * @param env environment variables
 */
export async function asapServe(
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const io = memoryIo({ env });
  const ended = run(["serve", "--port", "0", ...flags], io);
  while (io.out() === "") {
    const early = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5, "listening"))]);
    if (early !== "listening") throw new Error(`serve ended with ${early}: ${io.err()}`);
  }
  const stop = () => {
    io.stop();
    return ended;
  };
  return { url: /^listening on (\S+)\n$/.exec(io.out())?.[1] ?? "", out: io.out, err: io.err, stop };
}

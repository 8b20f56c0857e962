import type { CliIo } from "../cli/output.js";

/** Options of {@link memoryIo}. */
export interface MemoryIoOptions {
  readonly env?: CliIo["env"];
  readonly cwd?: string;
  readonly colour?: boolean;
  /** Standard input. Default: empty. */
  readonly stdin?: string | Uint8Array;
}

/** Streams of a command that live in memory, for tests that run commands in their own process. */
export interface MemoryIo extends CliIo {
  /** What was printed, a line end after each text. */
  readonly out: () => string;
  /** What was logged, a line end after each line. */
  readonly err: () => string;
  /** Asks the command to stop. */
  stop(): void;
}

/** Makes streams that live in memory. */
export function memoryIo(options: MemoryIoOptions = {}): MemoryIo {
  const printed: string[] = [];
  const logged: string[] = [];
  let stop = (): void => {};
  const stopping = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const { env = {}, cwd = process.cwd(), colour = false, stdin = "" } = options;
  return {
    env,
    cwd,
    colour,
    async *stdin() {
      yield typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    },
    print(text) {
      printed.push(`${text}\n`);
      return undefined;
    },
    log(text) {
      logged.push(`${text}\n`);
    },
    status: () => {},
    stopped: () => stopping,
    out: () => printed.join(""),
    err: () => logged.join(""),
    stop: () => stop(),
  };
}

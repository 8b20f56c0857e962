import { stripVTControlCharacters } from "node:util";

/** What a command may touch of the process that runs it. */
export interface CliIo {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Whether results go to a terminal that shows colours (NO_COLOR is honoured). */
  readonly colour: boolean;
  /** Bytes of standard input. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Writes a result and a line end to standard output; wait for the promise, if any, before writing much more. */
  print(text: string): Promise<void> | undefined;
  /** Writes a line about the run to standard error. */
  log(text: string): void;
  /** Shows how far the run is, in place of what was shown before; on a terminal alone. The empty text ends it. */
  status(text: string): void;
  /**
   * Resolves when the process is asked to stop (SIGINT, SIGTERM); a second signal ends the process.
   *
   * @param options hangup also stops when the terminal is gone (SIGHUP); false unless set
   */
  stopped(options?: { readonly hangup?: boolean }): Promise<void>;
}

/** Exit codes of every command. */
export const exitCodes = { ok: 0, findings: 1, couldNotRun: 2, usage: 64 } as const;

/** Whether a stream shows colours: a terminal, no NO_COLOR, no dumb TERM. */
export function showsColour(stream: { isTTY?: boolean }, env: CliIo["env"]): boolean {
  return stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

/** Sequences that put the cursor at the beginning of the line and empty it. */
const clearLine = "\r\u001b[2K";

/** Writes an error as its one line, `asap: message (code)`; line ends and terminal controls in the message are dropped. */
export function fail(io: CliIo, message: string, code: string): void {
  const text = stripVTControlCharacters(message)
    .replace(/\s+/g, " ")
    .replace(/\p{Cc}/gu, "")
    .trim();
  io.log(`asap: ${text} (${code})`);
}

function endQuietlyWhenNobodyReads(stream: NodeJS.WriteStream): void {
  stream.on("error", (cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EPIPE") throw cause;
    process.exit();
  });
}

/** The process itself, as commands see it. Nothing else writes to its streams. */
export function processIo(): CliIo {
  const { stdout, stderr, env } = process;
  let clear = "";
  endQuietlyWhenNobodyReads(stdout);
  endQuietlyWhenNobodyReads(stderr);
  return {
    env,
    cwd: process.cwd(),
    colour: showsColour(stdout, env),
    stdin: () => process.stdin,
    print: (text) => {
      if (stdout.write(`${text}\n`)) return undefined;
      return new Promise((resolve) => stdout.once("drain", () => resolve()));
    },
    log: (text) => {
      stderr.write(`${clear}${text}\n`);
      clear = "";
    },
    status(text) {
      if (!stderr.isTTY) return;
      stderr.write(clear + text);
      clear = text === "" ? "" : clearLine;
    },
    stopped: ({ hangup = false } = {}) =>
      new Promise((resolve) => {
        let isAsked = false;
        const ask = (_: NodeJS.Signals, number: number) => {
          if (isAsked) process.exit(128 + number);
          isAsked = true;
          resolve();
        };
        for (const signal of ["SIGINT", "SIGTERM", ...(hangup ? ["SIGHUP" as const] : [])] as const)
          process.on(signal, ask);
      }),
  };
}

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import type { Message, Role, Said, Word } from "./crash-records.js";

const program = new URL("./crash-program.js", import.meta.url);

/** How long a case waits for something to happen before it gives up, in milliseconds. */
export const longestWaitMs = 30_000;

/** What processes work on. */
export interface Workplace {
  /** Module whose `open` opens the place. */
  readonly module: URL;
  readonly place: string;
}

/** A process of a crash case. At the end of its scope it is killed, if it still runs. */
export interface CrashProcess extends AsyncDisposable {
  /** What it has said by now, in its order. */
  readonly said: readonly Said[];
  /** Throws an AssertionError where the process has ended by itself. */
  checkRunning(): void;
  /** Resolves once it has said that many things. Rejects where it ends before, or falls silent. */
  hasSaid(count: number): Promise<void>;
  /** Tells it to begin, where its role waits for that. */
  go(): void;
  /** Kills it and gives all that it said. Rejects where it had ended by itself. */
  kill(): Promise<readonly Said[]>;
  /** Lets it finish what it does and gives all that it said. */
  stop(): Promise<readonly Said[]>;
}

/** Starts a process that opens a place and works there. */
export function startProcess({ module, place }: Workplace, role: Role, name: string): CrashProcess {
  const words = [module.href, place, role, name];
  const execArgv = process.execArgv.filter((word) => !word.startsWith("--inspect"));
  const child = fork(program, words, { execArgv, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const said: Said[] = [];
  let failure: Error | undefined;
  let isOver = false;
  let wake = () => {};

  // Where the process has ended meanwhile, others find out.
  const tell = (word: Word): void => void child.send(word, () => {});
  child.on("message", (message: Message) => {
    if (message.kind === "failed") failure = Object.assign(new Error(message.text), { stack: message.stack });
    else said.push(message);
    tell("heard");
    wake();
  });
  // The last messages come before the end of the channel, which may come after the end of the process.
  const ends = ["exit", "disconnect"].map((event) => new Promise((resolve) => child.once(event, resolve)));
  const refused = new Promise<void>((resolve) =>
    child.on("error", (cause) => {
      failure ??= cause;
      resolve();
    }),
  );
  const over = Promise.race([refused, Promise.all(ends)]).then(() => {
    isOver = true;
    wake();
  });

  const fail = (what: string): never => {
    const end = failure?.message ?? child.signalCode ?? `code ${child.exitCode}`;
    throw Object.assign(new assert.AssertionError({ message: `process ${name} ${what}: ${end}` }), { cause: failure });
  };
  const checkRunning = (): void => {
    if (isOver || failure !== undefined) fail("ended by itself");
  };
  const happening = () =>
    new Promise<void>((resolve, reject) => {
      const message = `process ${name} did nothing for ${longestWaitMs} ms`;
      const silence = setTimeout(() => reject(new assert.AssertionError({ message })), longestWaitMs);
      wake = () => {
        clearTimeout(silence);
        resolve();
      };
    });
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await over;
  };
  return {
    said,
    checkRunning,
    async hasSaid(count) {
      while (said.length < count) {
        checkRunning();
        await happening();
      }
    },
    go: () => tell("go"),
    async kill() {
      checkRunning();
      await end();
      if (failure !== undefined || child.signalCode !== "SIGKILL") fail("ended by itself");
      return said;
    },
    async stop() {
      checkRunning();
      tell("stop");
      while (!isOver) await happening();
      if (failure !== undefined || child.exitCode !== 0) fail("did not end in order");
      return said;
    },
    [Symbol.asyncDispose]: end,
  };
}

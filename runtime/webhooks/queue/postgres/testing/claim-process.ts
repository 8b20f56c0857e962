import { type ChildProcess, fork } from "node:child_process";
import { serverUrl } from "../../../../state/postgres/testing/server.js";
import type { ClaimSaid, ClaimWords } from "./claim-records.js";

const program = new URL("./claim-program.js", import.meta.url);

/** A process that claims. */
export interface ClaimProcess {
  readonly said: readonly ClaimSaid[];
  /** Resolves once it has said something of a kind that many times; rejects where it ends before. */
  hasSaid(kind: ClaimSaid["kind"], count: number): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Has it finish what it does; rejects where it failed. */
  stop(): Promise<void>;
}

/** Starts a process that claims on a schema. */
export function startClaimer(schema: string, name: string, role: "hold" | "deliver", leaseMs: number): ClaimProcess {
  const words: ClaimWords = [serverUrl, schema, name, role, String(leaseMs)];
  const execArgv = process.execArgv.filter((word) => !word.startsWith("--inspect"));
  const child: ChildProcess = fork(program, words, { execArgv, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const said: ClaimSaid[] = [];
  let wake = (): void => {};
  child.on("message", (message: ClaimSaid) => {
    said.push(message);
    wake();
  });
  child.on("error", () => {});
  const over = new Promise<void>((resolve) => {
    let left = 2;
    const end = () => {
      left -= 1;
      if (left === 0) resolve();
      wake();
    };
    child.once("exit", end);
    child.once("disconnect", end);
  });
  return {
    said,
    async hasSaid(kind, count) {
      while (said.filter((each) => each.kind === kind).length < count) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`process ${name} ended`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async kill() {
      child.kill("SIGKILL");
      await over;
    },
    async stop() {
      child.send("stop", () => {});
      await over;
      if (child.exitCode !== 0) throw new Error(`process ${name} ended with ${child.exitCode ?? child.signalCode}`);
    },
  };
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { BundledProgram } from "../../testing/bundled-program.js";
import type { AgentKillOrder, KillOrder } from "./kill-records.js";

/** A process that is to be killed. */
export interface KilledProcess {
  /** Kills it from outside. */
  kill(): void;
  /** What it had written once it was killed. Rejects where it ended otherwise. */
  readonly over: Promise<string>;
}

/**
 * Starts a process that is killed at the step it is told.
 *
 * @param signal Ends it where it never comes there.
 */
export function startKilled(
  { path }: BundledProgram,
  order: KillOrder | AgentKillOrder,
  signal: AbortSignal,
): KilledProcess {
  const child = spawn(process.execPath, [path, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "inherit"],
    signal,
    killSignal: "SIGKILL",
  });
  let said = "";
  child.stdout.on("data", (part) => {
    said += String(part);
  });
  const over = once(child, "close").then(([code, end]) => {
    if (end !== "SIGKILL") throw new Error(`the process ended with ${end ?? code}`);
    return said;
  });
  return { kill: () => void child.kill("SIGKILL"), over };
}

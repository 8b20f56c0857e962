import { type ChildProcess, spawn } from "node:child_process";
import type { End } from "./session.js";

const keptOutput = 65_536;
const shownOutput = 1500;
const graceMs = 2000;
const drainMs = 200;

/** Clients that run. */
const running = new Map<ChildProcess, boolean>();
const endAll = () => {
  for (const [child, hasGroups] of running) signalAll(child, hasGroups, "SIGKILL");
};

/** Options of {@link runClient}. */
export interface ProcessOptions {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that it starts in. */
  readonly cwd: string;
  /** Milliseconds until it is asked to end (SIGTERM); 2 s later it is ended (SIGKILL). */
  readonly timeoutMs: number;
  /** Asks it to end before that. */
  readonly signal: AbortSignal;
  /** Takes secrets out of a text. */
  readonly hide: (text: string) => string;
}

/**
 * Runs the client once, in a process group of its own where the system has them, and ends what it leaves behind. Where
 * this process exits before, the group is ended with it.
 *
 * @returns how it ended, or the reason why it could not be started
 */
export async function runClient({ command, env, cwd, timeoutMs, signal, hide }: ProcessOptions): Promise<End | string> {
  const [program = "", ...args] = command;
  const began = performance.now();
  const hasGroups = process.platform !== "win32";
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd,
      env,
      detached: hasGroups,
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (cause) {
    return startFailure(cause);
  }
  if (running.size === 0) process.on("exit", endAll);
  running.set(child, hasGroups);
  let output: Buffer = Buffer.alloc(0);
  const keep = (part: Buffer) => {
    output = Buffer.concat([output, part]).subarray(-keptOutput);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ended = new Promise<{ code: number | null; by: NodeJS.Signals | null } | string>((resolve) => {
    child.once("error", (cause) => resolve(startFailure(cause)));
    child.once("exit", (code, by) => resolve({ code, by }));
  });
  let timedOut = false;
  let kill: NodeJS.Timeout | undefined;
  const stop = () => {
    signalAll(child, hasGroups, "SIGTERM");
    kill ??= setTimeout(() => signalAll(child, hasGroups, "SIGKILL"), graceMs);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, timeoutMs);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  const end = await ended;
  clearTimeout(timer);
  clearTimeout(kill);
  signal.removeEventListener("abort", stop);
  const leftBehind = hasGroups && signalAll(child, true, "SIGKILL");
  running.delete(child);
  if (running.size === 0) process.off("exit", endAll);
  if (typeof end === "string") return end;
  const elapsedMs = Math.round(performance.now() - began);
  const drained = new Promise<void>((resolve) => setTimeout(resolve, drainMs).unref());
  await Promise.race([closed, drained]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  const text = hide(output.toString("utf8")).trimEnd();
  return { code: end.code, signal: end.by, timedOut, leftBehind, elapsedMs, output: text.slice(-shownOutput) };
}

/** Sends a signal to the client's process group, or to it alone; false when nothing of it is there. */
function signalAll(child: ChildProcess, hasGroups: boolean, signal: NodeJS.Signals): boolean {
  if (child.pid === undefined) return false;
  if (!hasGroups) return child.kill(signal);
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

const startFailure = (cause: unknown): string => {
  const { code, message } = cause as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOENT: "there is no such program, or no such folder to start it in",
    EACCES: "it may not be run",
    E2BIG: "its arguments are too long",
  };
  return known[code ?? ""] ?? message;
};

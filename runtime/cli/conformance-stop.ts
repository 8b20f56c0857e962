import type { Command } from "commander";

const faults: Readonly<Record<string, string>> = {
  ESRCH: "there is no such process",
  EPERM: "that process is another user's, and cannot be asked to end",
};

/**
 * What asks the process of `--stop-pid` to end, by SIGTERM. One that is not there, that may not be signalled, or that is this
 * command or what started it, is an error of the command line.
 */
export function stopperOf(command: Command, pid: number): () => void {
  const refuse = (reason: string) => command.error(`--stop-pid ${pid}: ${reason}`);
  if (pid === process.pid) return refuse("that is this command, and not the agent");
  if (pid === process.ppid) return refuse("that is the process that started this command, and not the agent");
  try {
    process.kill(pid, 0);
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    return refuse(faults[code] ?? message);
  }
  return () => void process.kill(pid, "SIGTERM");
}

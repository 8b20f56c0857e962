import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { threadId } from "node:worker_threads";

/** Tells this module from its copies in other threads, and from those of other versions of the package. */
const copy = randomUUID();

/** Names of this copy that are in use. */
const inUse = new Set<string>();

/** Where process ids mean the same: a host, or a container of it. */
function territory(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/** Makes a name for a holder of this process: where it runs, ids of process, thread and copy, and a text of its own. */
export function newHolder(): string {
  const holder = JSON.stringify([territory(), process.pid, threadId, copy, randomUUID()]);
  inUse.add(holder);
  return holder;
}

/** Ends the use of a name. */
export const endHolder = (holder: string): void => void inUse.delete(holder);

/**
 * Whether a holder is known to have ended, so that nobody need wait for its lease: its process has, or it was of this copy.
 * Of other threads and copies in this process nothing is known.
 */
export function isGone(holder: string): boolean {
  let named: unknown;
  try {
    named = JSON.parse(holder);
  } catch {
    return false;
  }
  if (!Array.isArray(named)) return false;
  const [where, pid, thread, its] = named as readonly unknown[];
  if (where !== territory() || typeof pid !== "number") return false;
  if (pid === process.pid) return thread === threadId && its === copy && !inUse.has(holder);
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return (cause as { code?: unknown }).code === "ESRCH";
  }
}

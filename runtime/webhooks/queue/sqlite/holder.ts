import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Names of this process that are in use. */
const inUse = new Set<string>();

/** Where process ids mean the same: a host, or a container of it. */
function territory(): string {
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/** Makes a name for a holder of this process: where it runs, the id of the process, and a text of its own. */
export function newHolder(): string {
  const holder = JSON.stringify([territory(), process.pid, randomUUID()]);
  inUse.add(holder);
  return holder;
}

/** Ends the use of a name. */
export const endHolder = (holder: string): void => void inUse.delete(holder);

/** Whether the process of a holder is known to have ended, so that nobody need wait for its lease. */
export function isGone(holder: string): boolean {
  let named: unknown;
  try {
    named = JSON.parse(holder);
  } catch {
    return false;
  }
  if (!Array.isArray(named)) return false;
  const [where, pid] = named as readonly unknown[];
  if (where !== territory() || typeof pid !== "number") return false;
  if (pid === process.pid) return !inUse.has(holder);
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return (cause as { code?: unknown }).code === "ESRCH";
  }
}

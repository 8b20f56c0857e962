import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";

/** How often a lock that is held is touched, in milliseconds. */
const beatMs = 5_000;
/** A lock that nobody touched for so long belongs to a process that ended with it, in milliseconds. */
const staleMs = 30_000;
const longestWaitMs = 90_000;
const pollMs = 25;

/** Says why a lock cannot be had. */
type Fail = (reason: string) => Error;

/**
 * Runs work while nobody else holds a lock, in this process or another one that sees the same files. The lock is a file
 * that says who holds it. One whose process ended on this host is taken over at once; any other, once nobody has touched
 * it for 30 seconds.
 *
 * @param lock Path of the file; its directory must be there.
 * @param fail Makes the error where the lock cannot be had within 90 seconds.
 */
export async function locked<Result>(lock: string, fail: Fail, work: () => Promise<Result>): Promise<Result> {
  const owner = `${process.pid} ${hostname()} ${randomUUID()}`;
  const until = performance.now() + longestWaitMs;
  while (!(await taken(lock, owner, fail))) {
    if (performance.now() > until) throw fail(`${lock} is held by another process`);
    const holder = await abandoned(lock);
    if (holder !== undefined && (await takenAway(lock, holder))) continue;
    await wait(pollMs * (0.5 + Math.random()));
  }
  const beat = setInterval(() => void touched(lock), beatMs).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await holderOf(lock)) === owner) await rm(lock, { force: true }).catch(() => undefined);
  }
}

async function taken(lock: string, owner: string, fail: Fail): Promise<boolean> {
  try {
    const file = await open(lock, "wx", 0o600);
    await file.writeFile(owner).finally(() => file.close());
    return true;
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code === "EEXIST") return false;
    throw fail(`it cannot be locked (${String(code)})`);
  }
}

const holderOf = (lock: string): Promise<string | undefined> => readFile(lock, "utf8").catch(() => undefined);

async function touched(lock: string): Promise<void> {
  const now = new Date();
  await utimes(lock, now, now).catch(() => undefined);
}

/** Who holds a lock without being there any more. */
async function abandoned(lock: string): Promise<string | undefined> {
  const [holder, age] = await Promise.all([
    holderOf(lock),
    stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    ),
  ]);
  const [pid, host] = (holder ?? "").split(" ");
  return age > staleMs || (host === hostname() && hasEnded(Number(pid))) ? holder : undefined;
}

function hasEnded(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return (cause as { code?: unknown }).code === "ESRCH";
  }
}

/** Takes a lock away from a holder; one that another has got meanwhile is put back. */
async function takenAway(lock: string, holder: string): Promise<boolean> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
    const isRight = (await holderOf(aside)) === holder;
    if (!isRight) await link(aside, lock);
    return isRight;
  } catch {
    return false;
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

// Starts the agent, asks it, ends it with SIGKILL while it works, starts it again, and checks that the answer comes and
// that nothing that was saved was done again.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connect, isAsapError } from "asap-kit";
import { sqliteState } from "asap-kit/state";

interface Running {
  readonly process: ChildProcess;
  readonly lines: Interface;
  readonly url: string;
}

const folder = await mkdtemp(join(tmpdir(), "asap-resume-"));
const path = join(folder, "state.db");
const children: ChildProcess[] = [];

async function start(port: string): Promise<Running> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("agent.js", import.meta.url))], {
    env: { ...process.env, ASAP_STORAGE: `sqlite:${path}`, PORT: port },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  return { process: child, lines, url: line.replace("listening on ", "") };
}

async function hasSqlite(): Promise<boolean> {
  try {
    await (await sqliteState({ path })).close();
    return true;
  } catch (cause) {
    if (isAsapError(cause) && cause.code === "asap:config/missing_package") return false;
    throw cause;
  }
}

async function goesOn(): Promise<void> {
  const first = await start("0");
  await using peer = await connect(first.url);
  const answer = peer.run("count", { to: 4 }, { timeoutMs: 60_000 });
  for await (const line of first.lines) if (line === "counted 2") break;
  first.process.kill("SIGKILL");
  await once(first.process, "exit");
  console.log("the agent counted to 2 and was ended with SIGKILL");
  const second = await start(new URL(first.url).port);
  const { from, to } = (await answer) as { readonly from: number; readonly to: number };
  assert.ok(from >= 3, "what was saved is not counted again");
  assert.equal(to, 4);
  console.log(`started again, it went on at ${from}; the client, which had waited, got its answer`);
  second.process.kill("SIGTERM");
  assert.deepEqual(await once(second.process, "exit"), [0, null]);
}

try {
  if (await hasSqlite()) await goesOn();
  else console.log("skipped: better-sqlite3 is not here");
} finally {
  for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
}

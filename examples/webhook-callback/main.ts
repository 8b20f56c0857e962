// Starts `asap webhook listen`, `asap serve --allow-loopback` and client.js as processes, as a reader would in three
// terminals, and checks that what happens to the client's task is told and verified.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const asap = join(dirname(fileURLToPath(import.meta.resolve("asap-kit/package.json"))), "dist/runtime/cli/main.js");
const running: ChildProcess[] = [];

function start(file: string, ...words: readonly string[]) {
  const child = spawn(process.execPath, [file, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (): Promise<string> => String((await lines.next()).value);
}

try {
  const heard = start(asap, "webhook", "listen", "--port", "0", "--secret", "s3cret");
  const hooks = `${(await heard()).replace("listening on ", "")}/hooks`;
  const served = start(asap, "serve", "--port", "0", "--allow-loopback");
  const agent = (await served()).replace("listening on ", "");

  const said = start(fileURLToPath(new URL("client.js", import.meta.url)), agent, hooks);
  assert.equal(await said(), "{ echoed: { message: 'hello' } }");
  const told: string[] = [];
  for (let line = await heard(); told.length < 2; line = await heard()) {
    const [, event, outcome] = /^(task\.\w+) {2}task_\w+ {2}msg_\S+ {2}(.*)$/.exec(line) ?? [];
    if (event !== undefined) told.push(`${event} ${outcome}`);
  }
  assert.deepEqual(told.toSorted(), ["task.completed verified (standard)", "task.started verified (standard)"]);
  console.log(`the receiver was told of the task: ${told.join(", ")}`);
} finally {
  for (const child of running) {
    if (child.exitCode !== null) continue;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}

// Starts two instances of one agent on one store, ends the one that works with SIGKILL, and checks that the other
// finishes the work from the last checkpoint and answers the client. Then it stops an instance in an orderly way.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, isAsapError } from "asap-kit";
import { openState, type StateStore } from "asap-kit/state";
import { findPlace, type Place } from "./place.js";

interface Instance {
  readonly url: string;
  readonly process: ChildProcess;
}

interface Entry {
  readonly at: number;
  readonly instance: string;
  readonly event: "begins" | "ends";
  readonly chapter: number;
  readonly task: string;
}

const chapters = 8;
const running: ChildProcess[] = [];

async function start(instance: string, place: Place, workLog: string): Promise<Instance> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("instance.js", import.meta.url))], {
    env: { ...process.env, PORT: "0", INSTANCE: instance, ASAP_STORAGE: place.location, WORK_LOG: workLog },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { url: line.replace("listening on ", ""), process: child };
}

const entriesOf = (workLog: string): Entry[] =>
  readFileSync(workLog, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Entry);

/** Waits until an instance is in the middle of a chapter. */
async function untilBegun(workLog: string, instance: string, chapter: number): Promise<Entry> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const entries = entriesOf(workLog).filter((entry) => entry.instance === instance && entry.chapter === chapter);
    if (entries[0] !== undefined && entries.length === 1) return entries[0];
    await wait(10);
  }
  throw new Error(`${instance} did not come to chapter ${chapter}`);
}

const question = () => ({
  id: randomUUID(),
  asap_version: "0.1",
  timestamp: new Date().toISOString(),
  sender: "urn:asap:agent:reader",
  recipient: "urn:asap:agent:library",
  payload_type: "TaskRequest",
  payload: { conversation_id: "a long book", skill_id: "count", input: { chapters } },
});

async function send(url: string, envelope: ReturnType<typeof question>) {
  await using peer = await connect(url, { transport: "http", sender: envelope.sender, retry: false });
  return await peer.sendEnvelope(envelope);
}

const faultOf = (sending: Promise<unknown>): Promise<string> =>
  sending.then(
    () => "an answer",
    (cause: unknown) => {
      if (!isAsapError(cause)) throw cause;
      return cause.code === "asap:transport/http_status" ? `status ${cause.data["status"]}` : cause.code;
    },
  );

async function failOver(place: Place, workLog: string): Promise<void> {
  const a = await start("A", place, workLog);
  const b = await start("B", place, workLog);
  const envelope = question();

  const lost = faultOf(send(a.url, envelope));
  const { task } = await untilBegun(workLog, "A", 4);
  const ended = once(a.process, "exit");
  a.process.kill("SIGKILL");
  assert.deepEqual(await ended, [null, "SIGKILL"]);
  const killedAt = Date.now();
  assert.equal(await lost, "asap:transport/connection_failed");
  console.log("A worked on chapter 4 of 8 and was ended with SIGKILL; the client got no answer");

  const state = await openState(place.location);
  const left = await state.tasks.get(task);
  assert.equal(left?.task.status, "working");
  assert.equal(left?.answer, null);
  const saved = await state.snapshots.get(task);
  assert.deepEqual(saved?.data, { chapter: 3, words: 6_000 });
  console.log("the store has the task as working, and the checkpoint after chapter 3");

  const answer = await send(b.url, envelope);
  assert.deepEqual(answer.payload, {
    task_id: task,
    status: "completed",
    result: { words: 36_000, begun_at: 4, ended_by: "B" },
    final_state: null,
    metrics: null,
  });
  console.log("the same envelope, sent to B, got the answer: B began at chapter 4 and counted 36000 words in all");

  const entries = entriesOf(workLog);
  const runs = (instance: string, event: Entry["event"]) =>
    entries.filter((entry) => entry.instance === instance && entry.event === event).map(({ chapter }) => chapter);
  assert.deepEqual(
    [runs("A", "begins"), runs("A", "ends")],
    [
      [1, 2, 3, 4],
      [1, 2, 3],
    ],
  );
  assert.deepEqual(
    [runs("B", "begins"), runs("B", "ends")],
    [
      [4, 5, 6, 7, 8],
      [4, 5, 6, 7, 8],
    ],
  );
  assert.deepEqual(new Set(entries.map((entry) => entry.task)), new Set([task]));
  console.log("chapters 1 to 3 ran once, at A; chapter 4 was cut off and ran again, at B; 5 to 8 ran once, at B");

  const ofA = entries.filter(({ instance }) => instance === "A").map(({ at }) => at);
  const ofB = entries.filter(({ instance }) => instance === "B").map(({ at }) => at);
  assert.ok(Math.max(...ofA) <= killedAt && killedAt <= Math.min(...ofB), "A and B worked at once");
  console.log(
    `at no time did both work: B, there all along, took over ${Math.min(...ofB) - killedAt} ms after the end of A`,
  );

  assert.deepEqual((await send(b.url, envelope)).payload, answer.payload);
  const c = await start("C", place, workLog);
  assert.deepEqual((await send(c.url, envelope)).payload, answer.payload);
  assert.equal(entriesOf(workLog).length, entries.length);
  assert.equal((await state.tasks.list()).items.filter((each) => each.envelopeId === envelope.id).length, 1);
  console.log("sent again, to B and to a new instance C, it got the same answer and ran nothing");

  await handOver(b, c, state, workLog);
  await state.close();
}

/** Stops an instance that works, as a restart does, and checks that another goes on at once. */
async function handOver(b: Instance, c: Instance, state: StateStore, workLog: string): Promise<void> {
  const envelope = question();
  const cut = faultOf(send(b.url, envelope));
  const { task } = await untilBegun(workLog, "B", 2);
  const holder = (await state.tasks.get(task))?.lease?.holder;
  assert.ok(holder?.startsWith("urn:asap:agent:library "));
  await stop(b);
  assert.equal(await cut, "status 503");
  assert.notEqual((await state.tasks.get(task))?.lease?.holder, holder, "B lets go of the task");

  const { payload } = await send(c.url, envelope);
  const result = (payload as { readonly result?: Readonly<Record<string, unknown>> }).result;
  assert.deepEqual([result?.["words"], result?.["ended_by"]], [36_000, "C"]);
  const ended = entriesOf(workLog).filter((entry) => entry.task === task && entry.event === "ends");
  assert.deepEqual([...new Set(ended.map(({ chapter }) => chapter))], [1, 2, 3, 4, 5, 6, 7, 8]);
  console.log(`B, stopped with SIGTERM, handed a second task to C, which went on at chapter ${result?.["begun_at"]}`);
  await stop(c);
}

/** Asks an instance to end. */
async function stop({ process: child }: Instance): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null], "an instance ends by itself when it is asked to");
}

const place = await findPlace();
if (place === undefined) {
  console.log("skipped: there is no store that two processes share");
} else {
  const folder = await mkdtemp(join(tmpdir(), "asap-failover-log-"));
  const workLog = join(folder, "work.jsonl");
  await writeFile(workLog, "");
  console.log(`two instances on ${place.location.split("?")[0]?.replace(/\/\/[^/]*@/, "//")}`);
  try {
    await failOver(place, workLog);
  } finally {
    for (const child of running) if (child.exitCode === null) child.kill("SIGKILL");
    await place.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

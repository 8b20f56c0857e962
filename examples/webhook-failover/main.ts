// Two instances of an agent on one PostgreSQL make webhook deliveries. One is ended with SIGKILL while deliveries wait and
// some are under way; the other makes them all. What comes twice comes with the same webhook-id.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, isAsapError } from "asap-kit";
import { openState } from "asap-kit/state";
import { startReceiver } from "./receiver.js";

interface Instance {
  readonly url: string;
  readonly process: ChildProcess;
}

const named = process.env["ASAP_STORAGE"] ?? "";
const database = named.startsWith("postgres") ? named : "postgres://postgres@127.0.0.1:5432/test";
const schema = `asap_example_${randomBytes(6).toString("hex")}`;
const place = new URL(database);
place.searchParams.set("schema", schema);
const parcels = 20;
const events = 2 * parcels;

if (await isThere()) {
  const running: ChildProcess[] = [];
  try {
    await failOver(running);
  } finally {
    for (const child of running) if (child.exitCode === null) child.kill("SIGKILL");
    await removeSchema();
  }
}

async function failOver(running: ChildProcess[]): Promise<void> {
  const receiver = await startReceiver(4);
  const a = await start(running);
  const config = { callback_url: receiver.url, callback_secret: receiver.secret };
  await using peer = await connect(a.url, { transport: "http" });
  for (let parcel = 1; parcel <= parcels; parcel += 1) await peer.run("pack", { parcel }, { config });
  await until(() => receiver.waiting().length === 4);
  const ofA = receiver.waiting();
  console.log(`A packed ${parcels} parcels: of ${events} events 4 have arrived, 4 are under way, the rest waits`);

  const b = await start(running);
  await until(() => receiver.waiting().length > 4);
  assert.equal(new Set(receiver.waiting()).size, receiver.waiting().length);
  console.log("B sends too, and nothing that A has under way");

  const ended = once(a.process, "exit");
  a.process.kill("SIGKILL");
  assert.deepEqual(await ended, [null, "SIGKILL"]);
  await until(() => receiver.cut.length === 4);
  assert.deepEqual([...receiver.cut].toSorted(), [...ofA].toSorted());
  console.log("A was ended with SIGKILL; the receiver had 4 webhooks of it, and nobody to answer");

  receiver.goOn();
  await until(() => new Set(receiver.answered).size >= events);
  assert.equal(new Set([...receiver.answered, ...receiver.cut]).size, events);
  for (const id of ofA) assert(receiver.answered.includes(id));
  const repeated = receiver.answered.length + receiver.cut.length - events;
  console.log(`B made the rest: all ${events} events have arrived, ${repeated} of them twice with the same webhook-id`);

  const state = await openState(place.href);
  const { queue } = state.webhooks ?? assert.fail("PostgreSQL keeps webhooks");
  await until(async () => (await queue.stats()).leased === 0);
  const { pending, dead } = await queue.stats();
  assert.deepEqual([pending, dead], [0, 0]);
  await state.close();
  console.log("the queue is empty, and there are no dead letters");

  const stopped = once(b.process, "exit");
  b.process.kill("SIGTERM");
  assert.deepEqual(await stopped, [0, null], "an instance ends by itself when it is asked to");
  await receiver.close();
}

async function start(running: ChildProcess[]): Promise<Instance> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("instance.js", import.meta.url))], {
    env: { ...process.env, PORT: "0", ASAP_STORAGE: place.href },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { url: line.replace("listening on ", ""), process: child };
}

/** Whether PostgreSQL answers; otherwise says that it does not. */
async function isThere(): Promise<boolean> {
  try {
    await (await openState(place.href)).close();
    return true;
  } catch (cause) {
    if (!isAsapError(cause) || process.env["ASAP_REQUIRE_SERVICES"] === "1") throw cause;
    console.log(`webhook-failover is skipped, as there is no PostgreSQL: ${cause.message}`);
    return false;
  }
}

async function removeSchema(): Promise<void> {
  const { Client } = await import("pg");
  const client = new Client({ connectionString: database });
  await client.connect();
  await client.query("SET client_min_messages TO warning");
  await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  await client.end();
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (await isSo()) return;
    await wait(10);
  }
  assert.fail("it has not come to that within twenty seconds");
}

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page, PageRequest } from "../../../state/page.js";
import { sqliteState } from "../../../state/sqlite/open.js";
import type { StateStore } from "../../../state/state-store.js";
import { type BundledProgram, bundleProgram } from "../../../testing/bundled-program.js";
import { hasSqlite } from "../../../testing/services.js";
import { claimed, settle } from "../../contract/records.js";
import type { WebhookStore } from "../../webhook-store.js";
import type { Said } from "./testing/crash-sender.js";

const kills = 8 * Number(process.env["ASAP_SOAK"] ?? 1);
/** How many senders in turn are killed at one file before the next file. */
const killsOfFile = 8;
const longestMs = 250;

let program: BundledProgram;

beforeAll(async () => {
  program = await bundleProgram("runtime/webhooks/queue/sqlite/testing/crash-sender.ts");
});
afterAll(() => program.remove());

/** Runs a sender, kills it at a random moment, and gives what it said. */
async function killedSender(path: string, name: string): Promise<readonly Said[]> {
  const child = spawn(process.execPath, [program.path, path, name], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = new Promise((resolve) => child.once("exit", resolve));
  const said: Said[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith("}")) continue;
    const each = JSON.parse(line) as Said;
    said.push(each);
    if (each.kind === "ready") void wait(Math.random() * longestMs).then(() => child.kill("SIGKILL"));
  }
  await exit;
  expect(child.signalCode).toBe("SIGKILL");
  return said;
}

async function allOf<Item>(read: (page: PageRequest) => Promise<Page<Item>>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await read({ limit: 1_000, ...(after !== undefined && { after }) });
    all.push(...items);
    if (next === undefined) return all;
    after = next;
  }
}

const idsSaid = (said: readonly Said[], kind: Said["kind"]): ReadonlySet<string> =>
  new Set(said.flatMap((each) => (each.kind === kind && "ids" in each ? each.ids : [])));

/** Checks a file after its sender was killed. @returns How many deliveries were acknowledged. */
async function check(state: StateStore, said: readonly Said[]): Promise<number> {
  const { queue } = state.webhooks as WebhookStore;
  const waiting = new Set((await allOf((page) => queue.list({}, page))).map(({ id }) => id));
  const dead = new Set((await allOf((page) => queue.dead.list({}, page))).map(({ id }) => id));
  const attempts = await allOf((page) => queue.history({}, page));
  const delivered = attempts.filter(({ outcome }) => outcome === "delivered").map(({ deliveryId }) => deliveryId);
  const ended = new Set(delivered);
  expect(ended.size, "delivered twice").toBe(delivered.length);

  const places = (id: string) => [waiting, dead, ended].filter((place) => place.has(id)).length;
  const [queued, sent] = [idsSaid(said, "queued"), idsSaid(said, "sent")];
  for (const id of queued) {
    if (places(id) !== 1) expect.fail(`${id} is in ${places(id)} places`);
    if (!sent.has(id) && !waiting.has(id)) expect.fail(`${id} ended without being sent`);
  }
  for (const id of idsSaid(said, "delivered")) if (!ended.has(id)) expect.fail(`${id} was delivered`);
  for (const id of idsSaid(said, "dead")) if (!dead.has(id)) expect.fail(`${id} was given up`);
  const gaveUp = attempts.filter(({ outcome }) => outcome === "dead").map(({ deliveryId }) => deliveryId);
  expect(new Set(gaveUp)).toEqual(dead);

  const groups = new Map<string, number>();
  for (const id of [...waiting, ...dead, ...ended]) {
    const [beginning = "", , count = "0"] = id.split(".");
    groups.set(beginning, (groups.get(beginning) ?? Number(count)) - 1);
  }
  for (const [beginning, missing] of groups) if (missing !== 0) expect.fail(`${missing} of ${beginning} are missing`);
  for (const { task } of await allOf((page) => state.tasks.list({}, page)))
    if (!groups.has(task.id)) expect.fail(`the deliveries of task ${task.id} are missing`);
  expect((await queue.stats()).pending).toBe(waiting.size);
  return queued.size;
}

describe.runIf(hasSqlite)("a process that queues and sends, killed at any moment (HOOK-004)", () => {
  test(`${kills} times: what was queued is delivered, given up or waits, and the next goes on at once`, {
    timeout: 1_200_000,
  }, async () => {
    let acknowledged = 0;
    for (let killed = 0; killed < kills; ) {
      const path = join(program.folder, `${randomUUID()}.db`);
      const said: Said[] = [];
      let known = 0;
      for (const last = Math.min(killed + killsOfFile, kills); killed < last; killed += 1) {
        said.push(...(await killedSender(path, `s${killed}`)));
        const state = await sqliteState({ path });
        known = await check(state, said);
        await state.close();
      }
      acknowledged += known;
      const state = await sqliteState({ path });
      const { queue } = state.webhooks as WebhookStore;
      let left = (await queue.stats()).pending;
      for (let tries = 0; left > 0 && tries < 1_000; tries += 1) {
        const held = await claimed(queue);
        left -= held.length;
        await settle(queue, held, { kind: "delivered" });
      }
      expect(left).toBe(0);
      expect(await queue.stats()).toMatchObject({ pending: 0, leased: 0 });
      await state.close();
      for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    }
    process.stdout.write(`crash: webhooks in SQLite: killed ${kills} times, ${acknowledged} deliveries all there\n`);
    expect(acknowledged).toBeGreaterThan(kills);
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sqliteState } from "../state/sqlite/open.js";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import { hasSqlite } from "../testing/services.js";
import { startReceiver } from "./testing/receiver.js";
import type { WebhookStore } from "./webhook-store.js";

const scale = Number(process.env["ASAP_SOAK"] ?? 1);
const events = 2_000 * scale;
const kills = scale === 1 ? 4 : 20;
const endpoints = 8;

let program: BundledProgram;
beforeAll(async () => {
  program = await bundleProgram("runtime/webhooks/testing/soak-sender.ts");
});
afterAll(() => program.remove());

describe.runIf(hasSqlite)("a process that posts webhooks, killed again and again (HOOK-004)", () => {
  test(`${events} events, one in ten requests failing, ${kills} kills: each event arrives, with one id`, {
    timeout: 1_800_000,
  }, async () => {
    const path = join(program.folder, "soak.db");
    const answered = new Set<string>();
    let failed = 0;
    await using receiver = await startReceiver(({ headers }, response) => {
      const chance = Math.random();
      if (chance < 0.1) {
        failed += 1;
        if (chance < 0.03) response.destroy();
        else response.writeHead(chance < 0.06 ? 429 : 503).end();
        return;
      }
      answered.add(String(headers["webhook-id"]));
      response.end();
    });
    const urls = Array.from({ length: endpoints }, (_, index) => `${receiver.url}/${index}`);
    let queued = 0;
    const start = (to: number) => {
      const words = [program.path, path, String(queued), String(to), ...urls];
      const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
      createInterface({ input: child.stdout }).on("line", (line) => {
        queued = Number(line);
      });
      return child;
    };
    for (let kill = 1; kill <= kills; kill += 1) {
      const to = Math.round((events * kill) / (kills + 1));
      const before = receiver.received.length;
      const child = start(to);
      const share = Math.random() * (events / (kills + 1));
      while (receiver.received.length - before < share && (queued < to || answered.size < queued)) await wait(1);
      child.kill("SIGKILL");
      await once(child, "close");
    }
    const last = start(events);
    while (queued < events || answered.size < events) await wait(20);
    last.kill("SIGTERM");
    await once(last, "close");

    const ids = receiver.received.map(({ headers }) => String(headers["webhook-id"]));
    const distinct = new Set(ids);
    process.stdout.write(
      `soak: webhooks: killed ${kills} times, ${distinct.size} distinct webhook-ids received of ${events} events, ` +
        `${ids.length} requests, ${failed} of them failed\n`,
    );
    expect(answered).toEqual(new Set(Array.from({ length: events }, (_, number) => `msg_${number}`)));
    expect(distinct.size).toBe(events);
    const state = await sqliteState({ path });
    const { queue } = state.webhooks as WebhookStore;
    expect((await queue.dead.list()).items).toEqual([]);
    await state.close();
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asap } from "../testing/asap-command.js";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import { hasSqlite } from "../testing/services.js";
import { filePlace, type StatePlace } from "../testing/state-places.js";
import { attemptOf, deadLetter, inPlace, webhookPlaces } from "../testing/webhook-places.js";

const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe.skipIf(!hasSqlite)("a process of asap webhook that is killed", () => {
  let program: BundledProgram;
  const children: ChildProcess[] = [];
  const places: StatePlace[] = [];
  beforeAll(async () => {
    program = await bundleProgram("runtime/cli/main.ts");
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    for (const place of places) await place.remove();
    program.remove();
  });
  const placed = (place: StatePlace): string => {
    places.push(place);
    return place.location;
  };
  /** Runs a command and kills it once a condition holds. */
  async function killed(words: readonly string[], signal: NodeJS.Signals, when: () => Promise<boolean>) {
    const running = spawn(process.execPath, [program.path, ...words], { stdio: ["ignore", "pipe", "ignore"] });
    children.push(running);
    const ended = once(running, "exit");
    while (!(await when())) await wait(5);
    running.kill(signal);
    return ended;
  }

  for (const kind of webhookPlaces.filter(({ isThere }) => isThere)) {
    test.each(["SIGKILL", "SIGINT"] as const)(
      `amid a replay in ${kind.name} by %s leaves each delivery in one place, and the next replay none twice`,
      async (signal) => {
        const location = placed(kind.fresh());
        const count = 3_000;
        await inPlace(location, async ({ queue }) => {
          await queue.restore({ dead: many(count, (index) => deadLetter(`d${index}`, { diedMs: 1_000 + index })) });
          const words = ["webhook", "replay", "--all", "--rate", "500", "--storage", location];
          const begun = async () => (await queue.stats()).pending > 0;
          expect(await killed(words, signal, begun)).toEqual(signal === "SIGINT" ? [1, null] : [null, signal]);
          const { pending, dead } = await queue.stats();
          expect(pending + dead).toBe(count);
          expect(dead).toBeGreaterThan(0);
        });
        const { code, out } = await asap(["webhook", "replay", "--all", "--rate", "10000", "--storage", location]);
        expect(code).toBe(0);
        expect(out).toMatch(/^\d+ dead letters queued again\n$/);
        await inPlace(location, async ({ queue }) => {
          expect(await queue.stats()).toMatchObject({ pending: count, leased: 0, dead: 0 });
          const seen = new Map<string, number>();
          for (let after: string | undefined; ; ) {
            const page = await queue.list({}, { limit: 1_000, ...(after !== undefined && { after }) });
            for (const { id, replays } of page.items) seen.set(id, replays);
            after = page.next;
            if (after === undefined) break;
          }
          expect(seen.size).toBe(count);
          expect(new Set(seen.values())).toEqual(new Set([1]));
        });
      },
    );
  }

  test("amid a move goes on where it was", async () => {
    const [from, to] = [placed(filePlace.fresh()), placed(filePlace.fresh())];
    const count = 20_000;
    await inPlace(from, ({ queue }) =>
      queue.restore({
        dead: many(count, (index) => deadLetter(`d${index}`, { diedMs: 1_000 + index })),
        attempts: many(count, (index) => attemptOf(`d${index}`, { startedMs: 1_000 + index, taskId: `task-${index}` })),
      }),
    );
    await inPlace(to, async ({ queue }) => {
      const begun = async () => (await queue.stats()).dead > 0;
      expect(await killed(["webhook", "migrate", from, to], "SIGKILL", begun)).toEqual([null, "SIGKILL"]);
    });
    const there = await inPlace(to, async ({ queue }) => (await queue.stats()).dead);
    expect(there).toBeLessThan(count);
    const { code, out } = await asap(["webhook", "migrate", from, to]);
    expect(code).toBe(0);
    expect(out).toContain(`dead: ${count} records, ${count - there} written, equal`);
    expect(out).toContain(`history: ${count} records, ${count} written, equal`);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { asap } from "../testing/asap-command.js";
import { memoryIo } from "../testing/memory-io.js";
import { hasSqlite } from "../testing/services.js";
import { filePlace, type StatePlace } from "../testing/state-places.js";
import { attemptOf, deadLetter, inPlace, webhookPlaces } from "../testing/webhook-places.js";
import { webhooks } from "../webhooks/poster.js";
import { startReceiver } from "../webhooks/testing/receiver.js";
import { run } from "./run.js";

const a = "https://hooks.example/a?key=canary";
const b = "https://hooks.example/b";
const day = 86_400_000;
const nowMs = Date.now();
const letters = [
  deadLetter("d1", { url: a, diedMs: nowMs - 3 * day, subscriptionId: "other", body: '{"big":1}' }),
  deadLetter("d2", { url: a, diedMs: nowMs - 2 * day, event: "task.failed" }),
  deadLetter("d3", { url: b, diedMs: nowMs - day, taskId: "task-2" }),
  deadLetter("d4", { url: b, diedMs: nowMs - 1_000, reason: "an\u001b[2Jode\nr", status: 0 }),
];
const attempts = [
  attemptOf("d1", { url: a, outcome: "retry", status: 503, startedMs: nowMs - 3 * day - 10 }),
  attemptOf("d1", { url: a, outcome: "dead", status: 503, attempt: 2, startedMs: nowMs - 3 * day }),
];

const idsIn = (out: string) =>
  out
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).id);

for (const { name, isThere, fresh } of webhookPlaces) {
  describe.skipIf(!isThere)(`dead letters in a store of ${name}`, () => {
    let place: StatePlace;
    beforeAll(() => {
      place = fresh();
    });
    afterAll(() => place.remove());
    beforeEach(() =>
      inPlace(place.location, async ({ queue }) => {
        await queue.restore({ deliveries: [] });
        await queue.drop("sub");
        await queue.drop("other");
        await queue.restore({ dead: letters, attempts });
      }),
    );
    const hook = (...words: string[]) => asap(["webhook", ...words, "--storage", place.location]);
    const left = () => hook("dead", "list", "--json").then(({ out }) => idsIn(out));

    test("are listed, the latest first, without the query of a URL and signs that a terminal obeys", async () => {
      const { code, out, err } = await hook("dead", "list");
      expect([code, err]).toEqual([0, ""]);
      const lines = out.trimEnd().split("\n");
      expect(lines.map((line) => line.split("\t")[0])).toEqual(["d4", "d3", "d2", "d1"]);
      expect(lines[3]).toBe(
        `d1\t${new Date(nowMs - 3 * day).toISOString()}\ttask.completed\ttask-1\thttps://hooks.example/a\t6 attempts\t503\tthe receiver answered 503`,
      );
      expect(lines[0]).toMatch(/\t-\tanode r$/);
      expect(out).not.toContain("canary");
    });

    test("are listed by URL, task, event, subscription and when they died", async () => {
      const listed = async (...words: string[]) => idsIn((await hook("dead", "list", "--json", ...words)).out);
      expect(await listed("--url", a)).toEqual(["d2", "d1"]);
      expect(await listed("--task", "task-2")).toEqual(["d3"]);
      expect(await listed("--event", "task.failed")).toEqual(["d2"]);
      expect(await listed("--subscription", "other")).toEqual(["d1"]);
      expect(await listed("--since", "36h")).toEqual(["d4", "d3"]);
      expect(await listed("--until", new Date(nowMs - 2 * day + 1).toISOString(), "--limit", "1")).toEqual(["d2"]);
    });

    test("are shown one by one, with their body and attempts", async () => {
      const { code, out } = await hook("dead", "show", "d1");
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        id: "d1",
        body: { big: 1 },
        history: [
          { attempt: 2, outcome: "dead", status: 503, url: "https://hooks.example/a" },
          { attempt: 1, outcome: "retry" },
        ],
      });
      expect(out).not.toContain("canary");
      expect(await hook("dead", "show", "none")).toEqual({
        code: 1,
        out: "",
        err: "asap: there is no dead letter none in the store (asap:webhook/delivery_not_found)\n",
      });
    });

    test("are deleted by id or by what they are, and a dry run deletes none", async () => {
      expect((await hook("dead", "delete", "--all", "--url", b, "--dry-run")).out).toBe(
        "2 dead letters would be deleted\n",
      );
      expect(await left()).toEqual(["d4", "d3", "d2", "d1"]);
      expect((await hook("dead", "delete", "d4", "none", "--dry-run", "--json")).out).toBe(
        '{"wouldDelete":1,"missing":["none"]}\n',
      );
      const { code, out, err } = await hook("dead", "delete", "d4", "none");
      expect([code, out]).toEqual([1, "1 dead letters deleted\n"]);
      expect(err).toContain("there is no dead letter none");
      expect((await hook("dead", "delete", "--all", "--until", "36h")).code).toBe(0);
      expect(await left()).toEqual(["d3"]);
    });

    test("are queued again by id or by what they are, with the id they had", async () => {
      expect((await hook("replay", "--all", "--since", "36h", "--dry-run")).out).toBe(
        "2 dead letters would be queued again\n",
      );
      expect((await left()).length).toBe(4);
      const { code, out, err } = await hook("replay", "d1", "none", "d1");
      expect([code, out]).toEqual([1, "1 dead letters queued again\n"]);
      expect(err).toContain("there is no dead letter none");
      expect(await hook("replay", "--all", "--url", b, "--json")).toEqual({
        code: 0,
        out: '{"replayed":2,"missing":[],"left":0}\n',
        err: "",
      });
      expect(await left()).toEqual(["d2"]);
      await inPlace(place.location, async ({ queue }) => {
        const { items } = await queue.list();
        expect(items.map(({ id, attempts, replays }) => [id, attempts, replays])).toEqual([
          ["d1", 0, 1],
          ["d3", 0, 1],
          ["d4", 0, 1],
        ]);
      });
    });

    test("are queued no faster than asked, and an interrupted replay goes on where it was", async () => {
      const many = Array.from({ length: 60 }, (_, index) => deadLetter(`m${index}`, { url: b, diedMs: nowMs + index }));
      await inPlace(place.location, ({ queue }) => queue.restore({ dead: many }));
      const io = memoryIo();
      const bars: string[] = [];
      const ended = run(["webhook", "replay", "--all", "--url", b, "--rate", "10", "--storage", place.location], {
        ...io,
        status(text) {
          bars.push(text);
          if (bars.length === 2) io.stop();
        },
      });
      expect(await ended).toBe(1);
      expect(io.out()).toBe("20 dead letters queued again, 42 left\n");
      expect(bars.slice(0, 2)).toEqual([
        "replayed [####--------------------------] 16 %, 10 of 62",
        "replayed [#########---------------------] 32 %, 20 of 62",
      ]);
      await inPlace(place.location, async ({ queue }) => {
        const { items } = await queue.list();
        expect(items.map(({ id }) => id)).toEqual(["d3", "d4", ...many.slice(0, 18).map(({ id }) => id)]);
        const [first, second] = [items[0]?.dueMs ?? 0, items[1]?.dueMs ?? 0];
        expect(second - first).toBe(100);
      });
      expect((await hook("replay", "--all", "--url", b, "--rate", "10000")).out).toBe("42 dead letters queued again\n");
      await inPlace(place.location, async ({ queue }) => {
        const { items } = await queue.list({}, { limit: 1_000 });
        expect(items.map(({ replays }) => replays)).toEqual(items.map(() => 1));
        expect(new Set(items.map(({ id }) => id)).size).toBe(62);
      });
    });
  });
}

describe.skipIf(!hasSqlite)("asap webhook replay", () => {
  test.each([
    [["replay"], /give either ids of deliveries or --all/],
    [["replay", "--all", "d1"], /give either ids of deliveries or --all/],
    [["replay", "d1", "--task", "t"], /takes no further option that chooses/],
    [["dead", "delete"], /give either ids of deliveries or --all/],
    [["replay", "--all", "--rate", "0"], /must be a whole number from 1 to 10000/],
  ])("%j is wrong usage", async (words, said) => {
    const { code, err } = await asap(["webhook", ...words, "--storage", "sqlite:none.db"]);
    expect([code, err]).toEqual([64, expect.stringMatching(said)]);
  });

  test("has an agent send what its receiver refused before, with the same webhook-id", async () => {
    const place = filePlace.fresh();
    await using receiver = await startReceiver();
    try {
      await inPlace(place.location, async (store, state) => {
        const agent = createAgent({
          id: "urn:asap:agent:echo-agent",
          state,
          webhooks: webhooks({ egress: { allowLoopback: true } }),
        });
        await agent.ready();
        const subscription = await agent.webhooks?.subscribe({ url: receiver.url });
        const letter = { subscriptionId: subscription?.id ?? "", url: subscription?.url ?? "" };
        await store.queue.restore({ dead: [deadLetter("same-id", letter)] });
        expect((await asap(["webhook", "replay", "same-id", "--storage", place.location])).code).toBe(0);
        await receiver.has(1);
        expect(receiver.received[0]?.headers["webhook-id"]).toBe("same-id");
        await agent.close(1_000);
      });
    } finally {
      await place.remove();
    }
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asap } from "../testing/asap-command.js";
import type { StatePlace } from "../testing/state-places.js";
import { attemptOf, deadLetter, inPlace, webhookPlaces } from "../testing/webhook-places.js";
import { deliveryTo } from "../webhooks/testing/sending.js";

const a = "https://hooks.example/a?key=canary";
const b = "https://hooks.example/b";
const nowMs = Date.now();
const minute = 60_000;
const timeout = { outcome: "retry", status: 0, error: "asap:transport/timeout", reason: "no answer in time" } as const;
const attempts = [
  attemptOf("1", { url: a, startedMs: nowMs - 5 * minute }),
  attemptOf("2", { url: a, startedMs: nowMs - 4 * minute, ...timeout, elapsedMs: 90 }),
  attemptOf("2", { url: a, startedMs: nowMs - 3 * minute, attempt: 2, outcome: "dead", status: 503, elapsedMs: 30 }),
  attemptOf("3", { url: b, startedMs: nowMs - 2 * minute, taskId: "task-2", event: "task.failed", elapsedMs: 70 }),
];

for (const { name, isThere, fresh } of webhookPlaces) {
  describe.skipIf(!isThere)(`attempts in a store of ${name}`, () => {
    let place: StatePlace;
    beforeAll(async () => {
      place = fresh();
      await inPlace(place.location, async ({ queue }) => {
        await queue.enqueue([deliveryTo({ id: "sub", url: b }, { id: "held", createdMs: nowMs })]);
        const bounds = { maxEndpoints: 1, perEndpoint: 1, leaseMs: 60_000 };
        const rule = { failures: 1, openMs: 3_600_000 };
        const [batch] = await queue.claim({
          owner: "test",
          ...bounds,
          endpointRate: undefined,
          globalRate: undefined,
          circuit: rule,
        });
        const [delivery] = batch?.deliveries ?? [];
        if (delivery === undefined) throw new Error("nothing was claimed");
        const outcome = { kind: "retry", atMs: nowMs + 3_600_000 } as const;
        await queue.settle([{ delivery, outcome, endpoint: "fails" }], rule);
        await queue.restore({ attempts, dead: [deadLetter("2", { url: a })] });
      });
    });
    afterAll(() => place.remove());
    const hook = (...words: string[]) => asap(["webhook", ...words, "--storage", place.location]);

    test("are listed, the latest first, without the query of a URL", async () => {
      const { code, out, err } = await hook("history");
      expect([code, err]).toEqual([0, ""]);
      expect(out.split("\n")[0]).toBe(
        [
          new Date(nowMs - 2 * minute).toISOString(),
          "delivered",
          "200",
          "70 ms",
          "attempt 1",
          "task.failed",
          "task-2",
          "3",
          b,
        ].join("\t"),
      );
      expect(out.split("\n")[2]).toMatch(/\tretry\t-\t90 ms\t.*\tno answer in time$/);
      expect(out).not.toContain("canary");
    });

    test("are listed by task, URL, status, outcome, delivery, event and time", async () => {
      const listed = async (...words: string[]) =>
        (await hook("history", "--json", ...words)).out
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line))
          .map(({ delivery, attempt }) => `${delivery}/${attempt}`);
      expect(await listed("--task", "task-2")).toEqual(["3/1"]);
      expect(await listed("--url", a)).toEqual(["2/2", "2/1", "1/1"]);
      expect(await listed("--status", "503")).toEqual(["2/2"]);
      expect(await listed("--status", "0")).toEqual(["2/1"]);
      expect(await listed("--outcome", "dead")).toEqual(["2/2"]);
      expect(await listed("--delivery", "2")).toEqual(["2/2", "2/1"]);
      expect(await listed("--event", "task.failed")).toEqual(["3/1"]);
      expect(await listed("--since", new Date(nowMs - 3 * minute).toISOString())).toEqual(["3/1", "2/2"]);
      expect(await listed("--until", "270s")).toEqual(["1/1"]);
    });

    test("are listed page by page", async () => {
      const seen: string[] = [];
      for (let after: readonly string[] = []; ; ) {
        const { out, err } = await hook("history", "--json", "--limit", "3", ...after);
        seen.push(...out.trimEnd().split("\n"));
        const next = /^more: --after (\S+)\n$/.exec(err)?.[1];
        if (next === undefined) break;
        after = ["--after", next];
      }
      expect(seen.map((line) => JSON.parse(line).delivery)).toEqual(["3", "2", "2", "1"]);
      const wrong = await hook("history", "--after", "none");
      expect([wrong.code, wrong.err]).toEqual([64, expect.stringContaining("is no cursor of this list")]);
    });

    test("are summed up: rates, times, retries, endpoints, errors, queue and circuits", async () => {
      const { code, out, err } = await hook("stats", "--json");
      expect([code, err]).toEqual([0, ""]);
      expect(JSON.parse(out)).toEqual({
        attempts: 4,
        delivered: 2,
        failed: 2,
        retries: 1,
        dead: 1,
        successRate: 0.5,
        failureRate: 0.5,
        deliveredRate: 0.6667,
        retryRate: 0.25,
        averageMs: 50,
        errors: { "asap:transport/timeout": 1, status_503: 1 },
        endpoints: [
          expect.objectContaining({ url: "https://hooks.example/a", attempts: 3, successRate: 0.3333, averageMs: 43 }),
          expect.objectContaining({ url: b, attempts: 1, successRate: 1, averageMs: 70, errors: {} }),
        ],
        queue: { pending: 1, leased: 0, dead: 1, oldestDue: null, openCircuits: 1 },
        circuits: [{ url: b, circuit: "open", failures: 1, openUntil: expect.stringMatching(/Z$/), pending: 1 }],
      });
      expect(JSON.parse((await hook("stats", "--json", "--top", "1")).out).endpoints.length).toBe(1);
      expect(JSON.parse((await hook("stats", "--json", "--since", "150s")).out)).toMatchObject({ attempts: 1 });
      expect(JSON.parse((await hook("stats", "--json", "--task", "none")).out)).toMatchObject({
        attempts: 0,
        successRate: null,
        averageMs: null,
      });
    });

    test("are summed up for people", async () => {
      const { out } = await hook("stats");
      expect(out).toContain("attempts\t4\t50.00 % delivered\t50.00 % failed\n");
      expect(out).toContain("deliveries\t2 delivered\t1 given up\t66.67 % delivered\n");
      expect(out).toContain("queue\t1 waiting\t0 under way\t1 dead letters\tdue since -\n");
      expect(out).toMatch(/^circuit\thttps:\/\/hooks\.example\/b\topen\t1 failures\tuntil \S+Z$/m);
      expect(out).toContain("endpoint\thttps://hooks.example/a\t3 attempts\t33.33 % delivered\t43 ms\n");
      expect(out).toContain("error\tstatus_503\t1\n");
      expect((await hook("stats", "--task", "none")).out).toContain("average time\t-\n");
      expect(out).not.toContain("canary");
    });
  });
}

import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type AgentOptions, createAgent } from "./agent.js";
import type { MessageContext } from "./dispatch.js";
import { skill } from "./skill.js";
import { ask, type Differences } from "./testing/asap-request.js";

/** An agent whose skills tell how often they ran. */
function counting(options: Partial<AgentOptions> = {}) {
  let runs = 0;
  const clock = { ms: Date.now() };
  const agent = createAgent({
    id: "urn:asap:agent:server",
    now: () => clock.ms,
    skills: {
      echo: skill({ description: "Counts", run: (input) => ({ run: ++runs, echoed: input }) }),
      later: skill({
        description: "Counts, later",
        run: async (input) => {
          const run = ++runs;
          await wait(20);
          return { run, echoed: input };
        },
      }),
      fails: skill({
        description: "Counts and fails",
        run: () => {
          runs++;
          throw new Error("canary");
        },
      }),
      "fails-later": skill({
        description: "Counts and fails, later",
        run: async () => {
          runs++;
          await wait(5);
          throw new Error("canary");
        },
      }),
    },
    ...options,
  });
  const run = async (differences: Differences, context?: MessageContext) =>
    (await ask(agent, differences, context)).result?.envelope.payload.result["run"];
  return { agent, clock, run, runs: () => runs };
}

const other = "urn:asap:agent:other";

describe.each(["echo", "later"])("repeats of an envelope for the skill %s", (skill_id) => {
  const withPayload = (id: unknown, more: Differences["envelope"] = {}): Differences => ({
    envelope: {
      id,
      payload: { conversation_id: "c", skill_id, input: {} },
      ...more,
    },
  });

  test("IDEM-001: the same envelope id of one sender runs once and gets the same answer, under its own id", async () => {
    const { agent, runs } = counting();
    const first = await ask(agent, withPayload("e1"));
    const second = await ask(agent, { ...withPayload("e1"), root: { id: 'the "second"' } });
    expect(second).toEqual({ ...first, id: 'the "second"' });
    expect(runs()).toBe(1);
    expect(first.result?.envelope["correlation_id"]).toBe("e1");
  });

  test("IDEM-007: repeats that arrive while the first is running share its run", async () => {
    const { agent, runs } = counting();
    const ids = Array.from({ length: 50 }, (_, n) => n);
    const replies = await Promise.all(ids.map((id) => ask(agent, { ...withPayload("e1"), root: { id } })));
    expect(replies.map(({ id }) => id)).toEqual(ids);
    expect(new Set(replies.map((reply) => JSON.stringify(reply.result))).size).toBe(1);
    expect(runs()).toBe(1);
  });

  test("IDEM-005: another sender's envelope of the same id is another", async () => {
    const { run } = counting();
    expect(await run(withPayload("e1"))).toBe(1);
    expect(await run(withPayload("e1", { sender: other }))).toBe(2);
    expect(await run(withPayload("e1", { sender: other }))).toBe(2);
    expect(await run(withPayload("e1"))).toBe(1);
  });

  test("IDEM-004: an empty, null or absent id matches nothing", async () => {
    const { run } = counting();
    let runs = 0;
    for (const id of ["", null, undefined, "", null, undefined]) expect(await run(withPayload(id))).toBe(++runs);
    const empty = { params: { idempotency_key: "" } };
    for (let n = 0; n < 2; n++) {
      expect(await run({ ...withPayload(""), ...empty }, { idempotencyKey: "" })).toBe(++runs);
    }
  });

  test("IDEM-002: an idempotency key matches, from the header or from params, the header first", async () => {
    const { run } = counting();
    const keyed = (key: unknown): Differences => ({
      ...withPayload(undefined),
      ...paramsOf(key),
    });
    const paramsOf = (key: unknown) => ({ params: { idempotency_key: key } });
    expect(await run(keyed("k1"))).toBe(1);
    expect(await run(keyed("k1"))).toBe(1);
    expect(await run(keyed(undefined), { idempotencyKey: "k1" })).toBe(1);
    expect(await run(keyed("k1"), { idempotencyKey: "k2" })).toBe(2);
    expect(await run(keyed("k2"), { idempotencyKey: "" })).toBe(2);
    expect(await run({ ...keyed("k1"), ...withPayload(undefined, { sender: other }) })).toBe(3);
    for (const key of [5, null, ["k1"], true]) expect(await run(keyed(key))).toBeGreaterThan(3);
  });

  test("a known envelope id is a repeat also under a key that is new", async () => {
    const { run } = counting();
    expect(await run(withPayload("e1"))).toBe(1);
    expect(await run(withPayload("e1"), { idempotencyKey: "new" })).toBe(1);
    expect(await run(withPayload("e2"), { idempotencyKey: "k" })).toBe(2);
    expect(await run(withPayload("e3"), { idempotencyKey: "k" })).toBe(2);
  });

  test("a repeat that is found by its id or by its key alone is remembered under the other too", async () => {
    const { run } = counting();
    expect(await run(withPayload("e1"), { idempotencyKey: "k1" })).toBe(1);
    expect(await run(withPayload("e2"), { idempotencyKey: "k1" })).toBe(1);
    expect(await run(withPayload("e2"))).toBe(1);
    expect(await run(withPayload("e1"), { idempotencyKey: "k2" })).toBe(1);
    expect(await run(withPayload("e3"), { idempotencyKey: "k2" })).toBe(1);
    const early = [
      run(withPayload("e5"), { idempotencyKey: "k5" }),
      run(withPayload("e6"), { idempotencyKey: "k5" }),
      run(withPayload("e6")),
    ];
    expect(await Promise.all(early)).toEqual([2, 2, 2]);
    expect(await run(withPayload("e6"))).toBe(2);
  });

  test("an envelope id and a key are different things", async () => {
    const { run } = counting();
    expect(await run(withPayload("same"))).toBe(1);
    expect(await run(withPayload(undefined), { idempotencyKey: "same" })).toBe(2);
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(await run(withPayload(name))).toBe(await run(withPayload(name)));
    }
  });

  test("IDEM-001: the content of a repeat is not compared", async () => {
    const { agent, runs } = counting();
    const first = await ask(agent, withPayload("e1"));
    const payload = { conversation_id: "c", skill_id: "none", input: { changed: true } };
    expect(await ask(agent, { envelope: { id: "e1", payload } })).toEqual(first);
    expect(await ask(agent, { envelope: { id: "e1", payload_type: "x.unknown" } })).toEqual(first);
    expect(runs()).toBe(1);
  });

  test("IDEM-003: a repeat must be fresh", async () => {
    const { agent, clock } = counting();
    const timestamp = new Date(clock.ms).toISOString();
    await ask(agent, withPayload("e1", { timestamp }));
    clock.ms += 300_001;
    const { error } = await ask(agent, withPayload("e1", { timestamp }));
    expect(error?.data["code"]).toBe("asap:protocol/invalid_timestamp");
  });

  test("IDEM-001: authenticated, the principal owns the answer", async () => {
    const validateToken = (token: string) => (token === "one" ? "urn:asap:agent:client" : other);
    const { run } = counting({ auth: { validateToken } });
    expect(await run(withPayload("e1"), { authorization: "Bearer one" })).toBe(1);
    expect(await run(withPayload("e1", { sender: other }), { authorization: "Bearer two" })).toBe(2);
    expect(await run(withPayload("e1"), { authorization: "Bearer one" })).toBe(1);
  });
});

describe("what is stored", () => {
  test.each(["fails", "fails-later"])("a failed run of %s is not run again", async (skill_id) => {
    const { agent, runs } = counting();
    const message = { envelope: { id: "e1", payload: { conversation_id: "c", skill_id, input: {} } } };
    const [first, second] = [await ask(agent, message), await ask(agent, { ...message, root: { id: 9 } })];
    expect(first.error).toEqual({ code: -32603, message: "Internal error", data: { error: "Internal server error" } });
    expect(second).toEqual({ ...first, id: 9 });
    expect(runs()).toBe(1);
  });

  test("a refused message is not stored: put right, it runs", async () => {
    const { run } = counting();
    expect(await run({ envelope: { id: "e1", payload_type: "x" } })).toBeUndefined();
    expect(await run({ envelope: { id: "e1", payload: {} } })).toBeUndefined();
    expect(await run({ envelope: { id: "e1" } })).toBe(1);
  });

  test("IDEM-006: at least half of the answers allowed are kept, and never more than all", async () => {
    const { run } = counting({ limits: { maxStoredAnswers: 10 } });
    for (let n = 1; n <= 100; n++) expect(await run({ envelope: { id: `e${n}` } })).toBe(n);
    for (let n = 96; n <= 100; n++) expect(await run({ envelope: { id: `e${n}` } })).toBe(n);
    expect(await run({ envelope: { id: "e90" } })).toBe(101);
  });

  test.each(["echo", "later"])("IDEM-006: characters of answers of %s are bounded", async (skill_id) => {
    const { run } = counting({ limits: { maxStoredAnswerCharacters: 10_000 } });
    const message = (n: number): Differences => ({
      envelope: { id: `e${n}`, payload: { conversation_id: "c", skill_id, input: { text: "x".repeat(6_000) } } },
    });
    for (let n = 1; n <= 5; n++) expect(await run(message(n))).toBe(n);
    expect(await run(message(5))).toBe(5);
    expect(await run(message(1))).toBe(6);
  });

  test("IDEM-006: characters of keys count as well", async () => {
    const { run } = counting({ limits: { maxStoredAnswerCharacters: 10_000 } });
    const key = (n: number) => ({ idempotencyKey: `${n}${"k".repeat(6_000)}` });
    for (let n = 1; n <= 5; n++) expect(await run({ envelope: { id: null } }, key(n))).toBe(n);
    expect(await run({ envelope: { id: null } }, key(5))).toBe(5);
    expect(await run({ envelope: { id: null } }, key(1))).toBe(6);
  });

  test("IDEM-006: an answer is kept for its time and is gone by twice of it, without traffic too", async () => {
    const { run, clock } = counting({ limits: { storedAnswerAgeMs: 1_000 } });
    const message = (id: string): Differences => ({ envelope: { id } });
    expect(await run(message("e1"))).toBe(1);
    clock.ms += 999;
    expect(await run(message("e1"))).toBe(1);
    expect(await run(message("e2"))).toBe(2);
    clock.ms += 999;
    expect(await run(message("e2"))).toBe(2);
    clock.ms += 1_001;
    expect(await run(message("e2"))).toBe(3);
    clock.ms += 86_400_000;
    expect(await run(message("e1"))).toBe(4);
    expect(await run(message("e2"))).toBe(5);
  });

  test("by default an answer outlives the freshness of its envelope", async () => {
    const { run, clock } = counting();
    const message = (ms: number): Differences => ({
      envelope: { id: "e1", timestamp: new Date(ms + 30_000).toISOString() },
    });
    const sentAt = clock.ms;
    expect(await run({ envelope: { id: "e0" } })).toBe(1);
    expect(await run(message(sentAt))).toBe(2);
    clock.ms += 330_000;
    expect(await run({ envelope: { id: "e2" } })).toBe(3);
    expect(await run(message(sentAt))).toBe(2);
  });
});

describe("answers still being made", () => {
  test("IDEM-007: they are found however many answers are stored meanwhile", async () => {
    let finish = (_output: object): void => {};
    let runs = 0;
    const agent = createAgent({
      id: "urn:asap:agent:server",
      skills: {
        echo: skill({ description: "Echo", run: (input) => input }),
        wait: skill({
          description: "Waits",
          run: () => {
            runs++;
            return new Promise<Record<string, unknown>>((resolve) => {
              finish = (output) => resolve({ ...output });
            });
          },
        }),
      },
      limits: { maxStoredAnswers: 4 },
    });
    const slow: Differences = { envelope: { id: "slow" }, payload: { skill_id: "wait" } };
    const first = ask(agent, slow, { idempotencyKey: "k" });
    for (let n = 0; n < 20; n++) await ask(agent);
    const [byId, byKey] = [ask(agent, slow), ask(agent, { payload: { skill_id: "wait" } }, { idempotencyKey: "k" })];
    finish({ done: true });
    expect((await first).result?.envelope.payload.result).toEqual({ done: true });
    expect(await byId).toEqual(await first);
    expect(await byKey).toEqual(await first);
    expect(await ask(agent, slow)).toEqual(await first);
    expect(runs).toBe(1);
  });
});

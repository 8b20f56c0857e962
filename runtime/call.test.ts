import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import type { Call } from "./call.js";
import { AsapError } from "./error.js";
import { type Skill, type SkillOptions, skill } from "./skill.js";
import { ask } from "./testing/asap-request.js";

/** An agent with one skill, and the call of its latest run. */
function agentOf(
  run: SkillOptions<object & Record<string, unknown>, Record<string, unknown>>["run"],
  timeoutMs?: number,
) {
  const calls: Call[] = [];
  const echo: Skill = skill({
    description: "Echo",
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    run: (input, call) => {
      calls.push(call);
      return run(input, call);
    },
  });
  const agent = createAgent({ id: "urn:asap:agent:server", skills: { echo }, limits: { taskTimeoutMs: 60_000 } });
  return { agent, calls };
}

const never = () => new Promise<Record<string, unknown>>(() => {});

describe("the deadline of a call", () => {
  const late = (timeout_ms: number) => ({
    code: -32603,
    message: "Internal error",
    data: {
      error: expect.any(String),
      code: "asap:task/deadline_exceeded",
      message: expect.any(String),
      details: { timeout_ms },
    },
  });

  test("is the skill's own; the task has failed and the signal tells why", async () => {
    const { agent, calls } = agentOf(never, 30);
    expect((await ask(agent)).error).toEqual(late(30));
    const [call] = calls;
    expect(call?.signal.aborted).toBe(true);
    expect(call?.signal.reason).toMatchObject({ code: "asap:task/deadline_exceeded" });
    expect(agent.task(call?.taskId ?? "")?.status).toBe("failed");
    expect(agent.health().load).toEqual({ active_tasks: 0, queue_depth: 0 });
  });

  test("is what the caller asks for where that is shorter, never longer", async () => {
    const { agent } = agentOf(never, 40);
    expect((await ask(agent, { payload: { config: { timeout_seconds: 0.02 } } })).error).toEqual(late(20));
    for (const timeout_seconds of [3_600, 0, -1, "1", null, Number.MAX_VALUE]) {
      expect((await ask(agent, { payload: { config: { timeout_seconds } } })).error).toEqual(late(40));
    }
  });

  test("a signal asked for before is aborted when it passes", async () => {
    const { agent } = agentOf(
      (_input, call) =>
        new Promise((_resolve, reject) => call.signal.addEventListener("abort", () => reject(call.signal.reason))),
      20,
    );
    expect((await ask(agent)).error).toEqual(late(20));
  });

  test("what a skill gives after it is dropped", async () => {
    let finish = (): void => {};
    const { agent, calls } = agentOf(
      () =>
        new Promise((resolve) => {
          finish = () => resolve({ late: true });
        }),
      20,
    );
    expect((await ask(agent)).error).toEqual(late(20));
    finish();
    await wait(5);
    expect(agent.task(calls[0]?.taskId ?? "")?.status).toBe("failed");
    expect(agent.metrics.of("task.request")).toMatchObject({ executions: 1, failures: 1, succeeded: 0 });
  });

  test("a run in time aborts nothing, with a deadline of any length", async () => {
    for (const timeoutMs of [5_000, 2 ** 40, Number.POSITIVE_INFINITY]) {
      const { agent, calls } = agentOf(async () => {
        await wait(5);
        return { ok: true };
      }, timeoutMs);
      expect((await ask(agent)).result?.envelope.payload.result).toEqual({ ok: true });
      expect(calls[0]?.signal.aborted).toBe(false);
    }
  });

  test("a run that ended in time is not aborted when its deadline passes", async () => {
    const { agent, calls } = agentOf(async () => ({}), 20);
    await ask(agent);
    await wait(50);
    expect(calls[0]?.signal.aborted).toBe(false);
  });

  test("a skill cannot pass off its own error for it with another code", async () => {
    const { agent } = agentOf(() => {
      throw new AsapError("asap:transport/timeout", { message: "canary" });
    });
    expect((await ask(agent)).error?.data).toEqual({ error: "Internal server error" });
  });
});

describe("what a call knows", () => {
  test("task, envelope, sender and nobody's principal", async () => {
    const { agent, calls } = agentOf((input) => ({ input }));
    const reply = await ask(agent, { envelope: { id: "e1", trace_id: "t1" } });
    expect(calls[0]?.taskId).toBe(reply.result?.envelope.payload.task_id);
    expect(calls[0]?.sender).toBe("urn:asap:agent:client");
    expect(calls[0]?.principal).toBeUndefined();
    expect(calls[0]?.envelope).toMatchObject({ id: "e1", trace_id: "t1", payload_type: "task.request" });
    expect(calls[0]?.log).toBeDefined();
  });

  test("ENV-002: without an envelope id, the one made for it", async () => {
    const { agent, calls } = agentOf((input) => ({ input }));
    const reply = await ask(agent, { envelope: { id: null } });
    expect(calls).toHaveLength(1);
    expect(reply.result?.envelope["correlation_id"]).toMatch(/^[0-9A-Z]{26}$/);
  });

  test("progress is seen on the task, within 0 and 100, and no longer changes the status", async () => {
    const seen: unknown[] = [];
    const { agent } = agentOf(async (_input, call) => {
      const look = () => seen.push(agent.task(call.taskId)?.progress);
      look();
      call.progress(40, "sorting");
      look();
      call.progress(250);
      look();
      call.progress(-1);
      look();
      expect(agent.task(call.taskId)?.status).toBe("working");
      expect(agent.health().load?.active_tasks).toBe(0);
      await wait(1);
      expect(agent.health().load?.active_tasks).toBe(1);
      return {};
    });
    const reply = await ask(agent);
    expect(seen).toEqual([null, { percent: 40, message: "sorting" }, { percent: 100 }, { percent: 0 }]);
    expect(agent.task(reply.result?.envelope.payload.task_id ?? "")?.status).toBe("completed");
  });
});

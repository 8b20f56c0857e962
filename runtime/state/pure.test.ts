import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { ask, client, messageText, taskRequest, taskText } from "../testing/asap-request.js";
import { placeKinds } from "../testing/state-places.js";
import { agentOn, closeAgents, Gate } from "../testing/stored-agents.js";
import { memoryState } from "./memory.js";
import { openState } from "./open-state.js";
import type { StateStore } from "./state-store.js";
import type { NewTask } from "./task-store.js";

afterAll(closeAgents);

/** An agent with pure skills: one tells which run of this agent it is, one throws. */
function pureAgent(state: StateStore) {
  let runs = 0;
  const run = (input: object) => ({ ...input, run: ++runs });
  const fails = (): never => {
    runs += 1;
    throw new Error("canary");
  };
  const skills = {
    echo: skill({ description: "Echo", pure: true, run }),
    fails: skill({ description: "Fails", pure: true, run: fails }),
  };
  return { agent: agentOn(state, new Gate(), { skills }), runs: () => runs };
}

const kinds = [
  {
    name: "memory",
    isThere: true,
    fresh: () => {
      const state = memoryState();
      return { open: async () => state, remove: async () => {} };
    },
  },
  ...placeKinds.map(({ name, isThere, fresh }) => ({
    name,
    isThere,
    fresh: () => {
      const place = fresh();
      const opened: StateStore[] = [];
      const open = async () => {
        const state = await openState(place.location);
        opened.push(state);
        return state;
      };
      const remove = async () => {
        await Promise.all(opened.map((state) => state.close()));
        await place.remove();
      };
      return { open, remove };
    },
  })),
];

describe.each(kinds)("tasks of a pure skill with state in $name", ({ isThere, fresh }) => {
  const removals: (() => Promise<void>)[] = [];
  const place = () => {
    const { open, remove } = fresh();
    removals.push(remove);
    return open;
  };
  afterEach(async () => {
    await closeAgents();
    for (const remove of removals.splice(0)) await remove();
  });

  test.runIf(isThere)("are stored as completed with their answer, and found in every way", async () => {
    const state = await place()();
    const { agent } = pureAgent(state);
    const request = taskRequest();
    const reply = await ask(agent, JSON.stringify(request));
    const task_id = reply.result?.envelope.payload.task_id ?? "";
    expect(reply.result?.envelope.payload).toMatchObject({ status: "completed", result: { message: "hi", run: 1 } });
    const record = await state.tasks.get(task_id);
    expect(record?.task).toMatchObject({ id: task_id, status: "completed", conversation_id: "conv_1", depth: 0 });
    expect(record).toMatchObject({ owner: client, version: 1, lease: null, request: null });
    expect(JSON.parse(record?.answer ?? "")).toEqual(reply);
    expect((await state.tasks.list({ owner: client, status: ["completed"] })).items).toEqual([record]);
    expect(await state.tasks.find("urn:asap:agent:server", client, { envelopeId: request.params.envelope.id })).toEqual(
      record,
    );
    const asked = await ask(agent, messageText("StateQuery", { task_id }));
    expect(asked.result?.envelope.payload).toMatchObject({ task_id, status: "completed" });
    expect(await state.tasks.claim("urn:asap:agent:server", { holder: "another", forMs: 1_000 }, 10)).toEqual([]);
    expect(await state.tasks.purge(Number.MAX_SAFE_INTEGER)).toBe(1);
  });

  test.runIf(isThere)(
    "that are asked for again after a restart get the answer of before without a run, with their own id",
    async () => {
      const open = place();
      const request = taskRequest();
      const before = await open();
      const first = pureAgent(before);
      const reply = await ask(first.agent, JSON.stringify(request));
      const again = { ...request, id: "again" };
      expect(await ask(first.agent, JSON.stringify(again))).toEqual({ ...reply, id: "again" });
      expect(first.runs()).toBe(1);
      await first.agent.close(0);
      const after = await open();
      const { agent, runs } = pureAgent(after);
      for (let repeat = 0; repeat < 2; repeat += 1) {
        expect(await ask(agent, JSON.stringify(again))).toEqual({ ...reply, id: "again" });
      }
      expect(runs()).toBe(0);
      expect((await after.tasks.list()).items).toHaveLength(1);
    },
  );

  test.runIf(isThere)("get one answer and one record where two instances are asked at once", async () => {
    const open = place();
    const stores = [await open(), await open()] as const;
    const [one, other] = [pureAgent(stores[0]).agent, pureAgent(stores[1]).agent];
    await ask(one);
    for (let round = 1; round <= 5; round += 1) {
      const request = taskRequest();
      const texts = ["a", "b"].map((id) => JSON.stringify({ ...request, id }));
      const [first, second] = await Promise.all([ask(one, texts[0]), ask(other, texts[1])]);
      expect(first?.result?.envelope.payload.status).toBe("completed");
      expect([first?.id, second?.id]).toEqual(["a", "b"]);
      expect(second?.result).toEqual(first?.result);
      expect((await stores[0].tasks.list()).items).toHaveLength(round + 1);
    }
  });

  test.runIf(isThere)("are found by their idempotency key", async () => {
    const state = await place()();
    const first = await ask(pureAgent(state).agent, {}, { idempotencyKey: "key" });
    const again = await ask(pureAgent(state).agent, {}, { idempotencyKey: "key" });
    expect(again).toEqual(first);
    const stranger = { envelope: { sender: "urn:asap:agent:stranger" } };
    const other = await ask(pureAgent(state).agent, stranger, { idempotencyKey: "key" });
    expect(other.result?.envelope.payload.task_id).not.toBe(first.result?.envelope.payload.task_id);
    expect((await state.tasks.list()).items).toHaveLength(2);
  });

  test.runIf(isThere)("that throw are stored as failed, and the failure is repeated", async () => {
    const open = place();
    const text = taskText({ payload: { skill_id: "fails" } });
    const { agent, runs } = pureAgent(await open());
    const reply = await ask(agent, text);
    expect(reply.error).toMatchObject({ code: -32603, data: { error: "Internal server error" } });
    expect(await ask(agent, text)).toEqual(reply);
    expect(runs()).toBe(1);
    const state = await open();
    const other = pureAgent(state);
    expect(await ask(other.agent, text)).toEqual(reply);
    expect(other.runs()).toBe(0);
    const { items } = await state.tasks.list();
    expect(items).toMatchObject([{ task: { status: "failed" }, lease: null }]);
    expect(JSON.stringify(items)).not.toContain("canary");
  });

  test.runIf(isThere)("wait for an instance that works on the same envelope", async () => {
    const open = place();
    const [state, elsewhere] = [await open(), await open()];
    const gate = new Gate();
    const request = taskRequest();
    const worker = agentOn(elsewhere, gate, {
      skills: { echo: skill({ description: "Gated", run: (_input, call) => gate.run(call) }) },
    });
    const first = ask(worker, JSON.stringify(request));
    await gate.begun(1);
    const second = ask(pureAgent(state).agent, JSON.stringify({ ...request, id: "second" }));
    await wait(100);
    gate.end({ done: 1 });
    expect(await second).toEqual({ ...(await first), id: "second" });
    expect((await state.tasks.list()).items).toHaveLength(1);
  });
});

describe("a pure skill", () => {
  test("is stored by one write, also as a task of another task", async () => {
    const calls: string[] = [];
    const store = memoryState();
    const tasks = new Proxy(store.tasks, {
      get: (target, name: keyof StateStore["tasks"]) => {
        if (name !== "claim") calls.push(name);
        return target[name];
      },
    });
    const { agent } = pureAgent({ ...store, tasks });
    const parent_task_id = (await ask(agent)).result?.envelope.payload.task_id ?? "";
    expect(calls).toEqual(["find", "create"]);
    const child = await ask(agent, { payload: { parent_task_id } });
    expect(calls).toEqual(["find", "create", "get", "find", "create"]);
    const record = await store.tasks.get(child.result?.envelope.payload.task_id ?? "");
    expect(record).toMatchObject({ version: 1, task: { status: "completed", parent_task_id, depth: 1 } });
  });

  test("that resumes is taken up by StateRestore, with the data of the snapshot", async () => {
    const state = memoryState();
    const from = skill({
      description: "From",
      pure: true,
      resumes: true,
      run: (_input, call) => ({ from: call.checkpointed ?? null }),
    });
    const agent = agentOn(state, new Gate(), { skills: { echo: from } });
    const task_id = (await ask(agent)).result?.envelope.payload.task_id ?? "";
    const snapshot = { task_id, version: 1, data: { step: 7 }, created_at: "2026-01-01T00:00:00Z" };
    await state.snapshots.save({ id: "snap_1", ...snapshot });
    const { result } = await ask(agent, messageText("StateRestore", { task_id, snapshot_id: "snap_1" }));
    expect(result?.envelope.payload).toMatchObject({ status: "completed", result: { from: { step: 7 } } });
    const record = await state.tasks.get(result?.envelope.payload.task_id ?? "");
    expect(record).toMatchObject({ task: { status: "completed", parent_task_id: task_id, depth: 1 }, lease: null });
  });

  test("of a task that was begun before it was pure is taken up as others are", async () => {
    const state = memoryState();
    const request = taskRequest();
    const at = new Date().toISOString();
    const left: NewTask = {
      task: { id: "task_left", conversation_id: "conv_1", status: "working", created_at: at, updated_at: at },
      agent: "urn:asap:agent:server",
      owner: client,
      envelopeId: request.params.envelope.id,
      idempotencyKey: null,
      request: JSON.stringify(request.params.envelope),
      answer: null,
      deadlineMs: null,
    };
    await state.tasks.create(left);
    const echo = skill({ description: "Echo", pure: true, resumes: true, run: (input) => ({ echoed: input }) });
    const agent = agentOn(state, new Gate(), { skills: { echo } });
    const reply = await ask(agent, JSON.stringify(request));
    expect(reply.result?.envelope.payload).toMatchObject({ task_id: "task_left", status: "completed" });
    expect((await state.tasks.list()).items).toMatchObject([{ task: { id: "task_left", status: "completed" } }]);
  });

  test("is run as others are where the agent has no state", async () => {
    const echo = (pure: boolean) => skill({ description: "Echo", pure, run: (input) => ({ echoed: input }) });
    for (const pure of [true, false]) {
      const agent = createAgent({ id: "urn:asap:agent:server", skills: { echo: echo(pure) } });
      const text = taskText();
      const answer = agent.receive(text);
      expect(answer).toBeTypeOf("string");
      expect(agent.receive(text)).toBe(answer);
      const { payload } = JSON.parse(answer as string).result.envelope;
      expect(payload.result).toEqual({ echoed: { message: "hi" } });
      expect(agent.task(payload.task_id)?.status).toBe("completed");
    }
  });
});

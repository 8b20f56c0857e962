import { runInNewContext } from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import type { AgentOptions } from "../agent.js";
import { AsapError } from "../error.js";
import type { LogFields } from "../observe/log.js";
import { skill } from "../skill.js";
import { ask, messageText, taskRequest, taskText } from "../testing/asap-request.js";
import { agentOn, closeAgents, Gate } from "../testing/stored-agents.js";
import { serve } from "../transport/node.js";
import { memoryState } from "./memory.js";
import type { StateStore } from "./state-store.js";
import type { TaskStore } from "./task-store.js";

afterAll(closeAgents);

const echo = skill({ description: "Echo", pure: true, run: (input) => ({ echoed: input }) });
const late = (run: () => unknown) =>
  skill({ description: "Late", pure: true, run: run as () => Promise<Readonly<Record<string, unknown>>> });

const pureAgent = (state: StateStore, skills: AgentOptions["skills"] = { echo }, more: Partial<AgentOptions> = {}) =>
  agentOn(state, new Gate(), { skills, ...more });

/** A store whose tasks are created in another way. */
const creating = (state: StateStore, create: TaskStore["create"]): StateStore => ({
  ...state,
  tasks: { ...state.tasks, create },
});

/** A store that creates tasks only from a moment on. */
function held(state: StateStore) {
  let open = (): void => {};
  let begin = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const store = creating(state, async (task) => {
    begin();
    await opened;
    return state.tasks.create(task);
  });
  return { store, begun, open };
}

const all = async (state: StateStore) => (await state.tasks.list()).items;

describe("a store that is down when a pure skill has run", () => {
  const broken = (state: StateStore, cause: () => unknown) => {
    let isDown = true;
    const store = creating(state, async (task) => {
      if (isDown) throw cause();
      return state.tasks.create(task);
    });
    const mend = () => {
      isDown = false;
    };
    return { store, mend };
  };
  const gone = () => new AsapError("asap:state/unavailable", { data: { backend: "memory", reason: "gone" } });

  test.each([
    ["as stores do", gone],
    ["in a way of its own", () => new TypeError("canary")],
  ])("and tells it %s leaves nothing stored and nobody answered, and a retry runs", async (_way, cause) => {
    const state = memoryState();
    const { store, mend } = broken(state, cause);
    const agent = pureAgent(store);
    const text = taskText();
    await expect(agent.receive(text)).rejects.toMatchObject({ code: "asap:state/unavailable" });
    expect(await all(state)).toEqual([]);
    mend();
    expect((await ask(agent, text)).result?.envelope.payload.status).toBe("completed");
    expect(await all(state)).toHaveLength(1);
  });

  test("is 503 over HTTP, and the retry is answered", async () => {
    const state = memoryState();
    const { store, mend } = broken(state, gone);
    await using server = await serve(pureAgent(store), { port: 0 });
    const body = taskText();
    const headers = { "content-type": "application/json" };
    const send = () => fetch(`${server.url}/asap`, { method: "POST", headers, body });
    const refused = await send();
    expect(refused.status).toBe(503);
    expect(await refused.text()).not.toContain("canary");
    expect(await all(state)).toEqual([]);
    mend();
    const answer = await send();
    expect(answer.status).toBe(200);
    const { envelope } = ((await answer.json()) as { result: { envelope: { payload: object } } }).result;
    expect(envelope.payload).toMatchObject({ status: "completed", result: { echoed: { message: "hi" } } });
    expect(await all(state)).toHaveLength(1);
  });

  test("answers what it will never take as it does for other skills", async () => {
    const plain = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
    for (const id of ["x".repeat(2_000), "\0"]) {
      const text = taskText({ envelope: { id } });
      const replies = [];
      for (const each of [plain, echo]) replies.push(await ask(pureAgent(memoryState(), { echo: each }), text));
      expect(replies[1]).toEqual(replies[0]);
      expect(replies[1]?.error).toMatchObject({ code: -32602, data: { code: "asap:protocol/invalid_payload" } });
    }
  });
});

describe("what a store cannot hold of a pure skill", () => {
  test("fails the task where it is the answer, and a repeat gets that failure", async () => {
    const state = memoryState({ maxRecordBytes: 4_096 });
    const large = skill({ description: "Large", pure: true, run: () => ({ text: "x".repeat(5_000) }) });
    const request = taskRequest();
    const reply = await ask(pureAgent(state, { echo: large }), JSON.stringify(request));
    expect(reply.error?.code).toBe(-32603);
    const [record] = await all(state);
    expect(record).toMatchObject({ task: { status: "failed", progress: null }, version: 1, lease: null });
    expect(JSON.parse(record?.answer ?? "")).toEqual(reply);
    const again = await ask(pureAgent(state, { echo: large }), JSON.stringify({ ...request, id: "again" }));
    expect(again).toEqual({ ...reply, id: "again" });
    expect(await all(state)).toHaveLength(1);
  });

  test("is left out where it is progress", async () => {
    const state = memoryState();
    const strict = creating(state, async (task) => {
      if (task.task.progress != null) throw new AsapError("asap:state/invalid_record");
      return state.tasks.create(task);
    });
    const told = skill({
      description: "Told",
      pure: true,
      run: (input, call) => {
        call.progress(50);
        return input;
      },
    });
    const reply = await ask(pureAgent(strict, { echo: told }));
    expect(reply.result?.envelope.payload.status).toBe("completed");
    expect(await all(state)).toMatchObject([{ task: { status: "completed", progress: null } }]);
  });
});

describe("a pure skill that gives no output at once", () => {
  async function* steps() {
    yield { percent: 1 };
    return {};
  }
  const outputs: Record<string, () => unknown> = {
    "a promise": () => Promise.resolve({}),
    "a promise that is rejected": () => Promise.reject(new Error("canary")),
    "a promise of another realm": () => runInNewContext("Promise.resolve({})"),
    "a generator": () => steps(),
  };

  test.each(Object.entries(outputs))("but %s fails, with asap:task/invalid_output in the log", async (_name, run) => {
    const causes: unknown[] = [];
    const log = { error: (_event: string, { error }: LogFields) => void causes.push(error) };
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    const state = memoryState();
    const reply = await ask(pureAgent(state, { echo: late(run) }, { log }));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(reply.error?.code).toBe(-32603);
    expect(causes).toMatchObject([{ code: "asap:task/invalid_output" }]);
    expect(unhandled).toEqual([]);
    expect(await all(state)).toMatchObject([{ task: { status: "failed" } }]);
  });
});

describe("a record of a pure skill under way", () => {
  test("is waited for by a close of the agent, and the caller is answered", async () => {
    const state = memoryState();
    const { store, begun, open } = held(state);
    const agent = pureAgent(store);
    const reply = ask(agent);
    await begun;
    let isClosed = false;
    const closed = agent.close(0).then(() => {
      isClosed = true;
    });
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    open();
    await closed;
    expect(await all(state)).toHaveLength(1);
    expect((await reply).result?.envelope.payload.status).toBe("completed");
  });

  test("is waited for by a close also where it is made in place of one that the store did not take", async () => {
    const state = memoryState();
    const { store, begun, open } = held(state);
    let refuse: (() => void) | undefined;
    const refused = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    const twice = creating(store, async (task) => {
      if (refuse === undefined) return store.tasks.create(task);
      refuse();
      refuse = undefined;
      throw new AsapError("asap:state/too_large");
    });
    const agent = pureAgent(twice);
    const reply = ask(agent);
    let isClosed = false;
    await refused;
    const closed = agent.close(0).then(() => {
      isClosed = true;
    });
    await begun;
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    open();
    await closed;
    expect((await reply).error?.code).toBe(-32603);
    expect(await all(state)).toMatchObject([{ task: { status: "failed" } }]);
  });

  test("is not cancelled: nobody is told so of a task that ends as completed", async () => {
    const state = memoryState();
    const { store, begun, open } = held(state);
    const agent = pureAgent(store);
    const request = taskRequest();
    const reply = ask(agent, JSON.stringify(request));
    await begun;
    const cancel = () => ask(agent, messageText("TaskCancel", { task_id: request.params.envelope.id }));
    expect((await cancel()).error?.data["code"]).toBe("asap:task/not_found");
    open();
    expect((await reply).result?.envelope.payload.status).toBe("completed");
    expect((await cancel()).error?.data["code"]).toBe("asap:task/already_completed");
    expect(await all(state)).toMatchObject([{ task: { status: "completed" } }]);
  });

  test("is one of a cancelled task where it was cancelled before it ran", async () => {
    const state = memoryState();
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const find: TaskStore["find"] = async (...asked) => {
      await opened;
      return state.tasks.find(...asked);
    };
    let runs = 0;
    const run = () => ({ runs: ++runs });
    const counted = skill({ description: "Counts", pure: true, run });
    const agent = pureAgent({ ...state, tasks: { ...state.tasks, find } }, { echo: counted });
    const request = taskRequest();
    const reply = ask(agent, JSON.stringify(request));
    const cancel = await ask(agent, messageText("TaskCancel", { task_id: request.params.envelope.id }));
    open();
    const { task_id } = (await reply).result?.envelope.payload ?? {};
    expect(cancel.result?.envelope.payload).toMatchObject({ task_id, status: "cancelled" });
    expect((await reply).result?.envelope.payload.status).toBe("cancelled");
    expect(await all(state)).toMatchObject([{ task: { id: task_id, status: "cancelled" } }]);
    expect(runs).toBe(0);
  });

  test("is not begun once the agent has ended", async () => {
    const state = memoryState();
    const agent = pureAgent(state);
    const reply = ask(agent);
    const closed = agent.close(0);
    await expect(reply).rejects.toMatchObject({ code: "asap:transport/shutting_down" });
    await closed;
    expect(await all(state)).toEqual([]);
  });
});

describe("the option pure", () => {
  const refused = expect.objectContaining({
    code: "asap:config/invalid_option",
    data: expect.objectContaining({ option: "pure" }),
  });
  const runs: Record<string, () => unknown> = {
    "an async function": async () => ({}),
    "a bound async function": (async () => ({})).bind(undefined),
    "a generator": function* () {
      yield {};
    },
    "an async generator": async function* () {
      yield {};
    },
  };

  test.each(Object.entries(runs))("is refused for %s", (_name, run) => {
    expect(() => late(run)).toThrow(refused);
  });

  test("is taken for functions, methods and functions of another realm", () => {
    const method = {
      run() {
        return {};
      },
    };
    for (const run of [() => ({}), runInNewContext("() => ({})"), method.run]) expect(late(run).pure).toBe(true);
    expect(skill({ description: "Any", run: async () => ({}) }).pure).toBe(false);
  });
});

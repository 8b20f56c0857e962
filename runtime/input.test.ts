import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TaskStatus } from "../generated/models.js";
import { validateTaskUpdate } from "../generated/validators/task-update.js";
import { type Agent, type AgentOptions, createAgent } from "./agent.js";
import type { Call } from "./call.js";
import { skill } from "./skill.js";
import { memoryState } from "./state/memory.js";
import { messagesOf } from "./state/messages.js";
import { sqliteState } from "./state/sqlite/open.js";
import type { StateStore } from "./state/state-store.js";
import { ask, messageText, taskRequest, taskText } from "./testing/asap-request.js";
import { hasSqlite } from "./testing/services.js";

const question = { question: "Which one?", options: ["a", "b"] };
const agents: Agent[] = [];

/** Calls of skills, in the order of their beginning. */
class Calls {
  readonly all: Call[] = [];
  #told: (() => void)[] = [];

  add(call: Call): void {
    this.all.push(call);
    for (const tell of this.#told.splice(0)) tell();
  }

  async nth(count: number): Promise<Call> {
    for (;;) {
      const call = this.all[count - 1];
      if (call !== undefined) return call;
      await new Promise<void>((resolve) => this.#told.push(resolve));
    }
  }
}

function asking(calls: Calls, more: Partial<AgentOptions> = {}): Agent {
  const run = async (_input: object, call: Call) => {
    calls.add(call);
    await call.checkpoint({ asked: calls.all.length });
    const first = await call.requestInput(question);
    return { got: first.message.message_id, from: call.checkpointed ?? null, note: first.envelope.extensions ?? null };
  };
  const twice = async (_input: object, call: Call) => {
    calls.add(call);
    const got = [await call.requestInput({ step: 1 }), await call.requestInput({ step: 2 })];
    return { got: got.map(({ message }) => message.message_id) };
  };
  const agent = createAgent({
    id: "urn:asap:agent:server",
    limits: { taskLeaseMs: 600 },
    skills: {
      ask: skill({ description: "Asks", resumes: true, run }),
      twice: skill({ description: "Asks twice", run: twice }),
      both: skill({
        description: "Asks for two at once",
        run: async (_input, call) => {
          calls.add(call);
          const [one, other] = await Promise.allSettled([
            call.requestInput({ step: 1 }),
            call.requestInput({ step: 2 }),
          ]);
          return { statuses: [one.status, other.status] };
        },
      }),
    },
    ...more,
  });
  agents.push(agent);
  return agent;
}

const message = (task_id: string, message_id = "msg_1", envelope: Readonly<Record<string, unknown>> = {}) =>
  messageText("MessageSend", { task_id, message_id, sender: "someone", role: "user", parts: [] }, envelope);

/** Updates of a task as they are pushed. */
function listener() {
  const updates: Record<string, unknown>[] = [];
  const told: (() => void)[] = [];
  return {
    updates,
    sink: {
      push(frame: string) {
        updates.push(JSON.parse(frame).result.envelope.payload);
        for (const tell of told.splice(0)) tell();
      },
      ready: () => undefined,
    },
    async nth(count: number) {
      while (updates.length < count) await new Promise<void>((resolve) => told.push(resolve));
      return updates[count - 1] ?? {};
    },
  };
}

async function statusOf(agent: Agent, state: StateStore | undefined, id: string, status: TaskStatus): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const task = state === undefined ? agent.task(id) : (await state.tasks.get(id))?.task;
    if (task?.status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`the task is not ${status}`);
}

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-input-"));
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close(0)));
  await rm(folder, { recursive: true, force: true });
});

const stores: Record<string, () => Promise<StateStore | undefined>> = {
  "no store": async () => undefined,
  "a store in memory": async () => memoryState(),
  ...(hasSqlite && { "a store in sqlite": () => sqliteState({ path: join(folder, `${++files}.db`) }) }),
};

const withState = (state: StateStore | undefined): Partial<AgentOptions> => (state === undefined ? {} : { state });

describe.each(Object.entries(stores))("a task that asks for input, with %s", (_name, open) => {
  test("waits as input_required, tells what it needs, and goes on with the message of whoever asked for it", async () => {
    const state = await open();
    const calls = new Calls();
    const agent = asking(calls, withState(state));
    const listening = listener();
    const reply = ask(agent, { payload: { skill_id: "ask" } }, { updates: listening.sink });
    const { taskId } = await calls.nth(1);
    const update = await listening.nth(1);
    expect(validateTaskUpdate(update)).toBe(true);
    expect(update).toMatchObject({
      task_id: taskId,
      update_type: "input_required",
      status: "input_required",
      input_request: question,
    });
    await statusOf(agent, state, taskId, "input_required");
    const stranger = await ask(agent, message(taskId, "msg_0", { sender: "urn:asap:agent:stranger" }));
    expect(stranger.error?.data["code"]).toBe("asap:task/not_found");
    expect(agent.task(taskId)?.status).toBe("input_required");
    const ack = await ask(agent, message(taskId, "msg_1", { extensions: { choice: "a" } }));
    expect(ack.result?.envelope.payload_type).toBe("MessageAck");
    expect(ack.result?.envelope.payload).toMatchObject({ status: "processed", error: null });
    expect((await reply).result?.envelope.payload).toMatchObject({
      status: "completed",
      result: { got: "msg_1", from: null, note: { choice: "a" } },
    });
    expect(listening.updates).toHaveLength(1);
    expect(agent.task(taskId)?.status).toBe("completed");
    expect((await state?.tasks.get(taskId))?.task.status ?? "completed").toBe("completed");
  });

  test("is answered under the id of the envelope that asked for it, each request by a message of its own", async () => {
    const state = await open();
    const calls = new Calls();
    const agent = asking(calls, withState(state));
    const request = taskRequest({ payload: { skill_id: "twice" } });
    const listening = listener();
    const reply = ask(agent, JSON.stringify(request), { updates: listening.sink });
    for (const step of [1, 2]) {
      expect(await listening.nth(step)).toMatchObject({ input_request: { step } });
      await ask(agent, message(request.params.envelope.id, `msg_${step}`));
    }
    expect((await reply).result?.envelope.payload.result).toEqual({ got: ["msg_1", "msg_2"] });
  });

  test("asks for one thing at a time", async () => {
    const calls = new Calls();
    const agent = asking(calls, withState(await open()));
    const listening = listener();
    const reply = ask(agent, { payload: { skill_id: "both" } }, { updates: listening.sink });
    await listening.nth(1);
    await ask(agent, message((await calls.nth(1)).taskId));
    expect((await reply).result?.envelope.payload.result).toEqual({ statuses: ["fulfilled", "rejected"] });
    expect(listening.updates).toHaveLength(1);
  });

  test("is told to a listener who comes while it waits", async () => {
    const calls = new Calls();
    const state = await open();
    const agent = asking(calls, withState(state));
    const text = taskText({ payload: { skill_id: "ask" } });
    const reply = ask(agent, text);
    const { taskId } = await calls.nth(1);
    await statusOf(agent, state, taskId, "input_required");
    const late = listener();
    const again = ask(agent, text, { updates: late.sink });
    expect(await late.nth(1)).toMatchObject({ update_type: "input_required", input_request: question });
    await ask(agent, message(taskId));
    expect(await again).toEqual(await reply);
    expect(calls.all).toHaveLength(1);
  });

  test("fails when its deadline passes while it waits", async () => {
    const state = await open();
    const calls = new Calls();
    const agent = asking(calls, withState(state));
    const config = { timeout_seconds: 0.3 };
    const reply = await ask(agent, { payload: { skill_id: "ask", config } });
    expect(reply.error?.data["code"]).toBe("asap:task/deadline_exceeded");
    const { taskId } = await calls.nth(1);
    expect(agent.task(taskId)?.status).toBe("failed");
    if (state !== undefined) await statusOf(agent, state, taskId, "failed");
  });

  test("is cancelled while it waits", async () => {
    const state = await open();
    const calls = new Calls();
    const agent = asking(calls, withState(state));
    const listening = listener();
    const reply = ask(agent, { payload: { skill_id: "ask" } }, { updates: listening.sink });
    await listening.nth(1);
    const { taskId: task_id } = await calls.nth(1);
    const cancelled = await ask(agent, messageText("TaskCancel", { task_id }));
    expect(cancelled.result?.envelope.payload["status"]).toBe("cancelled");
    expect((await reply).result?.envelope.payload).toMatchObject({ task_id, status: "cancelled" });
    await statusOf(agent, state, task_id, "cancelled");
    const ack = await ask(agent, message(task_id));
    if (state === undefined) expect(ack.error?.data["code"]).toBe("asap:task/not_found");
    else expect(ack.result?.envelope.payload["status"]).toBe("rejected");
  });

  test("gets its input and is cancelled however many tasks run", async () => {
    const calls = new Calls();
    const agent = asking(calls, { ...withState(await open()), limits: { maxConcurrentTasks: 1 } });
    const listening = listener();
    const reply = ask(agent, { payload: { skill_id: "ask" } }, { updates: listening.sink });
    await listening.nth(1);
    await expect(ask(agent, { payload: { skill_id: "ask" } })).rejects.toMatchObject({
      code: "asap:transport/thread_pool_exhausted",
    });
    await ask(agent, message((await calls.nth(1)).taskId));
    expect((await reply).result?.envelope.payload["status"]).toBe("completed");
  });
});

describe.each(Object.entries(stores).slice(1))("a task that asks for input among instances, with %s", (_name, open) => {
  test("gets the message that another instance took", async () => {
    const state = (await open()) as StateStore;
    const calls = new Calls();
    const listening = listener();
    const reply = ask(asking(calls, { state }), { payload: { skill_id: "ask" } }, { updates: listening.sink });
    await listening.nth(1);
    const { taskId } = await calls.nth(1);
    const ack = await ask(asking(new Calls(), { state }), message(taskId, "msg_elsewhere"));
    expect(ack.result?.envelope.payload["status"]).toBe("received");
    expect((await reply).result?.envelope.payload.result).toMatchObject({ got: "msg_elsewhere" });
    expect(await state.snapshots.listVersions(messagesOf(taskId))).toHaveLength(1);
  });

  test("is cancelled through another instance", async () => {
    const state = (await open()) as StateStore;
    const calls = new Calls();
    const listening = listener();
    const reply = ask(asking(calls, { state }), { payload: { skill_id: "ask" } }, { updates: listening.sink });
    await listening.nth(1);
    const { taskId: task_id } = await calls.nth(1);
    const cancelled = await ask(asking(new Calls(), { state }), messageText("TaskCancel", { task_id }));
    expect(cancelled.result?.envelope.payload).toMatchObject({ task_id, status: "cancelled" });
    expect((await reply).result?.envelope.payload).toMatchObject({ task_id, status: "cancelled" });
  });

  test("takes no message for two, also where two instances took it", async () => {
    const state = (await open()) as StateStore;
    const calls = new Calls();
    const agent = asking(calls, { state });
    const listening = listener();
    const reply = ask(agent, { payload: { skill_id: "twice" } }, { updates: listening.sink });
    await listening.nth(1);
    const { taskId } = await calls.nth(1);
    const text = message(taskId, "msg_1");
    await ask(asking(new Calls(), { state }), text);
    await listening.nth(2);
    for (const repeat of [agent, asking(new Calls(), { state })]) {
      expect((await ask(repeat, text)).result?.envelope.payload["status"]).toBe("received");
    }
    expect(await state.snapshots.listVersions(messagesOf(taskId))).toHaveLength(1);
    await ask(agent, message(taskId, "msg_2"));
    expect((await reply).result?.envelope.payload.result).toEqual({ got: ["msg_1", "msg_2"] });
  });

  test("gets the message that came after its instance ended and before another one took it up", async () => {
    const state = (await open()) as StateStore;
    const calls = new Calls();
    const agent = asking(calls, { state });
    const listening = listener();
    ask(agent, { payload: { skill_id: "ask" } }, { updates: listening.sink }).catch(() => undefined);
    await listening.nth(1);
    const { taskId } = await calls.nth(1);
    await agent.close(0);
    const helper = asking(new Calls(), { state, skills: {} });
    const ack = await ask(helper, message(taskId, "msg_between"));
    expect(ack.result?.envelope.payload["status"]).toBe("received");
    await helper.close(0);
    await asking(new Calls(), { state }).ready();
    await statusOf(agent, state, taskId, "completed");
    expect((await state.tasks.get(taskId))?.answer).toContain("msg_between");
  });

  test("is run again by another instance where its own ends, from its checkpoint, and asks again", async () => {
    const state = (await open()) as StateStore;
    const calls = new Calls();
    const agent = asking(calls, { state });
    const listening = listener();
    const text = taskText({ payload: { skill_id: "ask" } });
    const left = ask(agent, text, { updates: listening.sink });
    left.catch(() => undefined);
    await listening.nth(1);
    const { taskId } = await calls.nth(1);
    await agent.close(0);
    await expect(left).rejects.toMatchObject({ code: "asap:transport/shutting_down" });
    expect(await state.tasks.get(taskId)).toMatchObject({ task: { status: "input_required" }, lease: null });
    const heirs = new Calls();
    const heir = asking(heirs, { state });
    await heir.ready();
    expect((await heirs.nth(1)).taskId).toBe(taskId);
    await statusOf(heir, undefined, taskId, "input_required");
    await statusOf(heir, state, taskId, "input_required");
    await ask(heir, message(taskId, "msg_late"));
    const again = await ask(heir, text);
    expect(again.result?.envelope.payload.result).toMatchObject({ got: "msg_late", from: { asked: 1 } });
  });
});

test("a message for a task that runs but does not wait is rejected without a store", async () => {
  let end: (output: object) => void = () => {};
  const calls = new Calls();
  const run = (_input: object, call: Call) => {
    calls.add(call);
    return new Promise<Readonly<Record<string, unknown>>>((resolve) => {
      end = resolve as typeof end;
    });
  };
  const agent = asking(calls, { skills: { wait: skill({ description: "Waits", run }) } });
  const reply = ask(agent, { payload: { skill_id: "wait" } });
  const ack = await ask(agent, message((await calls.nth(1)).taskId));
  expect(ack.result?.envelope.payload).toMatchObject({ status: "rejected", error: "The task does not wait for input" });
  end({ done: true });
  expect((await reply).result?.envelope.payload.result).toEqual({ done: true });
  expect((await ask(agent, message("none"))).error?.data["code"]).toBe("asap:task/not_found");
});

test("calls that are no task ask for nothing, and a request is a JSON object", async () => {
  const failures: unknown[] = [];
  const kept = (cause: unknown) => void failures.push(cause);
  const agent = createAgent({
    id: "urn:asap:agent:server",
    skills: {
      odd: skill({
        description: "Odd",
        run: async (_input, call) => ({ ...(await call.requestInput([] as never).catch(kept)) }),
      }),
    },
    handlers: { stateQuery: async (_payload, call) => Promise.reject(await call.requestInput({}).catch(kept)) },
  });
  await ask(agent, messageText("StateQuery", { task_id: "t" }));
  await ask(agent, { payload: { skill_id: "odd" } });
  expect(failures).toMatchObject([{ code: "asap:protocol/invalid_state" }, { code: "asap:task/invalid_output" }]);
});

test("a handler of the user's own takes messages in place of the agent's", async () => {
  const taken: string[] = [];
  const handlers = { messageSend: ({ message_id }: { readonly message_id: string }) => void taken.push(message_id) };
  const agent = asking(new Calls(), { state: memoryState(), handlers: handlers as never });
  const ack = await ask(agent, message("any", "msg_own"));
  expect(ack.result?.envelope.payload["status"]).toBe("processed");
  expect(taken).toEqual(["msg_own"]);
});

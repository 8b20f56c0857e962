import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TaskStatus } from "../../generated/models.js";
import { type Agent, type AgentOptions, createAgent } from "../agent.js";
import type { Call } from "../call.js";
import { AsapError } from "../error.js";
import type { LogFields } from "../observe/log.js";
import { skill } from "../skill.js";
import { ask, client, messageText, taskRequest, taskText } from "../testing/asap-request.js";
import { hasSqlite } from "../testing/services.js";
import { memoryState } from "./memory.js";
import { sqliteState } from "./sqlite/open.js";
import type { StateStore } from "./state-store.js";

const leaseMs = 600;

/** Work that a test ends by hand. */
class Gate {
  readonly calls: Call[] = [];
  readonly #waiting: ((value: unknown) => void)[] = [];
  #begun: () => void = () => {};

  run(call: Call): Promise<Readonly<Record<string, unknown>>> {
    this.calls.push(call);
    this.#begun();
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve as (value: unknown) => void);
      call.signal.addEventListener("abort", () => reject(call.signal.reason));
    });
  }

  /** Resolves once that many runs have begun. */
  async begun(count: number): Promise<void> {
    while (this.calls.length < count) {
      await new Promise<void>((resolve) => {
        this.#begun = resolve;
      });
    }
  }

  end(output: object): void {
    for (const resolve of this.#waiting.splice(0)) resolve(output);
  }
}

const agents: Agent[] = [];

function agentOn(state: StateStore, gate: Gate, more: Partial<AgentOptions> = {}): Agent {
  const agent = createAgent({
    id: "urn:asap:agent:server",
    state,
    limits: { taskLeaseMs: leaseMs },
    skills: {
      echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }),
      fails: skill({ description: "Fails", run: () => Promise.reject(new Error("canary")) }),
      gated: skill({ description: "Gated", run: (_input, call) => gate.run(call) }),
      steps: skill({ description: "Steps", resumes: true, run: (_input, call) => gate.run(call) }),
    },
    ...more,
  });
  agents.push(agent);
  return agent;
}

/** An agent that stopped without a word: it renews nothing and ends nothing. */
function silenced(state: StateStore): { readonly state: StateStore; silence(): void } {
  let isSilent = false;
  const never = () => new Promise<never>(() => {});
  const tasks = new Proxy(state.tasks, {
    get:
      (target, name: keyof StateStore["tasks"]) =>
      (...given: never[]) =>
        isSilent ? never() : (target[name] as (...all: never[]) => unknown)(...given),
  });
  return {
    state: { ...state, tasks },
    silence() {
      isSilent = true;
    },
  };
}

async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (let tries = 0; tries < 500; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await wait(10);
  }
  throw new Error("it did not come about");
}

const statusIn = (state: StateStore, id: string, status: TaskStatus) =>
  until(async () => {
    const record = await state.tasks.get(id);
    return record?.task.status === status ? record : undefined;
  });

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-engine-"));
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close(0)));
  await rm(folder, { recursive: true, force: true });
});

const stores: Record<string, () => Promise<StateStore>> = {
  memory: async () => memoryState(),
  ...(hasSqlite && {
    sqlite: () => sqliteState({ path: join(folder, `${++files}.db`), durability: "normal" }),
  }),
};

describe.each(Object.entries(stores))("tasks of an agent with state in %s", (_name, open) => {
  test("a task is stored as completed with its answer before it is answered", async () => {
    const state = await open();
    const reply = await ask(agentOn(state, new Gate()));
    const id = reply.result?.envelope.payload.task_id ?? "";
    const record = await state.tasks.get(id);
    expect(record?.task).toMatchObject({ id, status: "completed", conversation_id: "conv_1" });
    expect(record).toMatchObject({ owner: client, lease: null, request: null });
    expect(JSON.parse(record?.answer ?? "")).toEqual(reply);
  });

  test("a task that fails is stored as failed, and its cause is told to nobody", async () => {
    const state = await open();
    const reply = await ask(agentOn(state, new Gate()), { payload: { skill_id: "fails" } });
    expect(reply.error?.code).toBe(-32603);
    const { items } = await state.tasks.list();
    expect(items.map(({ task }) => task.status)).toEqual(["failed"]);
    expect(JSON.stringify(items)).not.toContain("canary");
  });

  test("another instance answers a repeat of an envelope from the store, with the id of the repeat", async () => {
    const state = await open();
    const text = taskRequest();
    const first = await ask(agentOn(state, new Gate()), JSON.stringify(text));
    const again = await ask(agentOn(state, new Gate()), JSON.stringify({ ...text, id: "other" }));
    expect(again).toEqual({ ...first, id: "other" });
    expect((await state.tasks.list()).items).toHaveLength(1);
  });

  test("a repeat by idempotency key finds the first; one of another sender does not", async () => {
    const state = await open();
    const agent = agentOn(state, new Gate());
    const first = await ask(agent, {}, { idempotencyKey: "key" });
    const other = agentOn(state, new Gate());
    const again = await ask(other, {}, { idempotencyKey: "key" });
    expect(again.result?.envelope.payload.task_id).toBe(first.result?.envelope.payload.task_id);
    const stranger = await ask(other, { envelope: { sender: "urn:asap:agent:stranger" } }, { idempotencyKey: "key" });
    expect(stranger.result?.envelope.payload.task_id).not.toBe(first.result?.envelope.payload.task_id);
  });

  test("a repeat that comes to another instance while the first works waits for its answer", async () => {
    const state = await open();
    const gate = new Gate();
    const text = taskText({ payload: { skill_id: "gated" } });
    const first = ask(agentOn(state, gate), text);
    await gate.begun(1);
    const second = ask(agentOn(state, gate), text);
    await wait(leaseMs * 2);
    gate.end({ done: 1 });
    expect((await second).result).toEqual((await first).result);
    expect(gate.calls).toHaveLength(1);
  });

  test("a lease is renewed while the work goes on, with its progress", async () => {
    const state = await open();
    const gate = new Gate();
    const reply = ask(agentOn(state, gate), { payload: { skill_id: "steps" } });
    await gate.begun(1);
    const other = new Gate();
    const idle = agentOn(state, other);
    await idle.ready();
    gate.calls[0]?.progress(40, "so far");
    const stored = await until(async () => {
      const record = await state.tasks.get(gate.calls[0]?.taskId ?? "");
      return record?.task.progress?.["percent"] === 40 ? record : undefined;
    });
    expect(stored.task.progress).toEqual({ percent: 40, message: "so far" });
    await wait(leaseMs * 2);
    expect(other.calls).toEqual([]);
    gate.end({ done: 1 });
    expect((await reply).result?.envelope.payload.result).toEqual({ done: 1 });
  });

  test("the task of an instance that fell silent goes on at another from its checkpoint", async () => {
    const state = await open();
    const dying = silenced(state);
    const gate = new Gate();
    const text = taskText({ payload: { skill_id: "steps" } });
    ask(agentOn(dying.state, gate), text).catch(() => undefined);
    await gate.begun(1);
    const [first] = gate.calls;
    await first?.checkpoint({ step: 1 });
    await first?.checkpoint({ step: 2 });
    dying.silence();

    const heir = new Gate();
    const agent = agentOn(state, heir);
    await agent.ready();
    await heir.begun(1);
    expect(heir.calls[0]?.taskId).toBe(first?.taskId);
    expect(heir.calls[0]?.checkpointed).toEqual({ step: 2 });
    expect(heir.calls[0]?.envelope).toEqual(first?.envelope);
    const repeated = ask(agentOn(state, new Gate()), text);
    heir.end({ done: 2 });
    const record = await statusIn(state, first?.taskId ?? "", "completed");
    expect(await repeated).toEqual(JSON.parse(record.answer?.replace('"id":null', '"id":"req-1"') ?? ""));
    expect(await state.snapshots.listVersions(first?.taskId ?? "")).toEqual([1, 2]);
  });

  test("the instance that fell silent cannot save, and ends its work, once it wakes", async () => {
    const state = await open();
    const gate = new Gate();
    const reply = ask(agentOn(state, gate), { payload: { skill_id: "steps" } });
    reply.catch(() => undefined);
    await gate.begun(1);
    const id = gate.calls[0]?.taskId ?? "";
    const record = await state.tasks.get(id);
    await state.tasks.change(id, record?.version ?? 0, { lease: { holder: "another", forMs: 60_000 } });
    await expect(gate.calls[0]?.checkpoint({ step: 1 })).rejects.toMatchObject({ code: "asap:state/conflict" });
    expect(gate.calls[0]?.signal.reason).toMatchObject({ code: "asap:task/interrupted" });
    await expect(reply).rejects.toMatchObject({ code: "asap:task/interrupted" });
    expect((await state.tasks.get(id))?.lease?.holder).toBe("another");
    expect(await state.snapshots.listVersions(id)).toEqual([]);
  });

  test("a task whose skill does not resume fails once its instance fell silent, with a reason", async () => {
    const state = await open();
    const dying = silenced(state);
    const gate = new Gate();
    const text = taskText({ payload: { skill_id: "gated" } });
    ask(agentOn(dying.state, gate), text).catch(() => undefined);
    await gate.begun(1);
    dying.silence();
    const agent = agentOn(state, new Gate());
    await agent.ready();
    await statusIn(state, gate.calls[0]?.taskId ?? "", "failed");
    const repeated = await ask(agent, text);
    expect(repeated.error?.data["code"]).toBe("asap:task/interrupted");
  });

  test("a task past its deadline is not resumed", async () => {
    const state = await open();
    const dying = silenced(state);
    const gate = new Gate();
    const asked = { payload: { skill_id: "steps", config: { timeout_seconds: 0.3 } } };
    ask(agentOn(dying.state, gate), asked).catch(() => undefined);
    await gate.begun(1);
    dying.silence();
    const heir = new Gate();
    await agentOn(state, heir).ready();
    await statusIn(state, gate.calls[0]?.taskId ?? "", "failed");
    expect(heir.calls).toEqual([]);
  });

  test("an agent that is closed hands over what resumes and fails what does not", async () => {
    const state = await open();
    const gate = new Gate();
    const agent = agentOn(state, gate);
    const replies = ["steps", "gated"].map((skill_id) => ask(agent, { payload: { skill_id } }));
    const left = Promise.allSettled(replies);
    await gate.begun(2);
    const heir = new Gate();
    await agent.close(0);
    await expect(left).resolves.toMatchObject([
      { status: "rejected", reason: { code: "asap:transport/shutting_down" } },
      { status: "fulfilled", value: { error: { code: -32603 } } },
    ]);
    const [steps, gated] = gate.calls.map(({ taskId }) => taskId);
    expect(await state.tasks.get(steps ?? "")).toMatchObject({ task: { status: "working" }, lease: null });
    expect(await state.tasks.get(gated ?? "")).toMatchObject({ task: { status: "failed" }, lease: null });
    await agentOn(state, heir).ready();
    await heir.begun(1);
    heir.end({ done: true });
    await statusIn(state, steps ?? "", "completed");
  });

  test("a task is cancelled through another instance, by whoever asked for it", async () => {
    const state = await open();
    const gate = new Gate();
    const request = taskRequest({ payload: { skill_id: "gated" } });
    const reply = ask(agentOn(state, gate), JSON.stringify(request));
    await gate.begun(1);
    const task_id = gate.calls[0]?.taskId ?? "";
    const other = agentOn(state, new Gate());
    const stranger = await ask(other, messageText("TaskCancel", { task_id }, { sender: "urn:asap:agent:stranger" }));
    expect(stranger.error?.data["code"]).toBe("asap:task/not_found");
    const cancelled = await ask(other, messageText("TaskCancel", { task_id: request.params.envelope.id }));
    expect(cancelled.result?.envelope.payload).toMatchObject({ task_id, status: "cancelled" });
    expect((await reply).result?.envelope.payload).toMatchObject({ task_id, status: "cancelled" });
    const again = await ask(other, messageText("TaskCancel", { task_id }));
    expect(again.error?.data["code"]).toBe("asap:task/already_completed");
    const record = await until(async () => {
      const found = await state.tasks.get(task_id);
      return found?.answer === null ? undefined : found;
    });
    expect(record?.task.status).toBe("cancelled");
  });

  test("StateQuery tells status and snapshots of a task to whoever asked for it", async () => {
    const state = await open();
    const gate = new Gate();
    const agent = agentOn(state, gate);
    const reply = ask(agent, { payload: { skill_id: "steps" } });
    await gate.begun(1);
    const task_id = gate.calls[0]?.taskId ?? "";
    for (const step of [1, 2]) await gate.calls[0]?.checkpoint({ step });
    const query = (payload: object, envelope = {}) =>
      ask(agent, messageText("StateQuery", { task_id, ...payload }, envelope));
    expect((await query({})).result?.envelope.payload).toMatchObject({
      task_id,
      status: "working",
      result: { version: 2, checkpoint: true },
      final_state: { step: 2 },
    });
    expect((await query({ version: 1 })).result?.envelope.payload["final_state"]).toEqual({ step: 1 });
    expect((await query({ version: 9 })).error?.data["code"]).toBe("asap:task/snapshot_not_found");
    expect((await query({ task_id: "task_none" })).error?.data["code"]).toBe("asap:task/not_found");
    const stranger = await query({}, { sender: "urn:asap:agent:stranger" });
    expect(stranger.error?.data["code"]).toBe("asap:task/not_found");
    gate.end({ done: true });
    await reply;
    expect((await query({})).result?.envelope.payload["status"]).toBe("completed");
  });
});

describe("a store that fails", () => {
  const broken = (method: keyof StateStore["tasks"], times = Number.POSITIVE_INFINITY) => {
    const state = memoryState();
    let left = times;
    const tasks = new Proxy(state.tasks, {
      get:
        (target, name: keyof StateStore["tasks"]) =>
        (...given: never[]) =>
          name === method && left-- > 0
            ? Promise.reject(new AsapError("asap:state/unavailable", { data: { backend: "memory", reason: "gone" } }))
            : (target[name] as (...all: never[]) => unknown)(...given),
    });
    return { ...state, tasks };
  };

  test("before the work leaves it undone, and the next try does it", async () => {
    const agent = agentOn(broken("create", 1), new Gate());
    const text = taskText();
    await expect(agent.receive(text)).rejects.toMatchObject({ code: "asap:state/unavailable" });
    expect((await ask(agent, text)).result?.envelope.payload["status"]).toBe("completed");
  });

  test("after the work answers nobody, and the work is taken up once its lease is over, for whoever asks again", async () => {
    const state = broken("change", 1);
    const gate = new Gate();
    const agent = agentOn(state, gate);
    const text = taskText({ payload: { skill_id: "steps" } });
    const reply = ask(agent, text);
    await gate.begun(1);
    gate.end({ done: 1 });
    await expect(reply).rejects.toMatchObject({ code: "asap:state/unavailable" });
    await gate.begun(2);
    gate.end({ done: 2 });
    await statusIn(state, gate.calls[0]?.taskId ?? "", "completed");
    expect((await ask(agent, text)).result?.envelope.payload.result).toEqual({ done: 2 });
  });

  test("while it looks for tasks says so in the log and goes on looking", async () => {
    const events: string[] = [];
    const log = { error: (event: string, _fields: LogFields) => void events.push(event) };
    const state = broken("claim", 1);
    await state.tasks.create({
      task: {
        id: "task_left",
        conversation_id: "c",
        status: "working",
        created_at: "2026-01-01T00:00:00Z",
        updated_at: "2026-01-01T00:00:00Z",
      },
      owner: client,
      envelopeId: null,
      idempotencyKey: null,
      request: null,
      answer: null,
      deadlineMs: null,
    });
    await agentOn(state, new Gate(), { log }).ready();
    await statusIn(state, "task_left", "failed");
    expect(events).toContain("asap.state.unavailable");
  });
});

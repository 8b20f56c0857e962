import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, client, messageText, taskRequest, taskText } from "../testing/asap-request.js";
import { hasSqlite } from "../testing/services.js";
import { agentOn, closeAgents, Gate, leaseMs, silenced, statusIn, until } from "../testing/stored-agents.js";
import { memoryState } from "./memory.js";
import { sqliteState } from "./sqlite/open.js";
import type { StateStore } from "./state-store.js";

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-engine-"));
});
afterAll(async () => {
  await closeAgents();
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
    expect(await state.snapshots.listVersions(first?.taskId ?? "")).toHaveLength(2);
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

  test("a skill that goes on after its task was handed over, or has ended, saves no checkpoint", async () => {
    const state = await open();
    const gate = new Gate();
    const agent = agentOn(state, gate);
    const replies = [ask(agent, { payload: { skill_id: "steps" } }), ask(agent, { payload: { skill_id: "steps" } })];
    await gate.begun(2);
    const [ended, released] = gate.calls;
    await ask(agent, messageText("TaskCancel", { task_id: ended?.taskId }));
    await replies[0];
    await Promise.all([
      expect(replies[1]).rejects.toMatchObject({ code: "asap:transport/shutting_down" }),
      agent.close(0),
    ]);
    for (const call of [ended, released]) {
      await expect(call?.checkpoint({ step: 1 })).rejects.toMatchObject({ code: "asap:state/conflict" });
      expect(await state.snapshots.listVersions(call?.taskId ?? "")).toEqual([]);
      expect((await state.tasks.get(call?.taskId ?? ""))?.lease).toBeNull();
    }
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
    const [first, latest] = await state.snapshots.listVersions(task_id);
    const query = (payload: object, envelope = {}) =>
      ask(agent, messageText("StateQuery", { task_id, ...payload }, envelope));
    expect((await query({})).result?.envelope.payload).toMatchObject({
      task_id,
      status: "working",
      result: { version: latest, checkpoint: true },
      final_state: { step: 2 },
    });
    expect((await query({ version: first })).result?.envelope.payload["final_state"]).toEqual({ step: 1 });
    expect((await query({ version: 999 })).error?.data["code"]).toBe("asap:task/snapshot_not_found");
    expect((await query({ task_id: "task_none" })).error?.data["code"]).toBe("asap:task/not_found");
    const stranger = await query({}, { sender: "urn:asap:agent:stranger" });
    expect(stranger.error?.data["code"]).toBe("asap:task/not_found");
    gate.end({ done: true });
    await reply;
    expect((await query({})).result?.envelope.payload["status"]).toBe("completed");
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LogFields } from "../observe/log.js";
import { ask, client, messageText, taskRequest, taskText } from "../testing/asap-request.js";
import { hasSqlite } from "../testing/services.js";
import { agentOn, closeAgents, Gate, gone, interposed, leaseMs, silenced, statusIn } from "../testing/stored-agents.js";
import { memoryState } from "./memory.js";
import { corrupt } from "./records.js";
import { sqliteState } from "./sqlite/open.js";
import type { StateStore } from "./state-store.js";

afterEach(async () => {
  await closeAgents();
});

/** Passes calls on and loses what some of them give. */
function losing(count: number) {
  let left = count;
  return async (pass: () => Promise<never>) => {
    const given = await pass();
    if (left-- > 0) throw gone();
    return given;
  };
}

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-leases-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const stores: Record<string, () => Promise<StateStore>> = {
  memory: async () => memoryState(),
  ...(hasSqlite && {
    sqlite: () => sqliteState({ path: join(folder, `${++files}.db`), durability: "normal" }),
  }),
};

/** Stores a task that an instance left behind. */
async function left(state: StateStore, skill_id: string, more: object = {}): Promise<string> {
  const { envelope } = taskRequest({ payload: { skill_id } }).params;
  const at = new Date().toISOString();
  const task = { id: "task_left", conversation_id: "c", status: "working" as const, created_at: at, updated_at: at };
  await state.tasks.create({
    task,
    agent: "urn:asap:agent:server",
    owner: client,
    envelopeId: envelope.id,
    idempotencyKey: null,
    request: JSON.stringify(envelope),
    answer: null,
    deadlineMs: null,
    ...more,
  });
  return task.id;
}

describe.each(Object.entries(stores))("with state in %s", (_name, open) => {
  describe("a lost acknowledgement", () => {
    test("of a change costs the holder nothing: it holds the task it changed", async () => {
      const state = await open();
      const gate = new Gate();
      const tasks = interposed(state.tasks, { change: losing(1) });
      const reply = ask(agentOn({ ...state, tasks }, gate), { payload: { skill_id: "steps" } });
      await gate.begun(1);
      const [call] = gate.calls;
      await expect(call?.checkpoint({ step: 1 })).rejects.toMatchObject({ code: "asap:state/unavailable" });
      await call?.checkpoint({ step: 2 });
      expect(call?.signal.aborted).toBe(false);
      gate.end({ done: true });
      expect((await reply).result?.envelope.payload["status"]).toBe("completed");
      expect((await state.snapshots.get(call?.taskId ?? ""))?.data).toEqual({ step: 2 });
    });

    test.each(["gated", "steps"])("of a task that was made leaves it to whoever asks again (%s)", async (skill_id) => {
      const state = await open();
      const gate = new Gate();
      const tasks = interposed(state.tasks, { create: losing(1) });
      const agent = agentOn({ ...state, tasks }, gate, { limits: { taskLeaseMs: 60_000 } });
      const text = taskText({ payload: { skill_id } });
      await expect(agent.receive(text)).rejects.toMatchObject({ code: "asap:state/unavailable" });
      const reply = ask(agent, text);
      await gate.begun(1);
      gate.calls[0]?.progress(50);
      gate.end({ done: true });
      const { items } = await state.tasks.list();
      expect((await reply).result?.envelope.payload).toMatchObject({ task_id: items[0]?.task.id, status: "completed" });
      expect(gate.calls.map(({ taskId }) => taskId)).toEqual([items[0]?.task.id]);
      expect(items).toHaveLength(1);
      expect((await statusIn(state, items[0]?.task.id ?? "", "completed")).task.created_at).toBe(
        items[0]?.task.created_at,
      );
    });
  });

  describe("a lease that could not be renewed", () => {
    test("and ran out is taken again by the instance that works on the task, which goes on", async () => {
      const state = await open();
      const gate = new Gate();
      let isGone = false;
      const tasks = interposed(state.tasks, { change: (pass) => (isGone ? Promise.reject(gone()) : pass()) });
      const reply = ask(agentOn({ ...state, tasks }, gate), { payload: { skill_id: "steps" } });
      await gate.begun(1);
      isGone = true;
      await wait(leaseMs * 2.5);
      isGone = false;
      await gate.calls[0]?.checkpoint({ step: 1 });
      expect(gate.calls).toHaveLength(1);
      gate.end({ done: true });
      expect((await reply).result?.envelope.payload["status"]).toBe("completed");
    });

    test("ends the work where another instance has it, also where the store cannot tell who", async () => {
      const state = await open();
      const gate = new Gate();
      const unreadable = () => Promise.reject(corrupt("a test", "it cannot be read"));
      let isDamaged = false;
      const tasks = interposed(state.tasks, { get: (pass) => (isDamaged ? unreadable() : pass()) });
      const reply = ask(agentOn({ ...state, tasks }, gate), { payload: { skill_id: "steps" } });
      reply.catch(() => undefined);
      await gate.begun(1);
      const id = gate.calls[0]?.taskId ?? "";
      const record = await state.tasks.get(id);
      isDamaged = true;
      await state.tasks.change(id, record?.version ?? 0, { lease: { holder: "another", forMs: 60_000 } });
      await expect(gate.calls[0]?.checkpoint({ step: 1 })).rejects.toMatchObject({ code: "asap:state/conflict" });
      expect(gate.calls[0]?.signal.reason).toMatchObject({ code: "asap:task/interrupted" });
      await expect(reply).rejects.toMatchObject({ code: "asap:state/corrupt" });
    });
  });

  describe("checkpoints", () => {
    test("of an instance that falls silent while it saves one do not replace those of the instance that took over", async () => {
      const state = await open();
      const dying = silenced(state);
      let write = () => {};
      const isLet = new Promise<void>((resolve) => {
        write = resolve;
      });
      const snapshots = interposed(state.snapshots, { save: (pass) => isLet.then(pass) });
      const gate = new Gate();
      ask(agentOn({ ...dying.state, snapshots }, gate), { payload: { skill_id: "steps" } }).catch(() => undefined);
      await gate.begun(1);
      const late = gate.calls[0]?.checkpoint({ from: "the first" });
      await wait(20);
      dying.silence();
      const heir = new Gate();
      await agentOn(state, heir).ready();
      await heir.begun(1);
      await heir.calls[0]?.checkpoint({ from: "the heir" });
      write();
      await late;
      expect((await state.snapshots.get(heir.calls[0]?.taskId ?? ""))?.data).toEqual({ from: "the heir" });
    });

    test("that are saved at once are all kept", async () => {
      const state = await open();
      const gate = new Gate();
      ask(agentOn(state, gate), { payload: { skill_id: "steps" } }).catch(() => undefined);
      await gate.begun(1);
      await Promise.all([1, 2, 3].map((step) => gate.calls[0]?.checkpoint({ step })));
      const id = gate.calls[0]?.taskId ?? "";
      const versions = await state.snapshots.listVersions(id);
      const kept = await Promise.all(versions.map(async (version) => (await state.snapshots.get(id, version))?.data));
      expect(kept).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
    });
  });

  describe("a task that is taken up", () => {
    test("whose checkpoint cannot be read fails, and is held no longer", async () => {
      const state = await open();
      const snapshots = interposed(state.snapshots, {
        listVersions: () => Promise.reject(corrupt("a test", "it cannot be read")),
      });
      const id = await left(state, "steps");
      const gate = new Gate();
      const agent = agentOn({ ...state, snapshots }, gate);
      await agent.ready();
      expect(await statusIn(state, id, "failed")).toMatchObject({ lease: null });
      expect(gate.calls).toEqual([]);
    });

    test("whose skill the instance does not have is left to those that have it", async () => {
      const state = await open();
      const id = await left(state, "steps");
      const older = agentOn(state, new Gate(), { skills: {} });
      await older.ready();
      await wait(leaseMs / 2);
      expect((await state.tasks.get(id))?.task.status).toBe("working");
      const gate = new Gate();
      await agentOn(state, gate).ready();
      await gate.begun(1);
      gate.end({ done: true });
      await statusIn(state, id, "completed");
    });

    test("whose skill the instance does not have fails once its deadline is over", async () => {
      const state = await open();
      const id = await left(state, "steps", { deadlineMs: Date.now() + leaseMs });
      await agentOn(state, new Gate(), { skills: {} }).ready();
      await statusIn(state, id, "failed");
    });

    test("and handed over at the end of the instance is no error in its log", async () => {
      const state = await open();
      await left(state, "steps");
      const events: string[] = [];
      const log = { error: (event: string, _fields: LogFields) => void events.push(event) };
      const gate = new Gate();
      const agent = agentOn(state, gate, { log });
      await agent.ready();
      await gate.begun(1);
      await agent.close(0);
      expect(await state.tasks.get("task_left")).toMatchObject({ task: { status: "working" }, lease: null });
      expect(events).not.toContain("asap.task.not_resumed");
    });
  });

  test("a task that is cancelled while its end is stored is cancelled, or has ended, as the caller is told", async () => {
    const state = await open();
    let pass = () => {};
    const isLet = new Promise<void>((resolve) => {
      pass = resolve;
    });
    let isEnding = false;
    const tasks = interposed(state.tasks, { change: (store) => (isEnding ? isLet.then(store) : store()) });
    const gate = new Gate();
    const text = taskText({ payload: { skill_id: "steps" } });
    const agent = agentOn({ ...state, tasks }, gate, { limits: { taskLeaseMs: 60_000 } });
    const reply = ask(agent, text);
    await gate.begun(1);
    isEnding = true;
    gate.end({ done: true });
    await wait(20);
    const task_id = gate.calls[0]?.taskId ?? "";
    const cancelling = ask(agent, messageText("TaskCancel", { task_id }));
    await wait(20);
    pass();
    expect((await reply).result?.envelope.payload["status"]).toBe("completed");
    expect((await cancelling).error?.data["code"]).toBe("asap:task/already_completed");
    expect((await state.tasks.get(task_id))?.task.status).toBe("completed");
  });

  test("a deadline of parts of a millisecond is stored as a whole one", async () => {
    const state = await open();
    const agent = agentOn(state, new Gate());
    await ask(agent, { payload: { config: { timeout_seconds: 1.2345 } } });
    const { items } = await state.tasks.list();
    expect(Number.isInteger(items[0]?.deadlineMs)).toBe(true);
  });

  describe("what no store can hold", () => {
    const long = "x".repeat(2_000);
    test.each<[string, object, string | undefined]>([
      ["an envelope id that is too long", { envelope: { id: long } }, undefined],
      ["an idempotency key with NUL", {}, "a\0b"],
      ["an idempotency key that is too long", {}, long],
      ["a conversation id that is too long", { payload: { conversation_id: long } }, undefined],
      ["a conversation id with NUL", { payload: { conversation_id: "a\0b" } }, undefined],
    ])("is a fault of the request: %s", async (_name, asked, idempotencyKey) => {
      const state = await open();
      const context = idempotencyKey === undefined ? {} : { idempotencyKey };
      for (const skill_id of ["echo", "steps"]) {
        const { payload, ...rest } = { payload: {}, ...asked };
        const reply = await ask(agentOn(state, new Gate()), { ...rest, payload: { skill_id, ...payload } }, context);
        expect(reply.error?.code).toBe(-32602);
        expect(reply.error?.data["code"]).toBe("asap:protocol/invalid_payload");
      }
      expect((await state.tasks.list()).items).toEqual([]);
    });
  });

  describe("whoever asks again", () => {
    test("for a task that was cancelled after its instance fell silent is told so at once", async () => {
      const state = await open();
      const dying = silenced(state);
      const gate = new Gate();
      const text = taskText({ payload: { skill_id: "steps" } });
      ask(agentOn(dying.state, gate), text).catch(() => undefined);
      await gate.begun(1);
      dying.silence();
      const task_id = gate.calls[0]?.taskId ?? "";
      const other = agentOn(state, new Gate());
      const waiting = ask(other, text);
      await ask(agentOn(state, new Gate()), messageText("TaskCancel", { task_id }));
      expect((await waiting).result?.envelope.payload).toMatchObject({ task_id, status: "cancelled" });
      const again = await ask(agentOn(state, new Gate()), text);
      expect(again.result?.envelope).toEqual((await waiting).result?.envelope);
    });

    test("at an instance that closes is sent to another one", async () => {
      const state = await open();
      const gate = new Gate();
      const text = taskText({ payload: { skill_id: "gated" } });
      ask(agentOn(state, gate), text).catch(() => undefined);
      await gate.begun(1);
      const closing = agentOn(state, new Gate());
      const again = closing.receive(text);
      await Promise.all([
        expect(again).rejects.toMatchObject({ code: "asap:transport/shutting_down" }),
        wait(20).then(() => closing.close(0)),
      ]);
    });

    test.each(["gated", "echo"])("and waits too long gets an error response (%s)", async (skill_id) => {
      const state = await open();
      const text = taskText({ payload: { skill_id, config: { timeout_seconds: 0.2 } } });
      const lease = { holder: "another", forMs: 60_000 };
      await left(state, skill_id, { envelopeId: JSON.parse(text).params.envelope.id, lease });
      const reply = await ask(agentOn(state, new Gate()), text);
      expect(reply.error?.data["code"]).toBe("asap:task/deadline_exceeded");
    });
  });
});

test.each([0, 99, 2 ** 31, Number.NaN])("a lease of %s ms is refused", (taskLeaseMs) => {
  expect(() => agentOn(memoryState(), new Gate(), { limits: { taskLeaseMs } })).toThrow(
    expect.objectContaining({ code: "asap:config/invalid_option", message: expect.stringContaining("taskLeaseMs") }),
  );
});

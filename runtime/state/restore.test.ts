import { describe, expect, test } from "vitest";
import { type Agent, type AgentOptions, createAgent } from "../agent.js";
import type { Call } from "../call.js";
import { AsapError } from "../error.js";
import { skill } from "../skill.js";
import { ask, client, messageText, taskRequest, taskText } from "../testing/asap-request.js";
import { memoryState } from "./memory.js";
import { messagesOf } from "./messages.js";
import type { StateStore } from "./state-store.js";

const stranger = { sender: "urn:asap:agent:stranger" };

function counting(state: StateStore, more: Partial<AgentOptions> = {}): Agent {
  const count = async (input: object, call: Call) => {
    const from = Number(call.checkpointed?.["count"] ?? 0);
    for (let step = from + 1; step <= 2; step += 1) await call.checkpoint({ count: step });
    return { ...input, from };
  };
  const never = () => new Promise<never>(() => {});
  return createAgent({
    id: "urn:asap:agent:server",
    state,
    skills: {
      count: skill({ description: "Counts", resumes: true, run: count }),
      once: skill({ description: "Counts once", run: count }),
      never: skill({ description: "Never ends", resumes: true, run: never }),
    },
    ...more,
  });
}

/** Runs a skill; gives the task's id and the ids of its snapshots. */
async function ran(agent: Agent, state: StateStore, skill_id: string) {
  const reply = await ask(agent, { payload: { skill_id } });
  const taskId = reply.result?.envelope.payload.task_id ?? "";
  const versions = await state.snapshots.listVersions(taskId);
  const snapshots = await Promise.all(versions.map((version) => state.snapshots.get(taskId, version)));
  return { taskId, ids: snapshots.map((snapshot) => snapshot?.id ?? "") };
}

const restore = (task_id: string, snapshot_id: string | undefined, envelope: object = {}) =>
  messageText("StateRestore", { task_id, snapshot_id: snapshot_id ?? "" }, { ...envelope });

describe("StateRestore", () => {
  test("runs a task at its end again, as a new task from the snapshot", async () => {
    const state = memoryState();
    const agent = counting(state);
    const { taskId, ids } = await ran(agent, state, "count");
    expect(ids).toHaveLength(2);
    const text = restore(taskId, ids[0]);
    const { result } = await ask(agent, text);
    expect(result?.envelope.payload_type).toBe("task.response");
    expect(result?.envelope.payload).toMatchObject({ status: "completed", result: { message: "hi", from: 1 } });
    const child = result?.envelope.payload.task_id ?? "";
    expect(child).not.toBe(taskId);
    const record = await state.tasks.get(child);
    expect(record?.task).toMatchObject({ parent_task_id: taskId, depth: 1, conversation_id: "conv_1" });
    expect((await state.snapshots.get(child, 1))?.data).toEqual({ count: 1 });
    expect((await state.tasks.get(taskId))?.task.status).toBe("completed");
    expect((await ask(counting(state), text)).result?.envelope.payload.task_id).toBe(child);
    expect((await state.tasks.list({})).items).toHaveLength(2);
  });

  test("is for whoever asked for the task, and for snapshots it has", async () => {
    const state = memoryState();
    const agent = counting(state);
    const { taskId, ids } = await ran(agent, state, "count");
    const code = async (text: string) => (await ask(agent, text)).error?.data["code"];
    expect(await code(restore(taskId, ids[0], stranger))).toBe("asap:task/not_found");
    expect(await code(restore("none", ids[0]))).toBe("asap:task/not_found");
    expect(await code(restore(taskId, "snap_none"))).toBe("asap:task/snapshot_not_found");
    const once = await ran(agent, state, "once");
    expect(await code(restore(once.taskId, once.ids[0]))).toBe("asap:task/not_resumable");
  });

  test("reads one snapshot to find a checkpoint, and none of others for an id that is none", async () => {
    const state = memoryState();
    let reads = 0;
    const get: StateStore["snapshots"]["get"] = (...asked) => {
      reads += 1;
      return state.snapshots.get(...asked);
    };
    const agent = counting({ ...state, snapshots: { ...state.snapshots, get } });
    const { taskId, ids } = await ran(agent, state, "count");
    expect((await ask(agent, restore(taskId, ids[0]))).result?.envelope.payload["status"]).toBe("completed");
    expect(reads).toBe(1);
    const wrong = restore(taskId, ids[0]?.replace(/_\d+$/, "_99999"));
    expect((await ask(agent, wrong)).error?.data["code"]).toBe("asap:task/snapshot_not_found");
    expect(reads).toBe(2);
  });

  test("is refused for a task that runs", async () => {
    const state = memoryState();
    const agent = counting(state);
    ask(agent, { payload: { skill_id: "never" } }).catch(() => undefined);
    const task = (await state.tasks.list({})).items[0]?.task;
    const id = task?.id ?? "";
    await state.snapshots.save({ id: "snap_1", task_id: id, version: 1, data: {}, created_at: "2026-01-01T00:00:00Z" });
    const { error } = await ask(agent, restore(id, "snap_1"));
    expect(error?.data).toMatchObject({ code: "asap:protocol/invalid_state", details: { from_state: "working" } });
    await agent.close(0);
  });
});

describe("tasks nested in tasks", () => {
  const nested = (parent_task_id: string, envelope: object = {}) =>
    taskText({ payload: { skill_id: "count", parent_task_id }, envelope: { ...envelope } });

  test("are one deeper than the one they are part of, up to the limit", async () => {
    const state = memoryState();
    const agent = counting(state, { limits: { maxTaskDepth: 2 } });
    let parent = (await ran(agent, state, "count")).taskId;
    for (const depth of [1, 2]) {
      parent = (await ask(agent, nested(parent))).result?.envelope.payload.task_id ?? "";
      expect((await state.tasks.get(parent))?.task.depth).toBe(depth);
    }
    const { error } = await ask(agent, nested(parent));
    const details = { parent_task_id: parent, depth: 3, max_depth: 2 };
    expect(error?.data).toMatchObject({ code: "asap:task/too_deep", details });
    const snapshot = await state.snapshots.get(parent);
    const restored = await ask(agent, restore(parent, snapshot?.id));
    expect(restored.error?.data["code"]).toBe("asap:task/too_deep");
  });

  test("are at the top where the other one is unknown or of another owner", async () => {
    const state = memoryState();
    const agent = counting(state);
    const { taskId } = await ran(agent, state, "count");
    for (const text of [nested("task_elsewhere"), nested("\0"), nested(taskId, stranger)]) {
      const id = (await ask(agent, text)).result?.envelope.payload.task_id ?? "";
      expect((await state.tasks.get(id))?.task.depth).toBe(0);
    }
  });

  test("no limit goes beyond what a task can tell", () => {
    expect(() => counting(memoryState(), { limits: { maxTaskDepth: 11 } })).toThrow(
      expect.objectContaining({ code: "asap:config/invalid_option" }),
    );
  });
});

describe("what a task was asked with", () => {
  const put = async (state: StateStore, request: string) => {
    const at = "2026-01-01T00:00:00Z";
    const task = { id: "task_1", conversation_id: "c", status: "completed" as const, created_at: at, updated_at: at };
    const asked = { envelopeId: null, idempotencyKey: null, request, answer: "{}", deadlineMs: null };
    await state.tasks.put({ task, agent: "urn:asap:agent:server", owner: client, version: 1, lease: null, ...asked });
    await state.snapshots.save({ id: "snap_1", task_id: "task_1", version: 1, data: {}, created_at: at });
  };

  test("and cannot be read is not restored", async () => {
    const state = memoryState();
    await put(state, "{");
    expect((await ask(counting(state), restore("task_1", "snap_1"))).error?.data["code"]).toBe(
      "asap:task/not_resumable",
    );
  });

  test("and does not fit its skill any more is not restored", async () => {
    const state = memoryState();
    await put(state, JSON.stringify(taskRequest({ payload: { skill_id: "count" } }).params.envelope));
    const input = { type: "object", required: ["more"] } as const;
    const run = () => ({});
    const agent = counting(state, { skills: { count: skill({ description: "Counts", resumes: true, input, run }) } });
    expect((await ask(agent, restore("task_1", "snap_1"))).error?.data["code"]).toBe("asap:task/invalid_input");
  });
});

describe("messages about a task", () => {
  test("are kept beside its snapshots, in order, and hide none of them", async () => {
    const state = memoryState();
    const agent = counting(state);
    ask(agent, { payload: { skill_id: "never" } }).catch(() => undefined);
    const taskId = (await state.tasks.list({})).items[0]?.task.id ?? "";
    const at = new Date().toISOString();
    await state.snapshots.save({ id: "snap_own", task_id: taskId, version: 7, data: {}, created_at: at });
    const send = { task_id: taskId, message_id: "msg_1", sender: "someone", role: "user", parts: ["part_1"] };
    const acks = [
      await ask(agent, messageText("MessageSend", send)),
      await ask(agent, messageText("ArtifactNotify", { task_id: taskId, artifact_id: "art_1", name: null })),
    ];
    for (const ack of acks) {
      expect(ack.result?.envelope.payload_type).toBe("MessageAck");
      expect(ack.result?.envelope.payload["status"]).toBe("received");
    }
    const kept = messagesOf(taskId);
    const versions = await state.snapshots.listVersions(kept);
    const all = await Promise.all(versions.map((version) => state.snapshots.get(kept, version)));
    expect(all.map((each) => each?.data)).toMatchObject([
      { message: "MessageSend", envelope: { sender: client, payload: send } },
      { message: "ArtifactNotify", envelope: { payload: { artifact_id: "art_1" } } },
    ]);
    const asked = await ask(agent, messageText("StateQuery", { task_id: taskId }));
    expect(asked.result?.envelope.payload.result).toMatchObject({ snapshot_id: "snap_own", version: 7 });
    const foreign = await ask(agent, messageText("ArtifactNotify", { task_id: taskId, artifact_id: "a" }, stranger));
    expect(foreign.error?.data["code"]).toBe("asap:task/not_found");
  });

  test("that has ended are rejected, and not kept", async () => {
    const state = memoryState();
    const agent = counting(state);
    const { taskId } = await ran(agent, state, "count");
    const send = { task_id: taskId, message_id: "msg_1", sender: "someone", role: "user", parts: [] };
    for (const text of [
      messageText("MessageSend", send),
      messageText("ArtifactNotify", { task_id: taskId, artifact_id: "art_1", name: null }),
    ]) {
      const ack = await ask(agent, text);
      expect(ack.result?.envelope.payload).toMatchObject({ status: "rejected", error: "The task has ended" });
    }
    expect(await state.snapshots.listVersions(messagesOf(taskId))).toEqual([]);
  });
});

describe("nonces of an agent with state", () => {
  const withNonce = (nonce: unknown, more: object = {}) =>
    taskText({ payload: { skill_id: "once" }, envelope: { extensions: { nonce }, ...more } });

  test("are used once among its instances; a repeat of an envelope is answered all the same", async () => {
    const state = memoryState();
    const [one, other] = [counting(state, { nonces: true }), counting(state, { nonces: true })];
    const text = withNonce("n1");
    const first = await ask(one, text);
    expect(first.result?.envelope.payload["status"]).toBe("completed");
    for (const agent of [one, other]) {
      expect((await ask(agent, withNonce("n1"))).error?.data["code"]).toBe("asap:protocol/invalid_nonce");
      expect((await ask(agent, withNonce(""))).error?.data["code"]).toBe("asap:protocol/invalid_nonce");
      expect(await ask(agent, text)).toEqual(first);
    }
    const both = await Promise.all([ask(one, withNonce("n2")), ask(other, withNonce("n2"))]);
    expect(both.filter(({ error }) => error === undefined)).toHaveLength(1);
    const same = withNonce("n3");
    const [reply, repeat] = await Promise.all([ask(one, same), ask(one, same)]);
    expect(repeat).toEqual(reply);
    const elsewhere = counting(state, { id: "urn:asap:agent:another", nonces: true });
    expect((await ask(elsewhere, withNonce("n1"))).error).toBeUndefined();
  });

  test("are refused while the store does not answer, and no work is done", async () => {
    const state = memoryState();
    const cause = new AsapError("asap:state/unavailable", { data: { backend: "memory", reason: "gone" } });
    const nonces = { use: () => Promise.reject(cause) };
    const agent = counting({ ...state, nonces }, { nonces: true });
    await expect(ask(agent, withNonce("n1"))).rejects.toMatchObject({ code: "asap:state/unavailable" });
    expect((await state.tasks.list({})).items).toEqual([]);
  });
});

describe("what a store cannot hold", () => {
  test("fails the task where it is the answer, and is left out where it is progress", async () => {
    const state = memoryState({ maxRecordBytes: 4_096 });
    const run = (_input: object, call: Call) => {
      call.progress(Number.NaN);
      return { text: "x".repeat(5_000) };
    };
    const agent = createAgent({
      id: "urn:asap:agent:server",
      state,
      skills: { echo: skill({ description: "E", run }) },
    });
    const text = taskText();
    const reply = await ask(agent, text);
    expect(reply.error?.code).toBe(-32603);
    const record = (await state.tasks.list({})).items[0];
    expect(record).toMatchObject({ task: { status: "failed", progress: null }, lease: null });
    expect(JSON.parse(record?.answer ?? "")).toEqual(reply);
  });
});

test("a cancellation of a repeat that waits reaches the task itself", async () => {
  const state = memoryState();
  const [one, other] = [counting(state), counting(state)];
  const text = taskText({ payload: { skill_id: "never" } });
  const first = ask(one, text);
  const repeat = ask(other, text);
  const id = JSON.parse(text).params.envelope.id as string;
  await new Promise((resolve) => setTimeout(resolve, 20));
  const cancelled = await ask(other, messageText("TaskCancel", { task_id: id }));
  const { task } = (await state.tasks.list({})).items[0] ?? {};
  expect(cancelled.result?.envelope.payload).toMatchObject({ task_id: task?.id, status: "cancelled" });
  expect(task?.status).toBe("cancelled");
  first.catch(() => undefined);
  repeat.catch(() => undefined);
  await Promise.all([one.close(0), other.close(0)]);
});

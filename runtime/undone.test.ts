import { afterAll, describe, expect, test } from "vitest";
import { memoryState } from "./state/memory.js";
import { messagesOf } from "./state/messages.js";
import { ask, messageText, taskText } from "./testing/asap-request.js";
import { agentOn, closeAgents, Gate, gone, interposed, statusIn } from "./testing/stored-agents.js";

afterAll(closeAgents);

const extensions = { nonce: "used once" };

describe("the nonce of a message that nobody got an answer to", () => {
  test("does not stand in the way of its repeat, only of other messages", async () => {
    const state = memoryState();
    let left = 1;
    const fails = (pass: () => Promise<never>) => (left-- > 0 ? Promise.reject(gone()) : pass());
    const tasks = interposed(state.tasks, { create: fails });
    const agent = agentOn({ ...state, tasks }, new Gate(), { nonces: true });
    const text = taskText({ envelope: { extensions } });
    await expect(agent.receive(text)).rejects.toMatchObject({ code: "asap:state/unavailable" });
    const other = await ask(agent, { envelope: { extensions } });
    expect(other.error?.data["code"]).toBe("asap:protocol/invalid_nonce");
    expect((await ask(agent, text)).result?.envelope.payload["status"]).toBe("completed");
  });

  test("does not, where too many tasks ran", async () => {
    const gate = new Gate();
    const agent = agentOn(memoryState(), gate, { nonces: true, limits: { maxConcurrentTasks: 1 } });
    const first = ask(agent, { payload: { skill_id: "gated" } });
    await gate.begun(1);
    const text = taskText({ envelope: { extensions } });
    await expect(ask(agent, text)).rejects.toMatchObject({ code: "asap:transport/thread_pool_exhausted" });
    gate.end({ done: true });
    await first;
    expect((await ask(agent, text)).result?.envelope.payload["status"]).toBe("completed");
  });
});

test("repeats of messages about tasks at another instance are not refused for their nonce", async () => {
  const state = memoryState();
  const gate = new Gate();
  const one = agentOn(state, gate, { nonces: true });
  ask(one, { payload: { skill_id: "steps" } }).catch(() => undefined);
  await gate.begun(1);
  const task_id = gate.calls[0]?.taskId ?? "";
  const send = { task_id, message_id: "m", sender: "someone", role: "user", parts: [] };
  const text = messageText("MessageSend", send, { extensions: { nonce: "of a message" } });
  const other = agentOn(state, new Gate(), { nonces: true });
  for (const agent of [one, other]) {
    expect((await ask(agent, text)).result?.envelope.payload["status"]).toBe("received");
  }
  expect(await state.snapshots.listVersions(messagesOf(task_id))).toHaveLength(1);
  const cancel = messageText("TaskCancel", { task_id }, { extensions: { nonce: "of a cancellation" } });
  await ask(one, cancel);
  await statusIn(state, task_id, "cancelled");
  expect((await ask(other, cancel)).error?.data["code"]).toBe("asap:task/already_completed");
  expect((await ask(other, text)).result?.envelope.payload["status"]).toBe("received");
});

import { afterAll, describe, expect, test } from "vitest";
import { AsapError } from "../error.js";
import type { LogFields } from "../observe/log.js";
import { ask, client, taskText } from "../testing/asap-request.js";
import { agentOn, closeAgents, Gate, statusIn } from "../testing/stored-agents.js";
import { memoryState } from "./memory.js";
import type { StateStore } from "./state-store.js";

afterAll(closeAgents);

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
      agent: "urn:asap:agent:server",
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

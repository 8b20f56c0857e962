import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { type Agent, createAgent } from "./agent.js";
import { createFetchHandler } from "./index.js";
import { type Skill, skill } from "./skill.js";
import { ask, messageText, type RpcReply, taskRequest, taskText } from "./testing/asap-request.js";
import { openSocket } from "./testing/socket-client.js";
import { serve } from "./transport/node.js";
import type { TaskProgress, UpdateSink } from "./updates.js";

const agentWith = (run: Skill["run"], limits = {}): Agent =>
  createAgent({
    id: "urn:asap:agent:server",
    skills: { echo: { ...skill({ description: "x", run: () => ({}) }), run } },
    limits,
  });

interface Update {
  readonly correlation_id: string;
  readonly extensions: { readonly sequence: number };
  readonly payload_type: string;
  readonly payload: { readonly task_id: string; readonly progress: TaskProgress; readonly status: string };
}

/** A sink that notes what it gets, and is slow when told. */
function sink() {
  const updates: Update[] = [];
  let waiting: Promise<void> | undefined;
  let go: () => void = () => {};
  const own: UpdateSink = {
    push: (frame) => {
      const { result, id } = JSON.parse(frame) as { id: null; result: { envelope: Update } };
      expect(id).toBeNull();
      updates.push(result.envelope);
    },
    ready: () => waiting,
  };
  return {
    ...own,
    updates,
    stall: () => {
      waiting = new Promise((resolve) => {
        go = resolve;
      });
    },
    resume: () => {
      waiting = undefined;
      go();
    },
  };
}

const counting = async function* (input: Record<string, unknown>) {
  for (let step = 1; step <= Number(input["steps"] ?? 3); step += 1) yield { percent: step, part: `part ${step}` };
  return { done: true };
};

describe("a skill that yields", () => {
  test("pushes numbered updates and then answers with what it returns", async () => {
    const agent = agentWith(counting);
    const updates = sink();
    const { result } = await ask(agent, { envelope: { id: "e1" } }, { updates });
    expect(result?.envelope.payload).toMatchObject({ status: "completed", result: { done: true } });
    expect(updates.updates.map(({ extensions }) => extensions.sequence)).toEqual([1, 2, 3]);
    expect(updates.updates[1]).toMatchObject({
      correlation_id: "e1",
      payload_type: "task.update",
      payload: {
        task_id: result?.envelope.payload.task_id,
        update_type: "progress",
        status: "working",
        progress: { percent: 2, part: "part 2" },
      },
    });
  });

  test("answers once where nobody listens, and keeps its progress with the task", async () => {
    const agent = agentWith(counting);
    const { result } = await ask(agent);
    expect(agent.task(String(result?.envelope.payload.task_id))).toMatchObject({ progress: { percent: 3 } });
  });

  test.each([
    ["a number", 5],
    ["a list", []],
    ["null", null],
    ["a percent beyond 100", { percent: 101 }],
    ["a percent that is text", { percent: "5" }],
  ])("fails when it yields %s, and is ended", async (_, yielded) => {
    let ended = false;
    const agent = agentWith(async function* () {
      try {
        yield yielded;
        return {};
      } finally {
        ended = true;
      }
    });
    expect((await ask(agent)).error?.code).toBe(-32603);
    expect(ended).toBe(true);
  });

  test("fails when it throws after updates", async () => {
    const agent = agentWith(async function* () {
      yield { percent: 1 };
      throw new Error("canary");
    });
    const updates = sink();
    expect((await ask(agent, {}, { updates })).error).toMatchObject({ code: -32603 });
    expect(updates.updates).toHaveLength(1);
  });

  test("waits while the listener is too slow", async () => {
    let made = 0;
    const agent = agentWith(async function* () {
      for (; made < 100; made += 1) yield { made };
      return {};
    });
    const updates = sink();
    updates.stall();
    const answer = ask(agent, {}, { updates });
    await wait(20);
    expect(made).toBe(0);
    updates.resume();
    await answer;
    expect(made).toBe(100);
  });

  test("a late progress report of a plain skill is an update too", async () => {
    const agent = agentWith(async (_input: never, call) => {
      call.progress(150, "almost");
      return {};
    });
    const updates = sink();
    await ask(agent, {}, { updates });
    expect(updates.updates[0]?.payload.progress).toEqual({ percent: 100, message: "almost" });
  });
});

describe("a repeat of a request whose task still runs", () => {
  const held = () => {
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let runs = 0;
    const agent = agentWith(async function* (input: Record<string, unknown>) {
      runs += 1;
      const text = "x".repeat(Number(input["size"] ?? 1));
      for (let step = 1; step <= Number(input["before"] ?? 2); step += 1) yield { text };
      await gate;
      yield { text: "after" };
      return { done: true };
    });
    return { agent, release, runs: () => runs };
  };
  const sequences = (updates: readonly Update[]) => updates.map(({ extensions }) => extensions.sequence);

  test("gets the updates so far, those to come, and the same answer; nothing runs twice", async () => {
    const { agent, release, runs } = held();
    const text = taskText();
    const [first, second] = [sink(), sink()];
    const lost = agent.receive(text, { updates: first });
    await wait(10);
    const repeat = agent.receive(text.replace('"id":"req-1"', '"id":"req-2"'), { updates: second });
    release();
    const answer = JSON.parse(await repeat) as RpcReply;
    expect(answer.id).toBe("req-2");
    expect(answer.result?.envelope.id).toBe((JSON.parse(await lost) as RpcReply).result?.envelope.id);
    expect(sequences(second.updates)).toEqual([1, 2, 3]);
    expect(sequences(first.updates)).toEqual([1, 2]);
    expect(runs()).toBe(1);
  });

  test.each([
    [{ before: 300 }, 256],
    [{ before: 10, size: 100_000 }, 2],
  ])("of %j gets the latest %i", async (input, kept) => {
    const { agent, release } = held();
    const text = taskText({ input });
    const answer = agent.receive(text, { updates: sink() });
    await wait(30);
    const second = sink();
    const repeat = agent.receive(text, { updates: second });
    const first = input.before - kept + 1;
    expect(sequences(second.updates)).toEqual(Array.from({ length: kept }, (_, at) => first + at));
    release();
    await Promise.all([answer, repeat]);
  });

  test("acceptance is told for the first and for every repeat, not for what is refused", async () => {
    const agent = agentWith(async () => ({}) as never);
    const accepted = vi.fn();
    const text = taskText({ envelope: { id: "e1" } });
    await ask(agent, text, { accepted });
    await ask(agent, text, { accepted });
    await ask(agent, { envelope: { id: "e2", payload_type: "nope" } }, { accepted });
    await ask(agent, { payload: { skill_id: "nope" }, envelope: { id: "e3" } }, { accepted });
    await ask(agent, { envelope: { id: "e4", timestamp: "2020-01-01T00:00:00Z" } }, { accepted });
    await ask(agent, { envelope: { id: "e5", sender: "nope" } }, { accepted });
    expect(accepted.mock.calls.map(([, id]) => id)).toEqual(["e1", "e1", "e2", "e3"]);
  });
});

describe("task.cancel", () => {
  const cancel = (task_id: string, envelope = {}) =>
    messageText("task.cancel", { task_id, reason: "no more" }, envelope);
  const endless = () => {
    const seen: { signal?: AbortSignal; ended?: boolean } = {};
    const agent = agentWith(async function* (_input: never, call) {
      seen.signal = call.signal;
      try {
        for (;;) {
          await wait(5);
          yield { percent: 1 };
        }
      } finally {
        seen.ended = true;
      }
    });
    return { agent, seen };
  };

  test("aborts the task of the same sender by its id; both are answered cancelled", async () => {
    const { agent, seen } = endless();
    const updates = sink();
    const answer = ask(agent, {}, { updates });
    await vi.waitFor(() => expect(updates.updates.length).toBeGreaterThan(0));
    const taskId = updates.updates[0]?.payload.task_id as string;
    const cancelled = { task_id: taskId, status: "cancelled" };
    expect((await ask(agent, cancel(taskId))).result?.envelope.payload).toMatchObject(cancelled);
    expect((await answer).result?.envelope.payload).toMatchObject(cancelled);
    expect(seen.signal?.reason).toMatchObject({ code: "asap:task/cancelled", data: { reason: "no more" } });
    expect(agent.task(taskId)?.status).toBe("cancelled");
    await vi.waitFor(() => expect(seen.ended).toBe(true));
    expect((await ask(agent, cancel(taskId))).error).toMatchObject({
      code: -32602,
      data: { code: "asap:task/already_completed", details: { task_id: taskId, current_status: "cancelled" } },
    });
  });

  test("takes the id of the request's envelope too, and nobody else's task", async () => {
    const { agent } = endless();
    const answer = ask(agent, { envelope: { id: "request" } });
    const foreign = await ask(agent, cancel("request", { sender: "urn:asap:agent:other" }));
    expect(foreign.error).toMatchObject({ code: -32602, data: { code: "asap:task/not_found" } });
    expect((await ask(agent, cancel("request"))).error).toBeUndefined();
    expect((await answer).result?.envelope.payload).toMatchObject({ status: "cancelled" });
  });
});

describe("a stream over HTTP", () => {
  const accept = "text/event-stream, application/json;q=0.9";
  const eventsOf = (text: string) =>
    text
      .split("\n\n")
      .filter((event) => event.startsWith("data: "))
      .map((event) => JSON.parse(event.slice(6)) as RpcReply);

  const hosts = {
    "serve()": async (agent: Agent) => {
      const server = await serve(agent, { port: 0, rateLimit: "off" });
      return {
        post: (init: RequestInit) => fetch(`${server.url}/asap`, { method: "POST", ...init }),
        [Symbol.asyncDispose]: () => server.close(),
      };
    },
    "createFetchHandler()": async (agent: Agent) => {
      const handle = createFetchHandler(agent, { rateLimit: "off" });
      return {
        post: (init: RequestInit) => handle(new Request("https://edge.example/asap", { method: "POST", ...init })),
        [Symbol.asyncDispose]: async () => {},
      };
    },
  };

  describe.each(Object.entries(hosts))("of %s", (_, hosted) => {
    test("is events: the updates, then the answer", async () => {
      await using host = await hosted(agentWith(counting));
      const response = await host.post({ body: taskText(), headers: { accept } });
      expect(response.headers.get("content-type")).toBe("text/event-stream");
      expect(response.headers.get("cache-control")).toBe("no-store");
      const events = eventsOf(await response.text());
      expect(events.map(({ id }) => id)).toEqual([null, null, null, "req-1"]);
      expect(events.at(-1)?.result?.envelope.payload).toMatchObject({ result: { done: true } });
    });

    test.each([
      ["nothing", undefined],
      ["JSON first", "application/json, text/event-stream;q=0.5"],
      ["no streams", "application/json, text/event-stream;q=0"],
      ["anything", "*/*"],
    ])("is one JSON answer to a caller who accepts %s", async (_name, accepted) => {
      await using host = await hosted(agentWith(counting));
      const response = await host.post({ body: taskText(), ...(accepted && { headers: { accept: accepted } }) });
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(((await response.json()) as RpcReply).result?.envelope.payload).toMatchObject({ result: { done: true } });
    });

    test("is plain JSON where nothing was streamed: faults, and skills that only answer", async () => {
      await using host = await hosted(agentWith(async () => ({ plain: true }) as never));
      for (const body of ["{", taskText({ payload: { skill_id: "nope" } }), taskText()]) {
        const response = await host.post({ body, headers: { accept } });
        expect(response.headers.get("content-type")).toBe("application/json");
      }
    });

    test("goes as fast as it is read", async () => {
      let made = 0;
      const agent = agentWith(async function* () {
        for (; made < 2_000; made += 1) yield { text: "x".repeat(50_000) };
        return {};
      });
      await using host = await hosted(agent);
      const response = await host.post({ body: taskText(), headers: { accept } });
      await wait(200);
      expect(made).toBeLessThan(2_000);
      await response.body?.cancel();
    });

    test("that breaks off leaves the task running, to be asked for again", async () => {
      const agent = agentWith(async function* () {
        yield { percent: 1 };
        await wait(50);
        yield { percent: 2 };
        return { done: true };
      });
      await using host = await hosted(agent);
      const body = JSON.stringify(taskRequest());
      const response = await host.post({ body, headers: { accept } });
      await response.body?.cancel();
      const again = eventsOf(await (await host.post({ body, headers: { accept } })).text());
      expect(again.map(({ id }) => id)).toEqual([null, null, "req-1"]);
    });
  });
});

test("a request repeated on another socket goes on there", async () => {
  const agent = agentWith(async function* () {
    yield { percent: 1 };
    await wait(80);
    yield { percent: 2 };
    return { done: true };
  });
  await using server = await serve(agent, { port: 0, rateLimit: "off" });
  const request = taskRequest({ envelope: { requires_ack: true } });
  await using first = await openSocket(server.url);
  first.send(request);
  await first.find((frame) => frame.id === null);
  first.socket.terminate();
  await using second = await openSocket(server.url);
  second.send(request);
  await second.find((frame) => frame.id === "req-1");
  expect(second.frames.map((frame) => frame.method ?? frame.id)).toEqual(["asap.ack", null, null, "req-1"]);
});

import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { TaskUpdate } from "../../generated/models.js";
import { createAgent } from "../agent.js";
import { connect } from "../client.js";
import { serve } from "../node.js";
import { skill } from "../skill.js";
import { type Move, type Received, scriptedPeer, sent, taskAnswer } from "../testing/scripted-peer.js";

const recipient = "urn:asap:agent:sink";
const events = { "content-type": "text/event-stream; charset=utf-8" };

const event = (frame: string) => `data: ${frame}\n\n`;
function update(request: Received, sequence: number, differences: object = {}): string {
  const envelope = {
    id: `update-${sequence}`,
    asap_version: "0.1",
    sender: recipient,
    recipient: "urn:asap:agent:client",
    payload_type: "TaskUpdate",
    payload: { task_id: "task_1", update_type: "progress", status: "working", progress: { percent: sequence } },
    correlation_id: sent(request).params.envelope.id,
    extensions: { sequence },
    ...differences,
  };
  return event(JSON.stringify({ jsonrpc: "2.0", result: { envelope }, id: null }));
}
const answer = (request: Received) => event(taskAnswer(request).body);

async function readAll(stream: AsyncIterable<TaskUpdate>): Promise<unknown[]> {
  const percents: unknown[] = [];
  for await (const { progress } of stream) percents.push(progress?.percent);
  return percents;
}

const over = async (url: string, options: object = {}) =>
  connect(url, { transport: "http", recipient, retry: { baseMs: 0 }, ...options });

describe("a stream over HTTP", () => {
  test("is asked for by its Accept header, and only there", async () => {
    await using agent = await scriptedPeer(taskAnswer);
    await using peer = await over(agent.url);
    await peer.run("any", {});
    await peer.stream("any", {}).result;
    expect(agent.requests.map(({ headers }) => headers.accept)).toEqual([
      "*/*",
      "text/event-stream, application/json;q=0.9",
    ]);
  });

  test("takes an answer in JSON", async () => {
    await using agent = await scriptedPeer(taskAnswer);
    await using peer = await over(agent.url);
    const stream = peer.stream("any", {});
    expect(await readAll(stream)).toEqual([]);
    expect(await stream.result).toEqual({ ok: true });
  });

  test("gives updates and the answer from server-sent events", async () => {
    await using agent = await scriptedPeer((got) => ({
      headers: events,
      chunks: [": hello\n\n", update(got, 1), update(got, 2) + answer(got).slice(0, 20), answer(got).slice(20)],
    }));
    await using peer = await over(agent.url);
    const stream = peer.stream("any", {});
    expect(await readAll(stream)).toEqual([1, 2]);
    expect(await stream.result).toEqual({ ok: true });
    expect(stream.taskId).toBe("task_1");
  });

  test("that breaks is asked for again with the same envelope, and no update comes twice", async () => {
    await using agent = await scriptedPeer((got): Move => {
      const first = [update(got, 1), update(got, 2)];
      if (got.count === 0) return { headers: events, chunks: first, breaks: true };
      if (got.count === 1) return { headers: events, chunks: first };
      return { headers: events, chunks: [...first, update(got, 3), answer(got)] };
    });
    await using peer = await over(agent.url);
    expect(await readAll(peer.stream("any", {}))).toEqual([1, 2, 3]);
    expect(agent.requests).toHaveLength(3);
    expect(new Set(agent.requests.map(({ text }) => text)).size).toBe(1);
  });

  test("tells plainly when another run answers after a break", async () => {
    const other = { payload: { task_id: "task_2", update_type: "progress", status: "working" } };
    await using agent = await scriptedPeer((got): Move => {
      if (sent(got).params.envelope["payload_type"] === "task.cancel") return taskAnswer(got);
      if (got.count === 0) return { headers: events, chunks: [update(got, 1)], breaks: true };
      return { headers: events, chunks: [update(got, 1, other), answer(got)] };
    });
    await using peer = await over(agent.url);
    await expect(readAll(peer.stream("any", {}))).rejects.toMatchObject({
      code: "asap:transport/stream_interrupted",
      data: { url: agent.url, reason: "another run of the task answered" },
    });
  });

  test("that never has an answer fails as a broken connection", async () => {
    await using agent = await scriptedPeer((got) => ({ headers: events, chunks: [update(got, 1)] }));
    await using peer = await over(agent.url);
    await expect(readAll(peer.stream("any", {}))).rejects.toMatchObject({ code: "asap:transport/connection_failed" });
    expect(agent.requests).toHaveLength(3);
  });

  test("outlives the time of one attempt once it has begun", async () => {
    async function* slowly(got: Received) {
      yield update(got, 1);
      await wait(80);
      yield answer(got);
    }
    await using agent = await scriptedPeer((got) => ({ headers: events, chunks: slowly(got) }));
    await using peer = await over(agent.url, { attemptTimeoutMs: 40 });
    expect(await readAll(peer.stream("any", {}))).toEqual([1]);
    expect(agent.requests).toHaveLength(1);
  });

  test("has a bound for one event, not for all of them", async () => {
    await using agent = await scriptedPeer((got) => ({
      headers: events,
      chunks: [update(got, 1), update(got, 2), update(got, 3), event("x".repeat(2_000))],
    }));
    await using peer = await over(agent.url, { maxResponseBytes: 1_000 });
    await expect(readAll(peer.stream("any", {}))).rejects.toMatchObject({
      code: "asap:transport/invalid_response",
      data: { reason: "an event larger than 1000 characters" },
    });
  });
});

describe("a stream over HTTP from an agent", () => {
  const count = skill({
    description: "Counts",
    async *run(input: { readonly to?: unknown }) {
      for (let n = 1; n <= Number(input.to); n++) yield { percent: n };
      return { counted: input.to };
    },
  });
  const reasons: unknown[] = [];
  const endless = skill({
    description: "Works until it is told to stop",
    async *run(_input: object, call) {
      yield { percent: 1 };
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
      reasons.push(call.signal.reason);
      return {};
    },
  });
  const agent = () => createAgent({ id: "urn:asap:agent:counter", skills: { count, endless } });

  test("gives every update in order", async () => {
    await using server = await serve(agent(), { port: 0, rateLimit: "off" });
    await using peer = await over(server.url);
    const stream = peer.stream("count", { to: 50 });
    expect(await readAll(stream)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    expect(await stream.result).toEqual({ counted: 50 });
  });

  test("that is left cancels the task", async () => {
    await using server = await serve(agent(), { port: 0, rateLimit: "off" });
    await using peer = await over(server.url);
    const stream = peer.stream("endless", {});
    for await (const _update of stream) break;
    expect(reasons).toMatchObject([{ code: "asap:task/cancelled" }]);
    await expect(stream.result).rejects.toMatchObject({ code: "asap:transport/aborted" });
    expect(peer.connection).toMatchObject({ transport: "http", state: { status: "idle" } });
  });
});

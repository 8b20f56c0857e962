import { describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { connectMemory } from "../client.js";
import { skill } from "../skill.js";
import { memoryTransport } from "./memory.js";

const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
const failing = skill({
  description: "Fails",
  run: () => {
    throw new Error("s3cret");
  },
});
const agent = (options: object = {}) =>
  createAgent({ id: "urn:asap:agent:echo-agent", skills: { echo, failing }, ...options });

describe("connectMemory()", () => {
  test("speaks to an agent without a network", async () => {
    await using peer = connectMemory(agent());
    expect(await peer.run("echo", { message: "hi" })).toEqual({ echoed: { message: "hi" } });
    const payload = { conversation_id: "c", skill_id: "echo", input: { n: 1 } };
    expect(await peer.taskRequest(payload)).toMatchObject({ status: "completed", result: { echoed: { n: 1 } } });
    expect(peer.url).toBe("memory:");
  });

  test("writes the agent as recipient and gets its envelope", async () => {
    await using peer = connectMemory(agent());
    const answer = await peer.sendEnvelope({
      id: "own",
      asap_version: "0.1",
      sender: "urn:asap:agent:me",
      recipient: "urn:asap:agent:anyone",
      payload_type: "TaskRequest",
      payload: { conversation_id: "c", skill_id: "echo", input: {} },
    });
    expect(answer).toMatchObject({ sender: "urn:asap:agent:echo-agent", correlation_id: "own" });
  });

  test("tells the agent's errors without their cause", async () => {
    await using peer = connectMemory(agent());
    const error = await peer.run("failing", {}).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "asap:transport/remote_error", data: { jsonrpc_code: -32603 } });
    expect(JSON.stringify(error)).not.toContain("s3cret");
    await expect(peer.run("no-such-skill", {})).rejects.toMatchObject({ data: { jsonrpc_code: -32602 } });
  });

  test("goes by the agent's clock", async () => {
    const past = Date.UTC(2020, 0, 1);
    await using peer = connectMemory(agent({ now: () => past }));
    expect(await peer.run("echo", {})).toEqual({ echoed: {} });
  });

  test("hands the idempotency key over, so a repeat runs nothing", async () => {
    let runs = 0;
    const count = skill({ description: "Counts", run: () => ({ runs: ++runs }) });
    await using peer = connectMemory(agent({ skills: { count } }));
    const envelope = {
      asap_version: "0.1",
      sender: "urn:asap:agent:me",
      recipient: "urn:asap:agent:echo-agent",
      payload_type: "task.request",
      payload: { conversation_id: "c", skill_id: "count", input: {} },
    };
    await peer.sendEnvelope({ ...envelope, id: "same" }, { idempotencyKey: "k" });
    await peer.sendEnvelope({ ...envelope, id: "same" }, { idempotencyKey: "k" });
    expect(runs).toBe(1);
  });

  test("throws what the agent throws once it is closed", async () => {
    const closed = agent();
    await closed.close();
    await using peer = connectMemory(closed);
    await expect(peer.run("echo", {})).rejects.toMatchObject({ code: "asap:transport/shutting_down" });
  });

  test("ends a call when its signal aborts", async () => {
    const controller = new AbortController();
    const slow = skill({
      description: "Never ends",
      run: () => {
        controller.abort("enough");
        return new Promise<never>(() => undefined);
      },
    });
    const busy = agent({ skills: { slow } });
    await using peer = connectMemory(busy);
    await expect(peer.run("slow", {}, { signal: controller.signal })).rejects.toMatchObject({
      code: "asap:transport/aborted",
      cause: "enough",
    });
    await busy.close(0);
  });
});

describe("memoryTransport()", () => {
  test("hands over credentials only when it has some", async () => {
    const contexts: object[] = [];
    const receiver = {
      receive: (text: string, context: object) => {
        contexts.push(context);
        return text;
      },
    };
    const message = {
      envelopeText: "{}",
      envelopeId: "01ENV",
      requiresAck: false,
      id: "req-1",
      idempotencyKey: "k",
      signal: new AbortController().signal,
      timeoutMs: 1,
    };
    await memoryTransport(receiver).send(message);
    await memoryTransport(receiver, "Bearer x").send(message);
    expect(contexts).toEqual([{ idempotencyKey: "k" }, { idempotencyKey: "k", authorization: "Bearer x" }]);
  });
});

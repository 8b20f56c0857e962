import { Type } from "@sinclair/typebox";
import { describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { connect } from "./client.js";
import { healthCheck } from "./discovery/health.js";
import { createManifestCache, discover } from "./discovery/manifest.js";
import { serve } from "./node.js";
import { skill } from "./skill.js";

const echo = skill({
  description: "Echo",
  input: Type.Object({ message: Type.String() }),
  run: (input) => ({ echoed: input }),
});
const agentWith = (skills: Parameters<typeof createAgent>[0]["skills"] = { echo }) =>
  createAgent({ id: "urn:asap:agent:echo-agent", name: "Echo", version: "1.0.0", skills });

describe("the client against the server", () => {
  test("runs a skill, small and compressed, and writes the agent as recipient", async () => {
    const recipients: string[] = [];
    const noting = skill({
      description: "Notes",
      run: (input, call) => {
        recipients.push(call.envelope.recipient);
        return { size: JSON.stringify(input).length };
      },
    });
    await using server = await serve(agentWith({ noting }), { port: 0, rateLimit: "off" });
    await using peer = await connect(server.url, { transport: "http" });
    expect(await peer.run("noting", {})).toEqual({ size: 2 });
    expect(await peer.run("noting", { text: "é".repeat(100_000) })).toEqual({ size: 100_011 });
    expect(recipients).toEqual(["urn:asap:agent:echo-agent", "urn:asap:agent:echo-agent"]);
  });

  test("tells what is wrong with the input, in the agent's words", async () => {
    await using server = await serve(agentWith(), { port: 0, rateLimit: "off" });
    await using peer = await connect(server.url, { transport: "http" });
    await expect(peer.run("echo", { message: 1 })).rejects.toMatchObject({
      code: "asap:transport/remote_error",
      data: { jsonrpc_code: -32602, data: { validation_errors: [expect.objectContaining({ type: "string_type" })] } },
    });
    await expect(peer.run("none", {})).rejects.toMatchObject({ data: { jsonrpc_code: -32602 } });
    await expect(peer.stateQuery({ task_id: "t" })).rejects.toMatchObject({ data: { jsonrpc_code: -32601 } });
  });

  test("asks again who the agent is when it was not there the first time", async () => {
    const recipients: string[] = [];
    const noting = skill({ description: "Notes", run: (_, call) => ({ n: recipients.push(call.envelope.recipient) }) });
    await using server = await serve(agentWith({ noting }), { port: 0, rateLimit: "off" });
    let away = true;
    const fetchLater: typeof fetch = (url, init) =>
      away && String(url).endsWith(".json") ? Promise.reject(new TypeError("refused")) : fetch(url, init);
    await using peer = await connect(server.url, { transport: "http", fetch: fetchLater });
    await peer.run("noting", {});
    away = false;
    await peer.run("noting", {});
    expect(recipients).toEqual(["urn:asap:agent:peer", "urn:asap:agent:echo-agent"]);
  });

  test("runs nothing twice for one idempotency key", async () => {
    let runs = 0;
    const count = skill({ description: "Counts", run: () => ({ runs: ++runs }) });
    await using server = await serve(agentWith({ count }), { port: 0, rateLimit: "off" });
    await using peer = await connect(server.url, { transport: "http" });
    const envelope = {
      id: "same",
      asap_version: "0.1",
      sender: "urn:asap:agent:me",
      recipient: "urn:asap:agent:echo-agent",
      payload_type: "task.request",
      payload: { conversation_id: "c", skill_id: "count", input: {} },
    };
    const first = await peer.sendEnvelope(envelope, { idempotencyKey: "k" });
    expect(await peer.sendEnvelope(envelope, { idempotencyKey: "k" })).toEqual(first);
    expect(runs).toBe(1);
  });

  test("comes back after a rate limit when the server said to (CLIENT-007, CLIENT-018)", async () => {
    await using server = await serve(agentWith(), { port: 0, rateLimit: "1/second" });
    await using peer = await connect(server.url, { transport: "http" });
    await peer.run("echo", { message: "1" });
    expect(await peer.run("echo", { message: "2" })).toEqual({ echoed: { message: "2" } });
  });

  test("gives up at once under a rate limit that outlasts the call (CLIENT-015)", async () => {
    await using server = await serve(agentWith(), { port: 0, rateLimit: "1/hour" });
    await using peer = await connect(server.url, { transport: "http" });
    await peer.run("echo", { message: "1" });
    await expect(peer.run("echo", { message: "2" })).rejects.toMatchObject({
      code: "asap:transport/rate_limited",
      data: { status: 429, limit: "1 per 1 hour", jsonrpc_code: 429 },
    });
  });

  test("reads manifest and health, the manifest again by its entity tag (DISC-002, HEALTH-004)", async () => {
    const clock = { ms: Date.now() };
    const cache = createManifestCache();
    await using server = await serve(agentWith(), { port: 0 });
    const statuses: number[] = [];
    const noting: typeof fetch = async (...args) => {
      const response = await fetch(...args);
      statuses.push(response.status);
      return response;
    };
    const options = { cache, now: () => clock.ms, fetch: noting };
    const manifest = await discover(server.url, options);
    expect(manifest).toMatchObject({ id: "urn:asap:agent:echo-agent", capabilities: { skills: [{ id: "echo" }] } });
    clock.ms += 86_400_001;
    expect(await discover(server.url, options)).toBe(manifest);
    expect(statuses).toEqual([200, 304]);
    expect(await healthCheck(server.url)).toMatchObject({ status: "healthy", agent_id: manifest.id });
  });
});

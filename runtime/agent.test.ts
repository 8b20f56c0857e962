import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { MessageDefinition, ProtocolDefinition } from "../generated/contract.js";
import { protocol } from "../generated/protocol.js";
import { validateHealth } from "../generated/validators/health.js";
import { type AgentOptions, createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { ask, messageText, taskText } from "./testing/asap-request.js";

const id = "urn:asap:agent:server";
const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
const agentWith = (options: Partial<AgentOptions> = {}) => createAgent({ id, skills: { echo }, ...options });

describe("createAgent() refuses", () => {
  const rows: [string, Partial<AgentOptions>, string][] = [
    ["an id that is no URN (URN-004)", { id: "server" }, "id"],
    ["an id in upper case", { id: "urn:asap:agent:Server" }, "id"],
    ["an id with a line break (URN-003)", { id: "urn:asap:agent:server\n" }, "id"],
    ["an id of 257 characters (URN-002)", { id: `urn:asap:agent:${"a".repeat(242)}` }, "id"],
    ["a version PEP 440 does not read (MAN-002)", { version: "latest" }, "version"],
    ["an empty version", { version: "" }, "version"],
    [
      "a scheme other than bearer and basic (MAN-003)",
      { auth: { schemes: ["hmac"], validateToken: () => null } },
      "auth",
    ],
    ["a lifetime of 0 seconds (MAN-004)", { ttlSeconds: 0 }, "ttl_seconds"],
    ["half a second of lifetime (MAN-004)", { ttlSeconds: 1.5 }, "ttl_seconds"],
    ["a handler for no message", { handlers: { taskRequests: () => undefined } as never }, "handlers.taskRequests"],
    [
      "a handler named like a member of every object",
      { handlers: { toString: () => "" } as never },
      "handlers.toString",
    ],
    ["a negative limit", { limits: { maxDepth: -1 } }, "limits.maxDepth"],
    ["a limit that is no number", { limits: { maxTasks: "5" as never } }, "limits.maxTasks"],
    ["nonces remembered for no time", { nonces: { lifetimeMs: 0 } }, "nonces.lifetimeMs"],
    ["a number of nonces that is none", { nonces: { maxEntries: Number.NaN } }, "nonces.maxEntries"],
    ["auth without a validator", { auth: { schemes: ["bearer"] } as never }, "auth.validateToken"],
    ["a limit that is not a number", { limits: { taskTimeoutMs: Number.NaN } }, "limits.taskTimeoutMs"],
  ];
  test.each(rows)("%s and names the option", (_name, options, option) => {
    const named = expect.objectContaining({
      code: "asap:config/invalid_option",
      data: { option, reason: expect.any(String) },
      message: expect.stringContaining(option),
    });
    expect(() => agentWith(options)).toThrow(named);
  });
});

describe("the health of an agent", () => {
  test("HEALTH-002, HEA-002, HEA-003, HEA-008, HEA-009: tells all members, its load live", async () => {
    let ms = 1_000_000;
    let finish = (): void => {};
    const slow = skill({
      description: "Slow",
      run: () =>
        new Promise<Record<string, unknown>>((resolve) => {
          finish = () => resolve({});
        }),
    });
    const agent = agentWith({ skills: { echo: slow }, version: "2.3.4", capabilities: ["own"], now: () => ms });
    ms += 61_900;
    const running = ask(agent);
    const health = agent.health();
    expect(health).toEqual({
      status: "healthy",
      agent_id: id,
      version: "2.3.4",
      asap_version: "1.1.0",
      uptime_seconds: 61,
      capabilities: ["tasks", "idempotency", "metrics", "own"],
      load: { active_tasks: 1, queue_depth: 0 },
    });
    expect(validateHealth(health)).toBe(true);
    finish();
    await running;
    expect(agent.health().load?.active_tasks).toBe(0);
  });
});

describe("closing an agent", () => {
  test("HTTP-016: it takes no new work and lets work under way finish", async () => {
    const slow = skill({
      description: "Slow",
      run: async () => {
        await wait(60);
        return { done: true };
      },
    });
    const agent = agentWith({ skills: { echo: slow } });
    const running = ask(agent);
    const closing = agent.close();
    expect(() => agent.receive(taskText())).toThrow(
      expect.objectContaining({ code: "asap:transport/shutting_down", httpStatus: 503 }),
    );
    expect(agent.health().status).toBe("unhealthy");
    await closing;
    expect((await running).result?.envelope.payload.result).toEqual({ done: true });
    await agent.close();
  });

  test("it ends as soon as the last of its calls has ended, and each of two closes waits", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const finish: (() => void)[] = [];
    const held = skill({
      description: "Held",
      run: () => new Promise<Record<string, unknown>>((resolve) => finish.push(() => resolve({}))),
    });
    const agent = agentWith({ skills: { echo: held } });
    const running = [ask(agent), ask(agent)];
    let closed = 0;
    const closing = [agent.close(), agent.close(Number.POSITIVE_INFINITY)].map((each) => each.then(() => closed++));
    finish[0]?.();
    await running[0];
    expect(closed).toBe(0);
    finish[1]?.();
    await Promise.all(closing);
    expect(vi.getTimerCount()).toBe(0);
    expect((await running[1])?.result).toBeDefined();
  });

  test("a message whose credentials are still being judged begins no work after it", async () => {
    let runs = 0;
    const counted = skill({ description: "Counts", run: () => ({ runs: ++runs }) });
    let accept = (_agent: string) => {};
    const validateToken = () => new Promise<string>((resolve) => (accept = resolve));
    const agent = agentWith({ skills: { echo: counted }, auth: { validateToken } });
    const late = agent.receive(taskText(), { authorization: "Bearer t" });
    await agent.close();
    accept("urn:asap:agent:client");
    await expect(late).rejects.toMatchObject({ code: "asap:transport/shutting_down" });
    expect(runs).toBe(0);
  });

  test("beyond drainMs what is left is aborted with a typed reason, and answered", async () => {
    let reason: unknown;
    let taskId = "";
    const endless = skill({
      description: "Endless",
      run: (_input, call) => {
        taskId = call.taskId;
        call.signal.addEventListener("abort", () => {
          reason = call.signal.reason;
        });
        return new Promise<Record<string, unknown>>(() => {});
      },
    });
    const agent = agentWith({ skills: { echo: endless } });
    const running = ask(agent);
    await agent.close(20);
    expect((await running).error).toEqual({
      code: -32603,
      message: "Internal error",
      data: { error: "Internal server error" },
    });
    expect(reason).toMatchObject({ code: "asap:transport/shutting_down" });
    expect(agent.task(taskId)?.status).toBe("failed");
  });
});

describe("readiness", () => {
  test("messages that arrive while schemas compile are answered after", async () => {
    const typed = skill({ description: "Typed", input: { required: ["a"] }, run: () => ({ ok: true }) });
    const agent = agentWith({ skills: { echo: typed } });
    const early = agent.receive(taskText({ payload: { input: {} } }));
    expect(early).toBeInstanceOf(Promise);
    expect(JSON.parse(await early)).toMatchObject({ error: { code: -32602 } });
    await agent.ready();
    expect(typeof agent.receive(taskText({ payload: { input: { a: 1 } } }))).toBe("string");
  });

  test("without schemas there is nothing to wait for", async () => {
    expect(typeof agentWith().receive(taskText())).toBe("string");
    expect(await agentWith().ready()).toBeUndefined();
  });

  test("an agent without skills knows no task request", async () => {
    expect((await ask(createAgent({ id }))).error?.code).toBe(-32601);
  });
});

describe("another protocol", () => {
  test("adds message types without other code, and its limits count", async () => {
    const ping: MessageDefinition = {
      ...(protocol.messages["StateQuery"] as MessageDefinition),
      name: "XPing",
      method: "xPing",
      emit: "x.ping",
    };
    const extended: ProtocolDefinition = {
      ...protocol,
      messages: { ...protocol.messages, XPing: ping },
      messageOf: (spelling) => (spelling === "x.ping" ? ping : protocol.messageOf(spelling)),
      limits: { ...protocol.limits, max_timestamp_age_seconds: 1 },
    };
    const agent = createAgent({
      id,
      protocol: extended,
      handlers: { xPing: () => ({ task_id: "t", status: "completed" }) } as never,
      now: () => Date.parse("2026-03-01T12:00:02Z"),
    });
    expect((await ask(agent, messageText("x.ping", { task_id: "t" }))).result?.envelope.payload_type).toBe(
      "task.response",
    );
    const old = messageText("x.ping", { task_id: "t" }, { timestamp: "2026-03-01T12:00:00Z" });
    expect((await ask(agent, old)).error?.data["code"]).toBe("asap:protocol/invalid_timestamp");
  });
});

describe("the tasks of an agent", () => {
  test("the latest are remembered, at least half as many as allowed", async () => {
    const agent = agentWith({ limits: { maxTasks: 10 } });
    const ids: string[] = [];
    for (let n = 0; n < 52; n++) ids.push((await ask(agent)).result?.envelope.payload.task_id ?? "");
    expect(new Set(ids).size).toBe(52);
    const known = ids.map((taskId) => agent.task(taskId)?.id === taskId);
    expect(known.slice(-5)).toEqual([true, true, true, true, true]);
    expect(known.filter((each) => each).length).toBeLessThanOrEqual(10);
  });

  test("carry what the request said of them", async () => {
    const now = Date.parse("2026-03-01T12:00:00Z");
    const agent = agentWith({ now: () => now });
    const { result } = await ask(agent, { payload: { conversation_id: "c9", parent_task_id: "p9" } });
    expect(agent.task(result?.envelope.payload.task_id ?? "")).toEqual({
      id: result?.envelope.payload.task_id,
      conversation_id: "c9",
      parent_task_id: "p9",
      status: "completed",
      depth: 0,
      progress: null,
      created_at: "2026-03-01T12:00:00.000Z",
      updated_at: "2026-03-01T12:00:00.000Z",
    });
  });
});

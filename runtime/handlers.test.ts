import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { protocol } from "../generated/protocol.js";
import { loadValidator } from "../generated/validators/index.js";
import { type AgentOptions, createAgent } from "./agent.js";
import type { Call } from "./call.js";
import { skill } from "./skill.js";
import { ask, messageText } from "./testing/asap-request.js";

const agentWith = (handlers: NonNullable<AgentOptions["handlers"]>, more: Partial<AgentOptions> = {}) =>
  createAgent({ id: "urn:asap:agent:server", handlers, ...more });

const failure = { code: -32603, message: "Internal error", data: { error: "Internal server error" } };
const taskResponse = { task_id: "t", status: "completed", result: { by: "handler" } } as const;

describe("handlers for message types", () => {
  test("answer with the typed reply of their message", async () => {
    const agent = agentWith({
      taskRequest: () => taskResponse,
      taskCancel: async ({ task_id, reason }) => ({ task_id, status: "cancelled", result: { reason: reason ?? null } }),
      stateQuery: ({ task_id, version }) => ({ task_id, status: "working", result: { version: version ?? null } }),
      stateRestore: ({ task_id }) => ({ task_id, status: "submitted" }),
      mcpToolCall: ({ request_id, arguments: given }) => ({ request_id, success: true, result: { ...given } }),
      mcpResourceFetch: ({ resource_uri }) => ({ resource_uri, content: {} }),
    });
    const answer = async (type: string, payload: Readonly<Record<string, unknown>>) => {
      const { result, error } = await ask(agent, messageText(type, payload));
      expect(error).toBeUndefined();
      return [result?.envelope.payload_type, result?.envelope.payload];
    };
    const request = { conversation_id: "c", skill_id: "any", input: {} };
    expect(await answer("TaskRequest", request)).toEqual(["task.response", taskResponse]);
    expect(await answer("task.cancel", { task_id: "t", reason: "r" })).toEqual([
      "task.response",
      { task_id: "t", status: "cancelled", result: { reason: "r" } },
    ]);
    expect(await answer("state_query", { task_id: "t", version: -3 })).toEqual([
      "task.response",
      { task_id: "t", status: "working", result: { version: -3 } },
    ]);
    expect(await answer("StateRestore", { task_id: "t", snapshot_id: "s" })).toEqual([
      "task.response",
      { task_id: "t", status: "submitted" },
    ]);
    expect(await answer("mcp_tool_call", { request_id: "r", tool_name: "n", arguments: { a: 1 } })).toEqual([
      "McpToolResult",
      { request_id: "r", success: true, result: { a: 1 } },
    ]);
    expect(await answer("McpResourceFetch", { resource_uri: "u" })).toEqual([
      "McpResourceData",
      { resource_uri: "u", content: {} },
    ]);
  });

  test("ACK-001, MSG-003: without a reply of their own they are acknowledged as processed", async () => {
    const seen: unknown[] = [];
    const note = (payload: unknown) => {
      seen.push(payload);
    };
    const agent = agentWith({ taskUpdate: note, messageSend: note, artifactNotify: note, messageAck: note } as never);
    const payloads: Record<string, Readonly<Record<string, unknown>>> = {
      "task.update": { task_id: "t", update_type: "progress", status: "working", progress: { percent: 5 } },
      MessageSend: { task_id: "t", message_id: "m", sender: "anybody", role: "user", parts: [] },
      ArtifactNotify: { artifact_id: "a", task_id: "t" },
      MessageAck: { original_envelope_id: "e", status: "rejected" },
    };
    const validate = await loadValidator("MessageAck");
    for (const [type, payload] of Object.entries(payloads)) {
      const { result } = await ask(agent, messageText(type, payload, { id: `e-${type}` }));
      expect(result?.envelope.payload_type).toBe("MessageAck");
      expect(result?.envelope.payload).toEqual({ original_envelope_id: `e-${type}`, status: "processed", error: null });
      expect(validate(result?.envelope.payload)).toBe(true);
    }
    expect(seen).toEqual(Object.values(payloads));
  });

  test("ENV-002, ACK-001: an envelope without id is acknowledged by the id that was made for it", async () => {
    const agent = agentWith({ artifactNotify: () => undefined } as never);
    const { result } = await ask(
      agent,
      messageText("ArtifactNotify", { artifact_id: "a", task_id: "t" }, { id: null }),
    );
    expect(result?.envelope.payload["original_envelope_id"]).toBe(result?.envelope["correlation_id"]);
    expect(result?.envelope["correlation_id"]).toMatch(/^[0-9A-Z]{26}$/);
  });

  test("they may reject with an acknowledgement of their own", async () => {
    const rejected = { original_envelope_id: "x", status: "rejected", error: "no" };
    const agent = agentWith({ artifactNotify: () => rejected } as never);
    const { result } = await ask(agent, messageText("ArtifactNotify", { artifact_id: "a", task_id: "t" }));
    expect(result?.envelope.payload).toEqual(rejected);
  });

  const wrong: [string, () => unknown][] = [
    ["nothing where a reply is due", () => undefined],
    ["null where a reply is due", () => null],
    ["another payload", () => ({ canary: 1 })],
    ["a member too many", () => ({ ...taskResponse, canary: 1 })],
    ["a string", () => "canary"],
    ["a wrong reply, later", async () => ({ task_id: 5 })],
  ];
  test.each(wrong)("CODE-003: one that gives %s is answered -32603, generic", async (_name, taskCancel) => {
    const agent = agentWith({ taskCancel } as never);
    expect((await ask(agent, messageText("TaskCancel", { task_id: "t" }))).error).toEqual(failure);
  });

  test("CODE-003: one that throws or outlives its deadline is answered -32603", async () => {
    const thrower = agentWith({
      taskCancel: () => {
        throw new Error("canary");
      },
    });
    expect((await ask(thrower, messageText("TaskCancel", { task_id: "t" }))).error).toEqual(failure);
    const sleeper = agentWith(
      { taskCancel: (_payload, call) => wait(10_000, taskResponse, { signal: call.signal }) },
      { limits: { taskTimeoutMs: 20 } },
    );
    const { error } = await ask(sleeper, messageText("TaskCancel", { task_id: "t" }));
    expect(error?.data["code"]).toBe("asap:task/deadline_exceeded");
  });

  test("they know the envelope; progress is of no task and does nothing", async () => {
    let call: Call | undefined;
    const agent = agentWith({
      taskCancel: (_payload, its) => {
        call = its;
        its.progress(5);
        return taskResponse;
      },
    });
    await ask(agent, messageText("TaskCancel", { task_id: "t" }, { id: "e1" }));
    expect(call).toMatchObject({ taskId: "e1", sender: "urn:asap:agent:client", principal: undefined });
    expect(agent.task("e1")).toBeUndefined();
  });

  test("a handler for task requests goes before the skills", async () => {
    const skills = { echo: skill({ description: "Echo", run: () => ({ by: "skill" }) }) };
    const { result } = await ask(agentWith({ taskRequest: () => taskResponse }, { skills }));
    expect(result?.envelope.payload.result).toEqual({ by: "handler" });
  });
});

describe("payloads", () => {
  const agent = agentWith(
    Object.fromEntries(Object.values(protocol.messages).map(({ method }) => [method, () => undefined])) as never,
  );
  const rows: [string, string, Readonly<Record<string, unknown>>, string, (string | number)[]][] = [
    ["PAY-001", "task.request", { conversation_id: "c", skill_id: "s" }, "missing", ["payload", "input"]],
    [
      "JSON-001",
      "task.request",
      { conversation_id: "c", skill_id: "s", input: {}, x: 1 },
      "extra_forbidden",
      ["payload", "x"],
    ],
    ["JSON-002", "task.request", { conversation_id: "c", skill_id: "s", input: [] }, "dict_type", ["payload", "input"]],
    [
      "PAY-018",
      "task.request",
      { conversation_id: "c", skill_id: "s", input: {}, callback_url: "u" },
      "extra_forbidden",
      ["payload", "callback_url"],
    ],
    [
      "PAY-003",
      "task.update",
      { task_id: "t", update_type: "odd", status: "working" },
      "literal_error",
      ["payload", "update_type"],
    ],
    [
      "PAY-004",
      "task.update",
      { task_id: "t", update_type: "progress", status: "working", progress: { percent: 101 } },
      "less_than_equal",
      ["payload", "progress", "percent"],
    ],
    ["PAY-006", "TaskCancel", {}, "missing", ["payload", "task_id"]],
    [
      "PAY-007",
      "MessageSend",
      { task_id: "t", message_id: "m", sender: "s", role: "user", parts: [5] },
      "string_type",
      ["payload", "parts", 0],
    ],
    ["PAY-008, JSON-007", "StateQuery", { task_id: "t", version: "5" }, "int_type", ["payload", "version"]],
    ["PAY-009", "StateRestore", { task_id: "t" }, "missing", ["payload", "snapshot_id"]],
    ["PAY-010", "ArtifactNotify", { task_id: "t" }, "missing", ["payload", "artifact_id"]],
    [
      "PAY-011",
      "McpToolCall",
      { request_id: "r", tool_name: "n", arguments: "x" },
      "dict_type",
      ["payload", "arguments"],
    ],
    ["PAY-015", "McpResourceFetch", { resource_uri: null }, "string_type", ["payload", "resource_uri"]],
    [
      "PAY-017, ENT-010",
      "MessageAck",
      { original_envelope_id: "e", status: "seen" },
      "literal_error",
      ["payload", "status"],
    ],
  ];
  test.each(rows)("PAY-019, %s: a bad %s is -32602 with its place", async (_id, type, payload, kind, loc) => {
    const { error } = await ask(agent, messageText(type, payload));
    expect(error).toMatchObject({ code: -32602, message: "Invalid params" });
    expect(error?.data["code"]).toBe("asap:protocol/invalid_payload");
    expect(error?.data.error).toMatch(/^Invalid payload for [A-Z][A-Za-z]+$/);
    expect(error?.data.validation_errors).toContainEqual({ type: kind, loc, msg: expect.any(String) });
  });

  test("PAY-019: __proto__ in a payload is refused, for it is a closed object (JSON-010)", async () => {
    const text = messageText("TaskCancel", { task_id: "t" }).replace(
      '"task_id":"t"',
      '"task_id":"t","__proto__":{"a":1}',
    );
    expect((await ask(agent, text)).error?.data.validation_errors).toEqual([
      { type: "extra_forbidden", loc: ["payload", "__proto__"], msg: "Extra inputs are not permitted" },
    ]);
  });
});

describe("payloads that are fine", () => {
  const agent = agentWith({
    taskResponse: () => undefined,
    taskUpdate: () => undefined,
    messageSend: () => undefined,
    mcpToolResult: () => undefined,
    mcpResourceData: () => undefined,
  } as never);
  const update = { task_id: "t", update_type: "input_required", status: "input_required" };
  const rows: [string, string, Readonly<Record<string, unknown>>][] = [
    ["PAY-002: a TaskResponse that is not final", "task.response", { task_id: "", status: "working" }],
    ["PAY-005: an update that asks for input without saying what", "task.update", update],
    ["PAY-004: a percent of true", "task.update", { ...update, progress: { percent: true } }],
    ["PAY-012: a success with an empty result", "McpToolResult", { request_id: "r", success: true, result: {} }],
    ["PAY-013: a failure with an error", "McpToolResult", { request_id: "r", success: false, error: "" }],
    ["PAY-016: a resource with empty content", "McpResourceData", { resource_uri: "", content: {} }],
    [
      "URN-005, PAY-007: a message of a sender that is no URN",
      "MessageSend",
      { task_id: "t", message_id: "m", sender: "me", role: "assistant", parts: ["p"] },
    ],
  ];
  test.each(rows)("%s", async (_name, type, payload) => {
    expect((await ask(agent, messageText(type, payload, { correlation_id: "e" }))).error).toBeUndefined();
  });

  test.each([
    ["PAY-012: a success without result", { request_id: "r", success: true }],
    ["PAY-012: a success with an error", { request_id: "r", success: true, result: {}, error: "x" }],
    ["PAY-013: a failure without error", { request_id: "r", success: false }],
    ["PAY-013: a failure with a result", { request_id: "r", success: false, error: "x", result: {} }],
    ["PAY-014: a result that does not say", { request_id: "r", result: {} }],
  ])("%s is -32602", async (_name, payload) => {
    const { error } = await ask(agent, messageText("mcp_tool_result", payload));
    expect(error?.code).toBe(-32602);
    expect(error?.data.validation_errors?.length).toBeGreaterThan(0);
  });
});

describe("spellings of payload types (wire section 4)", () => {
  const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
  const agent = createAgent({ id: "urn:asap:agent:server", skills: { echo } });
  const payload = { conversation_id: "c", skill_id: "echo", input: {} };

  test.each([
    "task.request",
    "TaskRequest",
    "task_request",
    "TASK_REQUEST",
    "Task-Request",
    "taskrequest",
    "t.a.s.k_request-",
  ])("MSG-001, MSG-002, MSG-004: %s reaches the skills and is answered task.response", async (type) => {
    const { result } = await ask(agent, messageText(type, payload));
    expect(result?.envelope.payload_type).toBe("task.response");
  });

  test.each([
    "task request",
    "task.requests",
    "",
    "x",
    "__proto__",
    "constructor",
    "toString",
    "ｔask.request",
    "StateQuery",
  ])("MSG-005: %j has no handler, -32601 with the payload_type", async (type) => {
    const reply = await ask(agent, messageText(type, {}));
    expect(reply).toEqual({
      jsonrpc: "2.0",
      error: {
        code: -32601,
        message: "Method not found",
        data: { payload_type: type, error: `No handler registered for payload type: ${type}` },
      },
      id: "req-1",
    });
  });

  test("ENV-008: other spellings of a response need no correlation_id", async () => {
    const taker = agentWith({ taskResponse: () => undefined } as never);
    for (const type of ["task.response", "task_response", "TASKRESPONSE"]) {
      expect((await ask(taker, messageText(type, { task_id: "t", status: "working" }))).error).toBeUndefined();
    }
  });

  test("every answer's envelope fits the schema of envelopes", async () => {
    const validate = await loadValidator("Envelope");
    const { result } = await ask(agent);
    expect(validate(result?.envelope)).toBe(true);
  });
});

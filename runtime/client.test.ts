import { describe, expect, expectTypeOf, test } from "vitest";
import type { Envelope, MessageAck, TaskResponse } from "../generated/models.js";
import { connect } from "./client.js";
import { AsapError } from "./error.js";
import { errorAnswer, type Move, type Received, scriptedPeer, sent, taskAnswer } from "./testing/scripted-peer.js";

const recipient = "urn:asap:agent:sink";
const http = { transport: "http", recipient } as const;
const manifestPath = "/.well-known/asap/manifest.json";
const manifest = {
  id: "urn:asap:agent:found",
  name: "F",
  version: "1.0.0",
  description: "",
  capabilities: { asap_version: "0.1" },
  endpoints: { asap: "http://127.0.0.1/asap" },
};
const answering = (request: Received): Move | undefined => (request.path === "/asap" ? taskAnswer(request) : undefined);
const ulidForm = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const request = (peer: { to(path: string): Received[] }, index = 0) => sent(peer.to("/asap")[index] as Received);
const failure = (code: string, data: object = {}) => ({ code, data: expect.objectContaining(data) });

describe("what a peer sends", () => {
  test("is an envelope with every field written, in the order of the protocol (ENV-001, ENV-016, CLIENT-019)", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, { ...http, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) });
    await peer.run("echo", { m: "é" });
    const { jsonrpc, method, params, id } = request(agent);
    expect({ jsonrpc, method, id }).toEqual({ jsonrpc: "2.0", method: "asap.send", id: "req-1" });
    expect(Object.keys(request(agent))).toEqual(["jsonrpc", "method", "params", "id"]);
    expect(Object.entries(params.envelope)).toEqual([
      ["id", expect.stringMatching(ulidForm)],
      ["asap_version", "0.1"],
      ["timestamp", "2026-01-02T03:04:05.006Z"],
      ["sender", "urn:asap:agent:client"],
      ["recipient", recipient],
      ["payload_type", "task.request"],
      ["payload", expect.anything()],
      ["correlation_id", null],
      ["trace_id", null],
      ["requires_ack", false],
      ["extensions", null],
    ]);
    expect(Object.entries(params.envelope.payload)).toEqual([
      ["conversation_id", expect.stringMatching(/^conv_/)],
      ["parent_task_id", null],
      ["skill_id", "echo"],
      ["input", { m: "é" }],
      ["config", null],
    ]);
  });

  test("carries the options of the call", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, { ...http, sender: "urn:asap:agent:me" });
    await peer.run(
      "echo",
      {},
      {
        conversationId: "c1",
        parentTaskId: "t0",
        config: { priority: 1 },
        traceId: "trace",
        correlationId: "before",
        extensions: { nonce: "n" },
        idempotencyKey: "key-1",
        recipient: "urn:asap:agent:other",
      },
    );
    const { envelope, idempotency_key } = request(agent).params;
    expect(envelope).toMatchObject({
      sender: "urn:asap:agent:me",
      recipient: "urn:asap:agent:other",
      trace_id: "trace",
      correlation_id: "before",
      extensions: { nonce: "n" },
      payload: { conversation_id: "c1", parent_task_id: "t0", config: { priority: 1 } },
    });
    expect(idempotency_key).toBe("key-1");
    expect(agent.requests[0]?.headers["x-idempotency-key"]).toBe("key-1");
  });

  test("has the idempotency key in header and params, the same over retries with the same envelope (CLIENT-002)", async () => {
    await using agent = await scriptedPeer((got) => (got.count === 0 ? { status: 503 } : taskAnswer(got)));
    await using peer = await connect(agent.url, { ...http, retry: { baseMs: 0 } });
    await peer.run("echo", {});
    expect(agent.requests).toHaveLength(2);
    expect(agent.requests[1]?.text).toBe(agent.requests[0]?.text);
    const key = request(agent).params.idempotency_key;
    expect(key).toMatch(ulidForm);
    expect(agent.requests.map((got) => got.headers["x-idempotency-key"])).toEqual([key, key]);
  });

  test("has ids, envelope ids and keys that never repeat (CLIENT-019)", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, http);
    await Promise.all(Array.from({ length: 20 }, () => peer.run("echo", {})));
    const all = agent.requests.map(sent);
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set(Array.from({ length: 20 }, (_, n) => `req-${n + 1}`)));
    expect(new Set(all.map(({ params }) => params.envelope.id)).size).toBe(20);
    expect(new Set(all.map(({ params }) => params.idempotency_key)).size).toBe(20);
  });

  test.each(["TaskCancel", "task.cancel", "task_cancel", "TASK-CANCEL"])(
    "spells %s as agents of version 1.1 know it",
    async (name) => {
      await using agent = await scriptedPeer(answering);
      await using peer = await connect(agent.url, http);
      await peer.send(name, { task_id: "t1" });
      expect(request(agent).params.envelope["payload_type"]).toBe("task.cancel");
    },
  );

  test("is nothing when the payload does not fit, and the error names the field", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, http);
    await expect(peer.send("TaskCancel", { task_id: 1 } as never)).rejects.toMatchObject({
      code: "asap:protocol/invalid_payload",
      message: expect.stringContaining("payload.task_id"),
      data: {
        payload_type: "TaskCancel",
        validation_errors: [{ type: "string_type", loc: ["payload", "task_id"], msg: expect.any(String) }],
      },
    });
    expect(agent.requests).toEqual([]);
  });

  test.each([
    ["sender", { sender: "me" }, {}],
    ["recipient", {}, { recipient: "you" }],
  ])("is nothing when the %s is no URN", async (field, options, call) => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, { ...http, ...options });
    await expect(peer.run("echo", {}, call)).rejects.toMatchObject({
      code: "asap:protocol/malformed_envelope",
      message: expect.stringContaining(field),
    });
    expect(agent.requests).toEqual([]);
  });

  test("is nothing for a message nobody knows, a payload JSON cannot hold, or options that cannot be", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, http);
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    await expect(peer.send("no.such", {})).rejects.toMatchObject({ code: "asap:config/invalid_option" });
    await expect(peer.run("echo", circular)).rejects.toMatchObject({ code: "asap:protocol/invalid_payload" });
    await expect(peer.run("echo", {}, { timeoutMs: 0 })).rejects.toMatchObject({ code: "asap:config/invalid_option" });
    await expect(peer.run("echo", {}, { idempotencyKey: "a\nb" })).rejects.toMatchObject({
      code: "asap:config/invalid_option",
    });
    expect(agent.requests).toEqual([]);
  });

  test("goes to the agent of the manifest, which is asked for once (DISC-002)", async () => {
    await using agent = await scriptedPeer((got) =>
      got.path === manifestPath ? { body: JSON.stringify(manifest) } : answering(got),
    );
    await using peer = await connect(`${agent.url}/asap`, { headers: { authorization: "Bearer x" } });
    await Promise.all([peer.run("echo", {}), peer.run("echo", {})]);
    expect(agent.to("/asap").map((got) => sent(got).params.envelope["recipient"])).toEqual([manifest.id, manifest.id]);
    expect(agent.to(manifestPath).map((got) => got.headers.authorization)).toEqual(["Bearer x"]);
  });

  test("goes to a placeholder when the agent has no manifest", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url);
    await peer.run("echo", {});
    await peer.run("echo", {});
    expect(request(agent, 1).params.envelope["recipient"]).toBe("urn:asap:agent:peer");
    expect(agent.to(manifestPath)).toHaveLength(1);
  });
});

describe("what a peer makes of answers", () => {
  test("is the result of a completed task", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, http);
    const result = await peer.run<{ ok: boolean }>("echo", {});
    expect(result).toEqual({ ok: true });
    expectTypeOf(result).toEqualTypeOf<{ ok: boolean }>();
  });

  test("is an empty result for a completed task without one", async () => {
    await using agent = await scriptedPeer((got) => taskAnswer(got, { payload: { result: null } }));
    await using peer = await connect(agent.url, http);
    expect(await peer.run("echo", {})).toEqual({});
  });

  test.each(["failed", "cancelled", "submitted", "working", "input_required"])(
    "is an error for a task that is %s",
    async (status) => {
      await using agent = await scriptedPeer((got) => taskAnswer(got, { payload: { status, result: { why: "x" } } }));
      await using peer = await connect(agent.url, http);
      await expect(peer.run("echo", {})).rejects.toMatchObject({
        code: "asap:task/not_completed",
        data: { task_id: "task_1", status, result: { why: "x" }, final_state: null },
      });
      const payload = { conversation_id: "c", skill_id: "echo", input: {} };
      expect(await peer.taskRequest(payload)).toMatchObject({ status });
    },
  );

  test("is the payload of the reply, typed, for send() and the generated methods", async () => {
    await using agent = await scriptedPeer((got) => {
      const id = sent(got).params.envelope.id;
      const envelope = { payload_type: "MessageAck" };
      const payload = { original_envelope_id: id, status: "received" };
      return taskAnswer(got, { envelope: { ...envelope, payload } });
    });
    await using peer = await connect(agent.url, http);
    const update = { task_id: "t", update_type: "progress", status: "working" } as const;
    const ack = await peer.send("TaskUpdate", update);
    expect(ack.status).toBe("received");
    expectTypeOf(ack).toEqualTypeOf<MessageAck>();
    expect((await peer.taskUpdate(update, { idempotencyKey: "k" })).status).toBe("received");
    expect(request(agent, 1).params.idempotency_key).toBe("k");
    expectTypeOf(peer.taskRequest).returns.resolves.toEqualTypeOf<TaskResponse>();
  });

  test("is nothing for a message that none answers", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url, http);
    expect(await peer.messageAck({ original_envelope_id: "01", status: "processed" })).toBeUndefined();
  });

  test("is the whole envelope for sendEnvelope(), which fills in id and timestamp only", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url);
    const envelope: Envelope = {
      asap_version: "0.2",
      sender: "urn:asap:agent:a",
      recipient: "urn:asap:agent:b",
      payload_type: "TaskRequest",
      payload: { conversation_id: "c", skill_id: "s", input: {} },
    };
    const answer = await peer.sendEnvelope(envelope);
    expect(request(agent).params.envelope).toEqual({
      ...envelope,
      id: expect.stringMatching(ulidForm),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(Object.keys(request(agent).params.envelope).join()).toMatch(/^id,asap_version,timestamp,sender,/);
    expect(answer).toMatchObject({ payload_type: "task.response", correlation_id: request(agent).params.envelope.id });
    const kept = await peer.sendEnvelope({ ...envelope, id: "own", timestamp: null });
    expect(kept.correlation_id).toBe("own");
    await expect(peer.sendEnvelope({ ...envelope, payload: {} })).rejects.toMatchObject({
      code: "asap:protocol/invalid_payload",
    });
  });

  test("is the answer of any type to an envelope the protocol does not know", async () => {
    await using agent = await scriptedPeer((got) =>
      taskAnswer(got, { envelope: { payload_type: "own", payload: { x: 1 } } }),
    );
    await using peer = await connect(agent.url, { transport: "http" });
    const given = { asap_version: "0.1", sender: "urn:asap:agent:a", recipient: "urn:asap:agent:b" };
    const answer = await peer.sendEnvelope({ ...given, payload_type: "own.ask", payload: { y: 1 } });
    expect(answer.payload).toEqual({ x: 1 });
  });

  test.each([
    ["another id", { response: { id: "req-2" } }, "asap:transport/response_mismatch"],
    ["the id as a number", { response: { id: 1 } }, "asap:transport/response_mismatch"],
    ["another correlation_id", { envelope: { correlation_id: "x" } }, "asap:transport/response_mismatch"],
    ["error: null beside the result", { response: { error: null } }, "asap:transport/invalid_response"],
    ["a member too many", { envelope: { zzz: 1 } }, "asap:transport/invalid_response"],
    ["another payload type", { envelope: { payload_type: "McpToolResult" } }, "asap:transport/invalid_response"],
    ["a payload that does not fit", { payload: { status: "done" } }, "asap:transport/invalid_response"],
  ])(
    "is an error, without another attempt, for %s (CLIENT-010, CLIENT-011, CLIENT-012)",
    async (_, difference, code) => {
      await using agent = await scriptedPeer((got) => taskAnswer(got, difference));
      await using peer = await connect(agent.url, http);
      await expect(peer.run("echo", {})).rejects.toMatchObject({ code });
      expect(agent.requests).toHaveLength(1);
    },
  );

  test.each([-32700, -32600, -32601, -32602, -32603])(
    "is the remote error %i, without another attempt (CLIENT-006, CLIENT-017)",
    async (jsonrpc_code) => {
      const data = { error: "Internal server error" };
      await using agent = await scriptedPeer((got) => errorAnswer(got, { code: jsonrpc_code, message: "m", data }));
      await using peer = await connect(agent.url, http);
      await expect(peer.run("echo", {})).rejects.toMatchObject(
        failure("asap:transport/remote_error", { jsonrpc_code, data, url: agent.url }),
      );
      expect(agent.requests).toHaveLength(1);
    },
  );

  test.each(["", null])("is the remote error also under the id %j (CLIENT-016)", async (id) => {
    await using agent = await scriptedPeer((got) => errorAnswer(got, { code: -32603, message: "m" }, { id }));
    await using peer = await connect(agent.url, http);
    await expect(peer.run("echo", {})).rejects.toMatchObject({ code: "asap:transport/remote_error" });
  });

  test("is its own answer for each of many calls at once", async () => {
    await using agent = await scriptedPeer((got) => {
      const { input } = sent(got).params.envelope.payload;
      return taskAnswer(got, { payload: { result: { input } } });
    });
    await using peer = await connect(agent.url, http);
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    const results = await Promise.all(numbers.map((n) => peer.run("echo", { n })));
    expect(results).toEqual(numbers.map((n) => ({ input: { n } })));
  });
});

describe("how a call ends early", () => {
  test("at its timeout, over all attempts (CLIENT-015)", async () => {
    await using agent = await scriptedPeer(() => "hang");
    await using peer = await connect(agent.url, { ...http, timeoutMs: 50 });
    await expect(peer.run("echo", {})).rejects.toMatchObject({
      code: "asap:transport/timeout",
      data: { url: agent.url, timeout_ms: 50 },
      retryable: true,
    });
    await expect(peer.run("echo", {}, { timeoutMs: 60 })).rejects.toMatchObject({ data: { timeout_ms: 60 } });
    expect(agent.requests).toHaveLength(2);
  });

  test("at its timeout while it waits to try again", async () => {
    await using agent = await scriptedPeer(() => ({ status: 503 }));
    const sleep = () => new Promise<never>(() => undefined);
    await using peer = await connect(agent.url, { ...http, timeoutMs: 50, sleep, retry: { baseMs: 1 } });
    await expect(peer.run("echo", {})).rejects.toMatchObject({ code: "asap:transport/timeout" });
  });

  test("at once when its signal aborts, with the reason as cause (CLIENT-015)", async () => {
    const controller = new AbortController();
    await using agent = await scriptedPeer(() => {
      controller.abort(new Error("enough"));
      return "hang";
    });
    await using peer = await connect(agent.url, http);
    const error: unknown = await peer.run("echo", {}, { signal: controller.signal }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(AsapError);
    expect(error).toMatchObject({ code: "asap:transport/aborted", cause: new Error("enough"), retryable: false });
    expect(agent.requests).toHaveLength(1);
  });

  test("before anything is sent when its signal had aborted", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url);
    await expect(peer.run("echo", {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "asap:transport/aborted",
    });
    expect(agent.requests).toEqual([]);
  });

  test("when the peer closes, which may be done twice", async () => {
    let close = async () => {};
    await using agent = await scriptedPeer(() => {
      void close();
      return "hang";
    });
    const peer = await connect(agent.url, http);
    close = peer.close;
    await expect(peer.run("echo", {})).rejects.toMatchObject({
      code: "asap:transport/aborted",
      message: "The peer was closed.",
    });
    await peer.close();
    await expect(peer.run("echo", {})).rejects.toMatchObject({ code: "asap:transport/aborted" });
    expect(agent.requests).toHaveLength(1);
  });
});

describe("connect()", () => {
  test("sends nothing by itself", async () => {
    await using agent = await scriptedPeer(answering);
    await using peer = await connect(agent.url);
    expect(peer.url).toBe(agent.url);
    expect(agent.requests).toEqual([]);
  });

  test.each(["http://agent.example", "http://192.168.0.1/asap"])("refuses %s (CLIENT-004)", async (url) => {
    await expect(connect(url)).rejects.toMatchObject({ code: "asap:transport/insecure_url" });
  });

  test("speaks through the fetch it is given", async () => {
    const asked: string[] = [];
    const answer = async (url: unknown) => {
      asked.push(String(url));
      return new Response("no", { status: 404 });
    };
    await using peer = await connect("https://agent.example/base/", { fetch: answer as typeof fetch });
    await expect(peer.run("echo", {})).rejects.toMatchObject({ code: "asap:transport/http_status" });
    expect(asked).toEqual([`https://agent.example/base${manifestPath}`, "https://agent.example/base/asap"]);
  });
});

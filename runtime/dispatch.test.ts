import { describe, expect, test } from "vitest";
import { type Agent, type AgentOptions, createAgent } from "./agent.js";
import type { LogFields } from "./observe/log.js";
import { skill } from "./skill.js";
import { ask, type Differences, taskText } from "./testing/asap-request.js";

const echo = skill({ description: "Echo", run: (input) => ({ echoed: input }) });
const agentWith = (options: Partial<AgentOptions> = {}): Agent =>
  createAgent({ id: "urn:asap:agent:server", skills: { echo }, ...options });

describe("the order of checks (wire section 6.1)", () => {
  const stale = "2020-01-01T00:00:00Z";
  /** Each adds the fault of one step to a message that has the faults of all later steps. */
  const steps: [step: string, differences: Differences, sign: string][] = [
    ["the payload", { payload: { input: 5 } }, "Invalid payload for TaskRequest"],
    ["the handler", { envelope: { payload_type: "none" } }, "No handler registered for payload type: none"],
    ["the nonce", { envelope: { payload_type: "none", extensions: { nonce: "" } } }, "Invalid envelope nonce"],
    [
      "freshness",
      { envelope: { payload_type: "none", extensions: { nonce: "" }, timestamp: stale } },
      "Invalid envelope timestamp",
    ],
    [
      "the sender's identity",
      { envelope: { payload_type: "none", timestamp: stale, sender: "urn:asap:agent:other" } },
      "Sender does not match authenticated identity",
    ],
    [
      "the envelope",
      { envelope: { payload: [], timestamp: stale, sender: "urn:asap:agent:other" } },
      "Invalid envelope structure",
    ],
    ["the envelope's form", { params: { envelope: "x" } }, "'envelope' must be a JSON object"],
    ["the envelope's presence", { params: { envelope: undefined } }, "Missing 'envelope' in params"],
  ];
  const validateToken = (token: string) => (token === "good" ? "urn:asap:agent:client" : null);

  test.each(steps)("RPC-018: %s is judged before all that come after", async (_step, differences, sign) => {
    const agent = agentWith({ nonces: true, auth: { validateToken } });
    const { id, error } = await ask(agent, { root: { id: 3 }, ...differences }, { authorization: "Bearer good" });
    expect(id).toBe(3);
    expect(error?.data.error).toBe(sign);
    const withoutToken = await ask(agent, differences);
    expect(withoutToken.error?.data).toEqual({ error: "Authentication required", status_code: 401 });
  });

  test("RPC-018: the method is judged before credentials, the structure before the method", async () => {
    const agent = agentWith({ auth: { validateToken } });
    expect((await ask(agent, { root: { method: "x" } })).error?.code).toBe(-32601);
    expect((await ask(agent, { root: { method: "x", more: 1 } })).error?.code).toBe(-32600);
    expect((await ask(agent, { root: { method: "x", more: 1, params: [] } })).error?.code).toBe(-32602);
    expect((await ask(agent, "[]")).error?.code).toBe(-32600);
    expect((await ask(agent, "[")).error?.code).toBe(-32700);
  });

  test("CODE-001: the text of an error is the fixed one of its code", async () => {
    const texts: Record<number, string> = {
      [-32700]: "Parse error",
      [-32600]: "Invalid request",
      [-32601]: "Method not found",
      [-32602]: "Invalid params",
    };
    const messages = ["[", "[]", taskText({ root: { method: "x" } }), ...steps.map(([, each]) => taskText(each))];
    for (const message of messages) {
      const { error } = await ask(agentWith({ nonces: true }), message);
      if (error !== undefined) expect(error.message).toBe(texts[error.code]);
    }
  });
});

describe("too many tasks at once", () => {
  test("more asynchronous work than allowed throws thread_pool_exhausted, and none of it is remembered", async () => {
    const finish: (() => void)[] = [];
    const wait = skill({
      description: "Waits",
      run: () => new Promise<Record<string, unknown>>((resolve) => finish.push(() => resolve({}))),
    });
    const agent = agentWith({ skills: { echo: wait }, limits: { maxConcurrentTasks: 2 } });
    const running = [ask(agent), ask(agent)];
    expect(agent.health().load).toEqual({ active_tasks: 2, queue_depth: 0 });
    const message = taskText({ envelope: { id: "third" } });
    expect(() => agent.receive(message)).toThrow(
      expect.objectContaining({
        code: "asap:transport/thread_pool_exhausted",
        httpStatus: 503,
        data: { max_threads: 2, active_threads: 2 },
      }),
    );
    for (const end of finish) end();
    for (const reply of await Promise.all(running)) expect(reply.result).toBeDefined();
    const third = ask(agent, message);
    finish.at(-1)?.();
    expect((await third).result?.envelope["correlation_id"]).toBe("third");
  });
});

describe("log lines", () => {
  test("name what was received and what became of it, by the request's id (wire section 15.2)", async () => {
    const lines: [string, LogFields][] = [];
    const take = (event: string, fields: LogFields) => lines.push([event, fields]);
    const agent = agentWith({ log: { debug: take, error: take } });
    const { result } = await ask(agent, { envelope: { id: "e1", trace_id: "t1" } });
    expect(lines).toEqual([
      [
        "asap.request.received",
        {
          envelope_id: "e1",
          trace_id: "t1",
          payload_type: "task.request",
          sender: "urn:asap:agent:client",
          recipient: "urn:asap:agent:server",
          authenticated: false,
        },
      ],
      [
        "asap.request.processed",
        {
          envelope_id: "e1",
          response_id: result?.envelope.id,
          trace_id: "t1",
          payload_type: "task.request",
          duration_ms: expect.any(Number),
        },
      ],
    ]);
  });

  test("tell the cause of a failure, which the caller does not learn", async () => {
    const lines: [string, LogFields][] = [];
    const agent = agentWith({
      skills: {
        echo: skill({
          description: "Fails",
          run: () => {
            throw new Error("the cause");
          },
        }),
      },
      log: { error: (event, fields) => lines.push([event, fields]) },
    });
    expect(JSON.stringify(await ask(agent))).not.toContain("the cause");
    expect(lines).toEqual([
      [
        "asap.handler.failed",
        {
          payload_type: "task.request",
          task_id: expect.stringMatching(/^task_/),
          error: expect.objectContaining({ message: "the cause" }),
        },
      ],
    ]);
  });
});

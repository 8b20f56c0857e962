import { Type } from "@sinclair/typebox";
import { describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { AsapError } from "./error.js";
import { type Skill, skill } from "./skill.js";
import { ask } from "./testing/asap-request.js";

const agentWith = (skills: Readonly<Record<string, Skill>>) => createAgent({ id: "urn:asap:agent:server", skills });

/** Runs one skill with an input. */
const runOnce = async (echo: Skill, input: Readonly<Record<string, unknown>> = { message: "hi" }) => {
  const agent = agentWith({ echo });
  const reply = await ask(agent, { payload: { input } });
  return { agent, reply, error: reply.error, result: reply.result?.envelope.payload.result };
};

const failure = { code: -32603, message: "Internal error", data: { error: "Internal server error" } };

const input = Type.Object({ count: Type.Integer({ minimum: 1 }), name: Type.Optional(Type.String()) });
const plainInput = {
  type: "object",
  properties: { count: { type: "integer", minimum: 1 }, name: { type: "string" } },
  required: ["count"],
};

describe.each([
  ["a TypeBox schema", input],
  ["plain JSON Schema", plainInput],
  ["draft-07", { $schema: "http://json-schema.org/draft-07/schema#", ...plainInput }],
])("a skill described by %s", (_name, schema) => {
  const counted = skill({ description: "Counts", input: schema, run: (given) => ({ given }) });

  test("gets input that fits, unchanged, with members the schema does not name", async () => {
    expect((await runOnce(counted, { count: 2, more: [1] })).result).toEqual({ given: { count: 2, more: [1] } });
  });

  test("CODE-006, RPC-017: other input is -32602 with each fault's place under payload.input", async () => {
    const { error } = await runOnce(counted, { count: 0, name: 5 });
    expect(error).toMatchObject({ code: -32602, message: "Invalid params" });
    expect(error?.data).toMatchObject({ error: "Invalid input for skill echo", code: "asap:task/invalid_input" });
    const places = error?.data.validation_errors?.map(({ type, loc }) => [type, ...loc]);
    expect(places).toEqual(
      expect.arrayContaining([
        ["greater_than_equal", "payload", "input", "count"],
        ["string_type", "payload", "input", "name"],
      ]),
    );
    const missing = (await runOnce(counted, { message: undefined })).error;
    expect(missing?.data.validation_errors).toContainEqual({
      type: "missing",
      loc: ["payload", "input", "count"],
      msg: "Field required",
    });
  });
});

describe("input of other drafts and forms", () => {
  test("draft-07 means its keywords: an items list is a tuple", async () => {
    const schema = {
      $schema: "http://json-schema.org/draft-07/schema#",
      properties: { pair: { type: "array", items: [{ type: "string" }, { type: "number" }], additionalItems: false } },
    };
    const pair = skill({ description: "Pair", input: schema, run: () => ({ ok: true }) });
    expect((await runOnce(pair, { pair: ["a", 1] })).result).toEqual({ ok: true });
    expect((await runOnce(pair, { pair: ["a", 1, 2] })).error?.code).toBe(-32602);
  });

  test("formats are checked, unknown keywords are left alone", async () => {
    const schema = { properties: { at: { type: "string", format: "date-time", "x-note": 1 } } };
    const dated = skill({ description: "Dated", input: schema, run: () => ({ ok: true }) });
    expect((await runOnce(dated, { at: "2026-01-01T00:00:00Z" })).result).toEqual({ ok: true });
    expect((await runOnce(dated, { at: "yesterday" })).error?.data.validation_errors?.[0]?.type).toBe("format_error");
  });

  test("a large message gets its first fault told, not all of them", async () => {
    const schema = { additionalProperties: { type: "string" } };
    const strings = skill({ description: "Strings", input: schema, run: () => ({}) });
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n]));
    expect((await runOnce(strings, many)).error?.data.validation_errors).toHaveLength(1);
    expect((await runOnce(strings, { a: 1, b: 2, message: 3 })).error?.data.validation_errors).toHaveLength(3);
  });

  test("the input's __proto__ is own data for the skill and for nobody else (JSON-010)", async () => {
    const agent = agentWith({ echo: skill({ description: "Echo", run: (given) => ({ echoed: given }) }) });
    const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const good = JSON.stringify({
      jsonrpc: "2.0",
      method: "asap.send",
      id: 1,
      params: {
        envelope: {
          asap_version: "0.1",
          sender: "urn:asap:agent:a",
          recipient: "urn:asap:agent:b",
          payload_type: "task.request",
          payload: { conversation_id: "c", skill_id: "echo", input: "INPUT" },
        },
      },
    });
    expect(await agent.receive(good.replace('"INPUT"', text))).toContain(`"result":{"echoed":${text}}`);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("skills that fail", () => {
  class Odd extends Error {
    override get message(): string {
      throw new Error("canary");
    }
  }
  const canary = () => {
    throw new Error("canary");
  };
  const later = "then";
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const rows: [string, () => unknown][] = [
    [
      "throws",
      () => {
        throw new Error("canary");
      },
    ],
    [
      "throws no Error",
      () => {
        throw "canary";
      },
    ],
    [
      "throws undefined",
      () => {
        throw undefined;
      },
    ],
    [
      "throws an error that cannot be read",
      () => {
        throw new Odd();
      },
    ],
    [
      "throws an AsapError of another matter",
      () => {
        throw new AsapError("asap:auth/required", { message: "canary" });
      },
    ],
    ["rejects", () => Promise.reject(new Error("canary"))],
    ["rejects with undefined", () => Promise.reject(undefined)],
    ["answers a string", () => "canary"],
    ["answers a list", () => ["canary"]],
    ["answers a number, later", async () => 5],
    ["answers a BigInt inside", () => ({ canary: 5n })],
    ["answers a cycle", () => cyclic],
    [
      "answers a toJSON that throws",
      () => ({
        toJSON() {
          throw new Error("canary");
        },
      }),
    ],
    ["answers a toJSON that is a list", async () => ({ toJSON: () => ["canary"] })],
    ["answers a function", () => () => "canary"],
    ["answers a thenable that throws", () => Object.fromEntries([[later, canary]])],
    ["answers what cannot be looked at", () => Object.defineProperty({}, later, { get: canary })],
  ];
  test.each(rows)(
    "SKILL-004, CODE-003: one that %s is -32603, generic, and its task has failed",
    async (_name, run) => {
      let taskId = "";
      const echo = skill({
        description: "Fails",
        run: (_input, call) => {
          taskId = call.taskId;
          return run() as Record<string, unknown>;
        },
      });
      const { agent, error } = await runOnce(echo);
      expect(error).toEqual(failure);
      expect(agent.task(taskId)).toMatchObject({ id: taskId, status: "failed", conversation_id: "conv_1", depth: 0 });
    },
  );

  test("SKILL-004: so is output against the skill's own schema, sync and async", async () => {
    const output = Type.Object({ total: Type.Number() });
    const wrong = { total: "canary" } as unknown as { total: number };
    for (const run of [() => wrong, async () => wrong]) {
      expect((await runOnce(skill({ description: "Wrong", output, run }))).error).toEqual(failure);
    }
    const right = skill({ description: "Right", output, run: () => ({ total: 5 }) });
    expect((await runOnce(right)).result).toEqual({ total: 5 });
  });

  test("no output at all is a result of null, unless a schema asks for more", async () => {
    const nothing = () => undefined as unknown as Record<string, unknown>;
    expect((await runOnce(skill({ description: "Nothing", run: nothing }))).result).toBeNull();
    const { error } = await runOnce(skill({ description: "Nothing", output: { type: "object" }, run: nothing }));
    expect(error).toEqual(failure);
  });
});

describe("tasks", () => {
  test("SKILL-001, SKILL-002, SKILL-003, URN-007: a completed one is answered by a TaskResponse and remembered", async () => {
    const { agent, reply } = await runOnce(skill({ description: "Echo", run: (given) => ({ echoed: given }) }));
    const payload = reply.result?.envelope.payload;
    expect(payload).toEqual({
      task_id: expect.stringMatching(/^task_[0-9A-HJKMNP-TV-Z]{26}$/),
      status: "completed",
      result: { echoed: { message: "hi" } },
      final_state: null,
      metrics: null,
    });
    expect(agent.task(payload?.task_id ?? "")).toMatchObject({
      status: "completed",
      parent_task_id: null,
      progress: null,
    });
    expect(agent.task("task_none")).toBeUndefined();
  });

  test("CODE-006: an unknown skill is -32602 and the known ones are named", async () => {
    const agent = agentWith({ echo: skill({ description: "Echo", run: (given) => given }) });
    for (const skill_id of ["none", "", "Echo", "__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const { error } = await ask(agent, { payload: { skill_id } });
      expect(error?.code).toBe(-32602);
      expect(error?.data).toEqual({
        error: `Unknown skill: ${skill_id}`,
        code: "asap:task/unknown_skill",
        validation_errors: [
          { type: "literal_error", loc: ["payload", "skill_id"], msg: 'Input should be one of "echo"' },
        ],
      });
    }
    const { error } = await ask(agentWith({}), { payload: { skill_id: "x".repeat(1_000_000) } });
    expect(error?.data.validation_errors?.[0]?.msg).toBe("Input should be one of no skill at all");
    expect(JSON.stringify(error).length).toBeLessThan(1_000);
  });

  test("a skill may be named like a member of every object", async () => {
    const skills = Object.fromEntries(
      ["__proto__", "constructor", "toString"].map((id) => [id, skill({ description: id, run: () => ({ id }) })]),
    );
    for (const skill_id of Object.keys(skills)) {
      const reply = await ask(agentWith(skills), { payload: { skill_id } });
      expect(reply.result?.envelope.payload.result).toEqual({ id: skill_id });
    }
  });
});

describe("skill()", () => {
  test.each([0, -1, Number.NaN])("refuses a timeoutMs of %s", (timeoutMs) => {
    expect(() => skill({ description: "x", timeoutMs, run: (given) => given })).toThrow(
      expect.objectContaining({
        code: "asap:config/invalid_option",
        data: { option: "timeoutMs", reason: "must be a number of milliseconds above 0" },
      }),
    );
  });
});

import { describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { ask, type Differences, taskRequest, taskText } from "./testing/asap-request.js";

const agent = createAgent({
  id: "urn:asap:agent:server",
  skills: { echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }) },
});

/** A good request whose id is written as given. */
const withId = (idText: string): string => taskText({ root: { id: "ID" } }).replace('"ID"', idText);

/** The id of the answer, as text. */
const idOf = (answer: string): string | undefined => /"id":("(?:[^"\\]|\\.)*"|[^"}]*)\}$/.exec(answer)?.[1];

describe("faults of the JSON-RPC structure (wire section 6.2)", () => {
  test.each([
    ["empty", ""],
    ["white space", "  \n"],
    ["truncated", '{"jsonrpc":"2.0"'],
    ["two documents", `${taskText()}${taskText()}`],
    ["a trailing comma", '{"jsonrpc":"2.0",}'],
    ["single quotes", "{'jsonrpc':'2.0'}"],
    ["a NUL byte", `\0${taskText()}`],
    ["a NUL byte at the end", `${taskText()}\0`],
    ["a bare control character within a string", taskText().replace("hi", "h\u0001i")],
    ["the literal NaN", taskText().replace('"hi"', "NaN")],
    ["the literal -Infinity", taskText().replace('"hi"', "-Infinity")],
    ["a comment", `/* */${taskText()}`],
    ["an unknown escape", taskText().replace("hi", "\\x41")],
    ["a number with a leading zero", taskText().replace('"hi"', "01")],
  ])("PARSE-001: %s is no JSON, answered -32700 with id null", async (_name, text) => {
    const { id, error, jsonrpc } = await ask(agent, text);
    expect(jsonrpc).toBe("2.0");
    expect(id).toBeNull();
    expect(error).toMatchObject({ code: -32700, message: "Parse error" });
    expect(error?.data.error).toMatch(/^Invalid JSON: /);
  });

  test("PARSE-002: a byte order mark is a parse error that is named", async () => {
    const { id, error } = await ask(agent, `\ufeff${taskText()}`);
    expect({ id, code: error?.code }).toEqual({ id: null, code: -32700 });
    expect(error?.data.error).toBe("Invalid JSON: unexpected byte order mark");
  });

  test.each([
    [`[${taskText()}]`, "list"],
    ["[]", "list"],
    ['"text"', "str"],
    ["5", "int"],
    ["5.5", "float"],
    ["true", "bool"],
    ["null", "NoneType"],
  ])("RPC-013: batches, scalars and null are refused with their type (%#)", async (text, received_type) => {
    expect(await ask(agent, text)).toEqual({
      jsonrpc: "2.0",
      error: {
        code: -32600,
        message: "Invalid request",
        data: { error: "JSON-RPC request must be an object", received_type },
      },
      id: null,
    });
  });

  const structure: [string, Differences["root"], string, (string | number)[]][] = [
    ["RPC-003: jsonrpc absent", { jsonrpc: undefined }, "missing", ["jsonrpc"]],
    ["RPC-003: jsonrpc 1.0", { jsonrpc: "1.0" }, "literal_error", ["jsonrpc"]],
    ["RPC-003: jsonrpc a number", { jsonrpc: 2 }, "literal_error", ["jsonrpc"]],
    ["method absent", { method: undefined }, "missing", ["method"]],
    ["method a number", { method: 5 }, "string_type", ["method"]],
    ["RPC-019: params absent", { params: undefined }, "missing", ["params"]],
    ["RPC-006: a further member", { extra: 1 }, "extra_forbidden", ["extra"]],
  ];
  test.each(structure)("%s is -32600 with the request's id and the fault (RPC-016, RPC-017)", async (...row) => {
    const [, root, type, loc] = row;
    const { id, error } = await ask(agent, { root: { id: 7, ...root } });
    expect(id).toBe(7);
    expect(error).toMatchObject({ code: -32600, message: "Invalid request" });
    expect(error?.data.error).toBe("Invalid JSON-RPC structure");
    expect(error?.data.validation_errors).toEqual([{ type, loc, msg: expect.any(String) }]);
  });

  test("RPC-017: several faults are told together, without the offending values", async () => {
    const { error } = await ask(agent, { root: { jsonrpc: "canary", method: undefined, more: "canary" } });
    expect(error?.data.validation_errors?.map(({ type, loc }) => [type, ...loc]).sort()).toEqual([
      ["extra_forbidden", "more"],
      ["literal_error", "jsonrpc"],
      ["missing", "method"],
    ]);
    expect(JSON.stringify(error)).not.toContain("canary");
  });

  test.each([
    ["null", null],
    ["an array", []],
    ["a string", "text"],
    ["a number", 5],
  ])("RPC-007: params that are %s are -32602, also beside other faults", async (_name, params) => {
    for (const root of [{}, { jsonrpc: "1.0", method: 5, extra: true }]) {
      const { id, error } = await ask(agent, JSON.stringify({ ...taskRequest(), ...root, params }));
      expect(id).toBe("req-1");
      expect(error).toMatchObject({ code: -32602, message: "Invalid params" });
      expect(error?.data.error).toBe("JSON-RPC 'params' must be an object");
      expect(error?.data.validation_errors?.some(({ loc }) => loc[0] === "params")).toBe(true);
    }
  });

  test.each(["ASAP.SEND", "asap.send ", "asap.ack", "rpc.discover", "", "toString", "__proto__"])(
    "RPC-001, RPC-002: the method %j is -32601 with the method in data",
    async (method) => {
      expect(await ask(agent, { root: { method } })).toEqual({
        jsonrpc: "2.0",
        error: { code: -32601, message: "Method not found", data: { method } },
        id: "req-1",
      });
    },
  );

  test.each([
    ["absent", { envelope: undefined }],
    ["null", { envelope: null }],
  ])("RPC-008: an envelope that is %s is -32602", async (_name, params) => {
    const { id, error } = await ask(agent, { params });
    expect(id).toBe("req-1");
    expect(error).toEqual({ code: -32602, message: "Invalid params", data: { error: "Missing 'envelope' in params" } });
  });

  test.each([["text"], [5], [[]], [true]])("RPC-009: an envelope that is %j is -32602", async (envelope) => {
    const { error } = await ask(agent, { params: { envelope } });
    expect(error?.code).toBe(-32602);
    expect(error?.data).toEqual({ error: "'envelope' must be a JSON object" });
  });

  test("RPC-012: members of params beside envelope are ignored", async () => {
    const reply = await ask(agent, { params: { idempotency_key: 5, more: [], ["__proto__"]: 1 } });
    expect(reply.result?.envelope.payload_type).toBe("task.response");
  });
});

describe("the id of a request", () => {
  test.each([
    '"req-1"',
    '""',
    '"\\"quoted\\" \\\\ and \\u00e9☃😀"',
    '"\\ud800"',
    "0",
    "-7",
    "-0",
    "9007199254740991",
    "9007199254740993",
    "1180591620717411303424",
    "-1180591620717411303425",
    `1${"0".repeat(99)}`,
  ])("RPC-004: %s is repeated with its type and value", async (idText) => {
    const answer = await agent.receive(withId(idText));
    expect(answer).toContain('"result"');
    const repeated = idOf(answer) ?? "";
    expect(idText.startsWith('"') ? JSON.parse(repeated) : repeated).toEqual(
      idText.startsWith('"') ? JSON.parse(idText) : idText,
    );
    expect(answer).not.toMatch(/\p{Surrogate}/u);
  });

  test("RPC-004: it is repeated in errors too, however large", async () => {
    const text = withId("1180591620717411303424").replace("asap.send", "other");
    expect(idOf(await agent.receive(text))).toBe("1180591620717411303424");
    expect(idOf(await agent.receive(withId("1180591620717411303424").replace("2.0", "1.0")))).toBe(
      "1180591620717411303424",
    );
  });

  test.each(["1.0", "1e2", "1E+2", "-0.0", "1.5", "1e400", "true", "false", "null", "{}", '{"id":1}', "[]", "[1]"])(
    "RPC-005: %s is refused with -32600 and id null",
    async (idText) => {
      const { id, error } = await ask(agent, withId(idText));
      expect({ id, code: error?.code }).toEqual({ id: null, code: -32600 });
      expect(error?.data.validation_errors?.[0]?.loc).toEqual(["id"]);
    },
  );

  test("RPC-005: absent, it is refused with -32600 and id null", async () => {
    const { id, error } = await ask(agent, { root: { id: undefined } });
    expect({ id, code: error?.code }).toEqual({ id: null, code: -32600 });
    expect(error?.data.validation_errors).toEqual([{ type: "missing", loc: ["id"], msg: "Field required" }]);
  });

  test("RPC-004: members named id further inside do not confuse it", async () => {
    const input = { id: 3, nested: { id: 4, list: [{ id: 5 }] }, text: '"id":6,' };
    const text = taskText({ input, root: { id: "ID" } }).replace('"ID"', "18446744073709551616");
    expect(idOf(await agent.receive(text))).toBe("18446744073709551616");
    const first = `{"id":18446744073709551617,${taskText({ input, root: { id: undefined } }).slice(1)}`;
    expect(idOf(await agent.receive(first))).toBe("18446744073709551617");
  });

  test("JSON-009: of two ids the last one counts, also spelled with an escape", async () => {
    const twice = (first: string, second: string) => withId(first).replace(/\}$/, `,"\\u0069d":${second}}`);
    expect(idOf(await agent.receive(twice("1", "18446744073709551616")))).toBe("18446744073709551616");
    expect(idOf(await agent.receive(twice("18446744073709551616", "2")))).toBe("2");
    expect((await ask(agent, twice("5", "1.0"))).error?.code).toBe(-32600);
    expect(idOf(await agent.receive(twice("1.0", "5")))).toBe("5");
  });

  test("PARSE-005: a huge id beside megabytes of text is still repeated exactly", async () => {
    const text = taskText({ input: { long: 'x\\"'.repeat(2_000_000) }, root: { id: "ID" } });
    const answer = await agent.receive(text.replace('"ID"', "18446744073709551616"));
    expect(idOf(answer)).toBe("18446744073709551616");
    const many = taskText({ input: { list: "LIST" }, root: { id: "ID" } });
    const list = await agent.receive(
      many.replace('"LIST"', `[${"0,".repeat(4_000_000)}0]`).replace('"ID"', "18446744073709551616"),
    );
    expect(idOf(list)).toBe("18446744073709551616");
  });
});

describe("JSON text", () => {
  test("JSON-009: of equal member names the last one counts at every level, for all stages", async () => {
    const text = taskText({ input: { message: "first" } })
      .replace('"method":"asap.send"', '"method":"other","meth\\u006fd":"asap.send"')
      .replace('"skill_id":"echo"', '"skill_id":"none","skill_id":"echo"')
      .replace('"message":"first"', '"message":"first","message":"last"');
    const reply = await ask(agent, text);
    expect(reply.result?.envelope.payload.result["echoed"]).toEqual({ message: "last" });
    const wrong = taskText().replace('"skill_id":"echo"', '"skill_id":"echo","skill_id":"none"');
    expect((await ask(agent, wrong)).error?.code).toBe(-32602);
  });

  test("nesting of 100 levels is echoed", async () => {
    const deep = `${"[".repeat(100)}${"]".repeat(100)}`;
    const reply = await agent.receive(taskText().replace('"hi"', deep));
    expect(reply).toContain(`"message":${deep}`);
  });

  test.each([
    ["arrays", "[", "]"],
    ["objects", '{"a":', "}"],
  ])("PARSE-005: 1,000,000 levels of %s are refused, closed or not", async (_name, open, close) => {
    for (const levels of [2_100, 5_000, 1_000_000]) {
      const deep = `${open.repeat(levels)}1${close.repeat(levels)}`;
      for (const text of [deep, open.repeat(levels), taskText().replace('"hi"', deep)]) {
        const { id, error } = await ask(agent, text);
        expect({ id, code: error?.code }).toEqual({ id: null, code: -32600 });
        expect(error?.data.error).toBe("JSON is nested deeper than 1000 levels");
      }
    }
  });

  test("the depth limit is an option, and brackets within strings do not count", async () => {
    const shallow = createAgent({
      id: "urn:asap:agent:server",
      skills: { echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }) },
      limits: { maxDepth: 10 },
    });
    for (const a of ["[".repeat(20), `"${"[".repeat(20)}`, `\\"${"[".repeat(20)}`, `\\\\${"{".repeat(20)}\\`]) {
      expect((await ask(shallow, taskText({ input: { a } }))).result).toBeDefined();
    }
    const codeAt = async (levels: number) =>
      (await ask(shallow, taskText().replace('"hi"', `${"[".repeat(levels)}1${"]".repeat(levels)}`))).error?.code;
    expect([await codeAt(5), await codeAt(6)]).toEqual([undefined, -32600]);
  });

  test("lone surrogates travel as escapes, so that the answer is well-formed", async () => {
    const text = taskText().replace('"hi"', '"a\\ud800b","\\udc00":"\\ud83d\\ude00"');
    const answer = await agent.receive(text);
    expect(answer).toContain('"message":"a\\ud800b","\\udc00":"😀"');
    const type = await agent.receive(taskText().replace("task.request", "x\\ud800"));
    expect(type).toContain('"payload_type":"x\\ud800"');
  });

  test("JSON-008, RPC-014, RPC-015: answers are compact, in a fixed order, with either result or error", async () => {
    const good = await agent.receive(taskText({ input: { message: "é☃" } }));
    expect(good).toMatch(/^\{"jsonrpc":"2\.0","result":\{"envelope":\{"id":"[0-9A-Z]{26}","asap_version":"0\.1"/);
    expect(good).toMatch(/"requires_ack":false,"extensions":null\}\},"id":"req-1"\}$/);
    expect(good).toContain('{"message":"é☃"}');
    expect(Object.keys(JSON.parse(good))).toEqual(["jsonrpc", "result", "id"]);
    const bad = await agent.receive(taskText({ root: { method: "x" } }));
    expect(bad).toBe(
      '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found","data":{"method":"x"}},"id":"req-1"}',
    );
  });
});

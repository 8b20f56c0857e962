import { describe, expect, test } from "vitest";
import type { ValidationError } from "../generated/contract.js";
import { createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { ask, type Differences } from "./testing/asap-request.js";
import { describeIssues, issuesOf, pointerToPath } from "./validation.js";

const error = (keyword: string, params: Record<string, unknown> = {}, instancePath = ""): ValidationError => ({
  keyword,
  instancePath,
  schemaPath: "",
  params,
});

describe("issuesOf()", () => {
  test.each([
    ["type", { type: "string" }, "string_type"],
    ["type", { type: "integer" }, "int_type"],
    ["type", { type: "number" }, "float_type"],
    ["type", { type: "boolean" }, "bool_type"],
    ["type", { type: "object" }, "dict_type"],
    ["type", { type: "array" }, "list_type"],
    ["type", { type: "null" }, "type_error"],
    ["type", { type: ["string", "null"] }, "string_type"],
    ["type", { type: "object,null" }, "dict_type"],
    ["type", { type: ["string", "integer"] }, "type_error"],
    ["enum", { allowedValues: ["a", 1] }, "literal_error"],
    ["enum", {}, "literal_error"],
    ["const", { allowedValue: "2.0" }, "literal_error"],
    ["discriminator", { tag: "type" }, "union_tag_invalid"],
    ["oneOf", {}, "union_error"],
    ["not", {}, "value_error"],
    ["pattern", { pattern: "^a$" }, "string_pattern_mismatch"],
    ["format", { format: "uri" }, "format_error"],
    ["minLength", { limit: 1 }, "string_too_short"],
    ["maxLength", { limit: 1 }, "string_too_long"],
    ["minItems", { limit: 1 }, "too_short"],
    ["maxItems", { limit: 1 }, "too_long"],
    ["minimum", { limit: 1 }, "greater_than_equal"],
    ["maximum", { limit: 1 }, "less_than_equal"],
    ["exclusiveMinimum", { limit: 1 }, "greater_than"],
    ["exclusiveMaximum", { limit: 1 }, "less_than"],
    ["uniqueItems", {}, "value_error"],
  ])("RPC-017: a fault of %s %j is told as %s", (keyword, params, type) => {
    expect(issuesOf([error(keyword, params, "/a/0")])).toEqual([{ type, loc: ["a", 0], msg: expect.any(String) }]);
  });

  test("members that are missing or too many belong to the place", () => {
    const faults = [
      error("required", { missingProperty: "id" }, "/envelope"),
      error("additionalProperties", { additionalProperty: "a/b" }, "/envelope"),
      error("unevaluatedProperties", { unevaluatedProperty: "x" }),
    ];
    expect(issuesOf(faults, ["root", 3])).toEqual([
      { type: "missing", loc: ["root", 3, "envelope", "id"], msg: "Field required" },
      { type: "extra_forbidden", loc: ["root", 3, "envelope", "a/b"], msg: "Extra inputs are not permitted" },
      { type: "extra_forbidden", loc: ["root", 3, "x"], msg: "Extra inputs are not permitted" },
    ]);
  });

  test("a wrapper is told only where nothing inside it says more", () => {
    expect(issuesOf([error("anyOf"), error("type", { type: "string" })]).map(({ type }) => type)).toEqual([
      "string_type",
    ]);
    expect(issuesOf([error("anyOf")])).toHaveLength(1);
  });

  test("there are at most 20, and none without errors", () => {
    const many = Array.from({ length: 50 }, (_, n) => error("type", { type: "string" }, `/${n}`));
    expect(issuesOf(many)).toHaveLength(20);
    expect(issuesOf(many, [], 3)).toHaveLength(3);
    expect(issuesOf(null)).toEqual([]);
    expect(issuesOf(undefined)).toEqual([]);
  });
});

describe("pointerToPath()", () => {
  test("splits, unescapes and tells positions from names", () => {
    expect(pointerToPath("")).toEqual([]);
    expect(pointerToPath("/a~1b/~0/0/12/01/")).toEqual(["a/b", "~", 0, 12, "01", ""]);
    expect(pointerToPath("/~01")).toEqual(["~1"]);
  });
});

describe("describeIssues()", () => {
  test("names the first places and counts the rest", () => {
    const issue = (name: string) => ({ type: "missing", loc: name === "" ? [] : [name, 0], msg: "Field required" });
    expect(describeIssues([issue("a"), issue("")])).toBe("a.0: Field required; document: Field required");
    expect(describeIssues(["a", "b", "c", "d", "e"].map(issue))).toMatch(/c\.0: Field required; and 2 more$/);
  });
});

const agent = createAgent({
  id: "urn:asap:agent:server",
  skills: { echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }) },
});
const long = (length: number): string => `urn:asap:agent:${"a".repeat(length - 15)}`;

describe("faults of the envelope (wire section 2)", () => {
  const rows: [string, Differences["envelope"], string, (string | number)[]][] = [
    ["ENV-001: asap_version absent", { asap_version: undefined }, "missing", ["asap_version"]],
    ["ENV-001: sender absent", { sender: undefined }, "missing", ["sender"]],
    ["ENV-001: recipient absent", { recipient: undefined }, "missing", ["recipient"]],
    ["ENV-001: payload_type absent", { payload_type: undefined }, "missing", ["payload_type"]],
    ["ENV-001: payload absent", { payload: undefined }, "missing", ["payload"]],
    ["JSON-001: a further member", { canary: 1 }, "extra_forbidden", ["canary"]],
    ["JSON-002: payload an array", { payload: [] }, "dict_type", ["payload"]],
    ["JSON-002: extensions a string", { extensions: "x" }, "dict_type", ["extensions"]],
    ["ENV-010: extensions an array", { extensions: [] }, "dict_type", ["extensions"]],
    ["JSON-004, ENV-009: requires_ack null", { requires_ack: null }, "bool_type", ["requires_ack"]],
    ["JSON-007, ENV-009: requires_ack yes", { requires_ack: "yes" }, "bool_type", ["requires_ack"]],
    ["JSON-007: requires_ack 1", { requires_ack: 1 }, "bool_type", ["requires_ack"]],
    ["a number as id", { id: 5 }, "string_type", ["id"]],
    ["a number as trace_id", { trace_id: 5 }, "string_type", ["trace_id"]],
    ["JSON-007: a number as timestamp", { timestamp: 1_700_000_000 }, "string_type", ["timestamp"]],
    ["JSON-007: a number in a string", { timestamp: "1700000000" }, "string_pattern_mismatch", ["timestamp"]],
    ["URN-001: a URN in upper case", { sender: "urn:asap:agent:Client" }, "string_pattern_mismatch", ["sender"]],
    ["URN-001: three segments", { sender: "urn:asap:agent:a:b:c" }, "string_pattern_mismatch", ["sender"]],
    ["URN-001: an empty segment", { sender: "urn:asap:agent:a:" }, "string_pattern_mismatch", ["sender"]],
    ["URN-001: not ASCII", { recipient: "urn:asap:agent:é" }, "string_pattern_mismatch", ["recipient"]],
    ["URN-003: a line break", { sender: "urn:asap:agent:client\n" }, "string_pattern_mismatch", ["sender"]],
    ["URN-002: 257 characters", { sender: long(257) }, "string_too_long", ["sender"]],
    ["URN-004: no URN", { recipient: "server" }, "string_pattern_mismatch", ["recipient"]],
    ["ENV-007: a TaskResponse", { payload_type: "TaskResponse" }, "missing", ["correlation_id"]],
    ["ENV-007: a McpToolResult", { payload_type: "McpToolResult" }, "missing", ["correlation_id"]],
    [
      "ENV-007: null on a McpResourceData",
      { payload_type: "McpResourceData", correlation_id: null },
      "string_type",
      ["correlation_id"],
    ],
    [
      "ENV-007: an empty one",
      { payload_type: "TaskResponse", correlation_id: "" },
      "string_too_short",
      ["correlation_id"],
    ],
  ];
  test.each(rows)("RPC-010, RPC-011: %s is -32602", async (_name, envelope, type, loc) => {
    const { id, error } = await ask(agent, { envelope: envelope ?? {} });
    expect(id).toBe("req-1");
    expect(error).toMatchObject({ code: -32602, message: "Invalid params" });
    expect(error?.data.error).toBe("Invalid envelope structure");
    expect(error?.data.validation_errors).toContainEqual({ type, loc, msg: expect.any(String) });
  });

  test("RPC-017: all faults of an envelope are told at once", async () => {
    const { error } = await ask(agent, { envelope: { sender: "x", recipient: undefined, more: 1, payload: [] } });
    expect(error?.data.validation_errors?.map(({ type, loc }) => [...loc, type]).sort()).toEqual([
      ["more", "extra_forbidden"],
      ["payload", "dict_type"],
      ["recipient", "missing"],
      ["sender", "string_pattern_mismatch"],
    ]);
  });

  const fine: [string, Differences["envelope"]][] = [
    ["JSON-003: optional members null", { id: null, timestamp: null, correlation_id: null, extensions: null }],
    ["ENV-015: neither id nor timestamp", { id: undefined, timestamp: undefined }],
    ["JSON-006, ENV-005: any asap_version", { asap_version: "" }],
    ["ENV-006: another recipient", { recipient: "urn:asap:agent:somebody-else" }],
    ["ENV-010, ENV-017: extensions with members", { extensions: { trace_id: "x", span_id: 5, more: [] } }],
    ["URN-002: a URN of 256 characters", { sender: long(256) }],
    ["URN-001: two segments", { sender: "urn:asap:agent:a-1:b-2" }],
    ["URN-001: a hyphen alone", { sender: "urn:asap:agent:-" }],
    ["ACK-002, ACK-007, ENV-009: requires_ack true", { requires_ack: true }],
  ];
  test.each(fine)("%s is fine", async (_name, envelope) => {
    const reply = await ask(agent, { envelope: envelope ?? {} });
    expect(Object.keys(reply)).toEqual(["jsonrpc", "result", "id"]);
    expect(Object.keys(reply.result ?? {})).toEqual(["envelope"]);
  });

  test("ENV-003, ENV-011, ENV-012, ENV-013, ENV-014, URN-006, TIME-001: the answering envelope", async () => {
    const envelope = { id: "", asap_version: '0.1 "x"', trace_id: "t", correlation_id: "other", requires_ack: true };
    const answer = (await ask(agent, { envelope })).result?.envelope;
    expect(answer).toEqual({
      id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
      asap_version: '0.1 "x"',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      sender: "urn:asap:agent:server",
      recipient: "urn:asap:agent:client",
      payload_type: "task.response",
      payload: expect.objectContaining({ status: "completed", final_state: null, metrics: null }),
      correlation_id: "",
      trace_id: "t",
      requires_ack: false,
      extensions: null,
    });
    const made = (await ask(agent, { envelope: { id: undefined, trace_id: undefined } })).result?.envelope;
    expect(made?.["correlation_id"]).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(made?.["correlation_id"]).not.toBe(made?.id);
    expect(made?.["trace_id"]).toBeNull();
  });
});

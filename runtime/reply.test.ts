import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { protocol } from "../generated/protocol.js";
import { type Expectation, judgeReply as judge, parseResponse } from "./reply.js";

const judgeReply = (text: string, by: Expectation) => judge(parseResponse(text, by.url), by);

const expected = { protocol, url: "http://peer", id: "req-1", envelopeId: "01ENV", reply: "TaskResponse" };

const envelope = {
  id: "01ANSWER",
  asap_version: "0.1",
  timestamp: "2026-01-01T00:00:00Z",
  sender: "urn:asap:agent:sink",
  recipient: "urn:asap:agent:client",
  payload_type: "task.response",
  payload: { task_id: "t", status: "completed", result: { ok: true }, final_state: null, metrics: null },
  correlation_id: "01ENV",
  trace_id: null,
  requires_ack: false,
  extensions: null,
};
const answer = (parts: object = {}, response: object = {}) =>
  JSON.stringify({ jsonrpc: "2.0", result: { envelope: { ...envelope, ...parts } }, id: "req-1", ...response });
const failed = (error: unknown, response: object = {}) =>
  JSON.stringify({ jsonrpc: "2.0", error, id: "req-1", ...response });

const invalid = expect.objectContaining({ code: "asap:transport/invalid_response" });
const mismatch = (member: string, received: unknown) =>
  expect.objectContaining({
    code: "asap:transport/response_mismatch",
    data: expect.objectContaining({ member, received }),
  });

describe("judgeReply()", () => {
  test("returns the envelope that answers", () => {
    expect(judgeReply(answer(), expected)).toEqual(envelope);
  });

  test.each(["task.response", "TaskResponse", "task_response", "TASK-RESPONSE", "taskresponse"])(
    "takes the payload type spelled %s (CLIENT-020)",
    (payload_type) => {
      expect(judgeReply(answer({ payload_type }), expected).payload_type).toBe(payload_type);
    },
  );

  test("takes trace and span ids among the extensions (ENV-017)", () => {
    const extensions = { trace_id: "0".repeat(32), span_id: "0".repeat(16) };
    expect(judgeReply(answer({ extensions, trace_id: "0".repeat(32) }), expected).extensions).toEqual(extensions);
  });

  test.each([
    ["of another id", "req-2"],
    ["of the same id as a number", 1],
    ["of no id", null],
    ["of an empty id", ""],
    ["of an id that is a list", [], "a list"],
    ["of an id that is an object", {}, "an object"],
    ["of an id without end", "x".repeat(100_000), "x".repeat(200)],
  ])("refuses a success %s (CLIENT-012)", (_, id, shown: unknown = id) => {
    expect(() => judgeReply(answer({}, { id }), expected)).toThrow(mismatch("id", shown));
  });

  test("compares the id by type as well as value", () => {
    const numbered = { ...expected, id: "1" };
    expect(() => judgeReply(answer({}, { id: 1 }), numbered)).toThrow(mismatch("id", 1));
    expect(judgeReply(answer({}, { id: "1" }), numbered)).toEqual(envelope);
  });

  test.each(["01OTHER", "", null])("refuses the correlation_id %j (CLIENT-012)", (correlation_id) => {
    expect(() => judgeReply(answer({ correlation_id }), expected)).toThrow(mismatch("correlation_id", correlation_id));
  });

  test.each([
    ["no JSON", "{"],
    ["an empty text", ""],
    ["a byte order mark", `\uFEFF${answer()}`],
    ["a list", `[${answer()}]`],
    ["null", "null"],
    ["a string", '"x"'],
    ["another jsonrpc", answer({}, { jsonrpc: "1.0" })],
    ["no jsonrpc", answer({}, { jsonrpc: undefined })],
    ["a member beside", answer({}, { extra: 1 })],
    ["a member __proto__", answer().replace('{"jsonrpc"', '{"__proto__":{},"jsonrpc"')],
    ["neither result nor error", '{"jsonrpc":"2.0","id":"req-1"}'],
    ["result null", answer({}, { result: null })],
    ["a list as result", answer({}, { result: [] })],
    ["a result without envelope", answer({}, { result: {} })],
    ["a member beside the envelope", answer({}, { result: { envelope, extra: 1 } })],
    ["an envelope that is null", answer({}, { result: { envelope: null } })],
    ["an envelope with a member too many", answer({ zzz: 1 })],
    ["an envelope with a member __proto__", answer().replace('{"id":"01ANSWER"', '{"__proto__":{},"id":"01ANSWER"')],
    ["an envelope without sender", answer({ sender: undefined })],
    ["a sender that is no URN", answer({ sender: "someone" })],
    ["a URN with a line break", answer({ sender: "urn:asap:agent:sink\n" })],
    ["requires_ack as a string", answer({ requires_ack: "false" })],
    [
      "another payload type",
      answer({ payload_type: "MessageAck", payload: { original_envelope_id: "01ENV", status: "received" } }),
    ],
    ["an unknown payload type", answer({ payload_type: "something.else" })],
    ["a payload that does not fit", answer({ payload: { status: "completed" } })],
    ["a payload with a member too many", answer({ payload: { ...envelope.payload, extra: 1 } })],
    ["a payload with a wrong status", answer({ payload: { ...envelope.payload, status: "done" } })],
  ])("refuses %s (CLIENT-011)", (_, text) => {
    expect(() => judgeReply(text, expected)).toThrow(invalid);
  });

  test("says where a fault is", () => {
    const data = { validation_errors: [{ type: "missing", loc: ["result", "envelope", "payload", "task_id"] }] };
    expect(() => judgeReply(answer({ payload: { status: "completed" } }), expected)).toThrow(
      expect.objectContaining({
        data: expect.objectContaining({ validation_errors: [expect.objectContaining(data.validation_errors[0])] }),
      }),
    );
  });

  test("takes any envelope where no reply is known", () => {
    const any = { ...expected, reply: null };
    expect(judgeReply(answer({ payload_type: "own.reply", payload: { x: 1 } }), any).payload).toEqual({ x: 1 });
  });

  test("keeps __proto__ in free-form members as data", () => {
    const text = answer().replace('"result":{"ok":true}', '"result":{"__proto__":{"polluted":true}}');
    const { result } = judgeReply(text, expected).payload as { result: object };
    expect(Object.keys(result)).toEqual(["__proto__"]);
    expect("polluted" in result).toBe(false);
    expect("polluted" in {}).toBe(false);
  });

  test("ends in an envelope or an AsapError of the transport, whatever the text says", () => {
    const good = JSON.parse(answer()) as object;
    const members = ["jsonrpc", "result", "error", "id", "envelope", "payload", "__proto__", "code", "data"];
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>(null, true, 0, -32603, "", "2.0", "req-1", good),
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...members), tie("node"), { maxKeys: 5 }),
      ),
    })).node;
    fc.assert(
      fc.property(
        fc.oneof(
          value.map((made) => JSON.stringify(made)),
          fc.string(),
        ),
        (text) => {
          try {
            expect(judgeReply(text, expected)).toEqual(envelope);
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^asap:transport\/(remote|invalid|response)_/) });
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  describe("with a member error (CLIENT-010)", () => {
    test("throws the remote error with its code and data", () => {
      const error = { code: -32602, message: "Invalid params", data: { error: "Invalid envelope structure" } };
      expect(() => judgeReply(failed(error), expected)).toThrow(
        expect.objectContaining({
          code: "asap:transport/remote_error",
          message: "The peer answered with error -32602: Invalid params: Invalid envelope structure.",
          data: { url: "http://peer", jsonrpc_code: -32602, message: "Invalid params", data: error.data },
        }),
      );
    });

    test("shows a known code of ASAP, and no unknown one", () => {
      const error = (code: string) => failed({ code: -32602, message: "", data: { code } });
      expect(() => judgeReply(error("asap:protocol/invalid_nonce"), expected)).toThrow(
        expect.objectContaining({ data: expect.objectContaining({ code: "asap:protocol/invalid_nonce" }) }),
      );
      expect(() => judgeReply(error("asap:made/up"), expected)).toThrow(
        expect.objectContaining({ data: expect.not.objectContaining({ code: "asap:made/up" }) }),
      );
    });

    test.each([
      ["null", null],
      ["an empty string", ""],
      ["absent", undefined],
    ])("takes it although the id is %s (CLIENT-016)", (_, id) => {
      expect(() => judgeReply(failed({ code: -32700, message: "Parse error" }, { id }), expected)).toThrow(
        expect.objectContaining({ code: "asap:transport/remote_error" }),
      );
    });

    test("refuses the failure of another request (CLIENT-012)", () => {
      expect(() => judgeReply(failed({ code: -32603, message: "" }, { id: "req-9" }), expected)).toThrow(
        mismatch("id", "req-9"),
      );
    });

    test.each([
      ["null beside a result", answer({}, { error: null })],
      ["null", failed(null)],
      ["a string", failed("boom")],
      ["without code", failed({ message: "boom" })],
      ["with a code that is no integer", failed({ code: "x", message: "boom" })],
    ])("is a failure even when it is %s", (_, text) => {
      expect(() => judgeReply(text, expected)).toThrow(invalid);
    });

    test("is a failure beside a result", () => {
      expect(() => judgeReply(answer({}, { error: { code: -32603, message: "" } }), expected)).toThrow(
        expect.objectContaining({ code: "asap:transport/remote_error" }),
      );
    });
  });
});

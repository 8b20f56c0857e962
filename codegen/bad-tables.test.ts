import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { expectFault, type Fault, refusal } from "./testing/refusal.js";
import { createBench, readJson, setIn, writeSpec } from "./testing/spec-copy.js";

const bench = createBench();
afterAll(() => bench.remove());

const change =
  (file: string, ...path: string[]) =>
  (value: unknown) =>
  (spec: string) =>
    setIn(spec, file, path, value);
const message = (name: string, ...path: string[]) => change("protocol.json", "messages", name, ...path);

const faults: Fault[] = [
  ["a missing table", (spec) => rmSync(join(spec, "states.json")), "states.json", "", /no such file/],
  ["an unknown member of a table", change("protocol.json", "colour")("red"), "protocol.json", "/colour", /unexpected/],
  [
    "a wrong type in a table",
    change("protocol.json", "limits", "ack_max_retries")(true),
    "protocol.json",
    "/limits/ack_max_retries",
    /union/,
  ],
  [
    "an error code of another form",
    change("errors.json", "timeout", "code")("timeout"),
    "errors.json",
    "/timeout/code",
    /match/,
  ],
  [
    "an HTTP status out of range",
    change("errors.json", "timeout", "http")(7),
    "errors.json",
    "/timeout/http",
    /greater/,
  ],
  [
    "an error code used twice",
    change("errors.json", "timeout", "code")("asap:rpc/parse_error"),
    "errors.json",
    "/timeout/code",
    /already/,
  ],
  [
    "an error name that is reserved",
    (spec) => setIn(spec, "errors.json", ["constructor"], readJson(spec, "errors.json")["timeout"]),
    "errors.json",
    "/constructor",
    /reserved/,
  ],
  [
    "a payload that is not there",
    message("TaskRequest", "payload")("payloads/gone.schema.json"),
    "protocol.json",
    "/messages/TaskRequest/payload",
    /gone/,
  ],
  [
    "a payload that need not be an object",
    change("payloads/state-query.schema.json", "type")(["object", "null"]),
    "protocol.json",
    "/messages/StateQuery/payload",
    /something else than an object/,
  ],
  [
    "an envelope that need not name its sender",
    change("envelope.schema.json", "required")(["asap_version", "recipient", "payload_type", "payload"]),
    "protocol.json",
    "/envelope",
    /"sender"/,
  ],
  [
    "a reply that is no message",
    message("TaskRequest", "reply")("TaskAnswer"),
    "protocol.json",
    "/messages/TaskRequest/reply",
    /TaskAnswer/,
  ],
  [
    "a scope that is not listed",
    message("TaskRequest", "scope")("asap:all"),
    "protocol.json",
    "/messages/TaskRequest/scope",
    /asap:all/,
  ],
  [
    "spellings that cannot be told apart",
    message("TaskRequest", "spellings")(["task.request", "Task-Response"]),
    "protocol.json",
    "/messages/TaskResponse/spellings/0",
    /cannot be told/,
  ],
  [
    "a spelling given twice",
    message("TaskRequest", "spellings")(["task.request", "task.request"]),
    "protocol.json",
    "/messages/TaskRequest/spellings/1",
    /cannot be told/,
  ],
  [
    "a spelling without letters",
    message("TaskRequest", "spellings")(["task.request", "._-"]),
    "protocol.json",
    "/messages/TaskRequest/spellings/1",
    /no letters/,
  ],
  [
    "an emitted spelling that is not understood",
    message("TaskRequest", "emit")("request"),
    "protocol.json",
    "/messages/TaskRequest/emit",
    /spellings/,
  ],
  [
    "a message name that is none",
    (spec) =>
      setIn(spec, "protocol.json", ["messages", "a b"], {
        ...readJson(spec, "protocol.json")["messages"]?.["StateQuery"],
        spellings: ["ab"],
        emit: "ab",
      }),
    "protocol.json",
    "/messages/a b",
    /cannot name/,
  ],
  [
    "a message named as a member of every client",
    (spec) =>
      setIn(spec, "protocol.json", ["messages", "Close"], {
        ...readJson(spec, "protocol.json")["messages"]?.["StateQuery"],
        spellings: ["Close"],
        emit: "Close",
      }),
    "protocol.json",
    "/messages/Close",
    /clients have/,
  ],
  [
    "a name that holds control characters",
    (spec) => setIn(spec, "errors.json", ["\u001b[31m\n"], readJson(spec, "errors.json")["timeout"]),
    "errors.json",
    "/\u001b[31m\n",
    /cannot be a name/,
  ],
  [
    "a tolerant type that is none",
    change("protocol.json", "tolerant")(["Gone"]),
    "protocol.json",
    "/tolerant/0",
    /no type/,
  ],
  [
    "a tolerant type whose second name is a type but for letter case",
    (spec) => writeSpec(spec, "x.schema.json", { title: "HealthTOLERANT", type: "string" }),
    "protocol.json",
    "/tolerant/",
    /already/,
  ],
  [
    "an envelope that is not there",
    change("protocol.json", "envelope")("gone.json"),
    "protocol.json",
    "/envelope",
    /gone/,
  ],
  [
    "a close code out of range",
    change("protocol.json", "close_codes", "99")({ name: "x", reconnect: false }),
    "protocol.json",
    "/close_codes/99",
    /close code/,
  ],
  [
    "a route name that is reserved",
    change("protocol.json", "routes", "delete")({ path: "/", methods: ["GET"], scope: null }),
    "protocol.json",
    "/routes/delete",
    /reserved/,
  ],
  [
    "a limit name that is reserved",
    change("protocol.json", "limits", "delete")(1),
    "protocol.json",
    "/limits/delete",
    /reserved/,
  ],
  [
    "message names that differ in letter case",
    (spec) =>
      setIn(spec, "protocol.json", ["messages", "Statequery"], {
        ...readJson(spec, "protocol.json")["messages"]?.["StateQuery"],
        spellings: ["other"],
        emit: "other",
      }),
    "protocol.json",
    "/messages/Statequery",
    /letter case/,
  ],
  [
    "a spec without JSON-RPC requests",
    change("jsonrpc/request.schema.json", "title")("Other"),
    "protocol.json",
    "",
    /"JsonRpcRequest"/,
  ],
  [
    "a cancellable state that is none",
    change("states.json", "cancellable")(["new"]),
    "states.json",
    "/cancellable/0",
    /new/,
  ],
  [
    "a member for the state that the type does not have",
    change("states.json", "field")("mood"),
    "states.json",
    "/field",
    /no member/,
  ],
  [
    "a state of the type that is not in the table",
    change("entities/task-status.schema.json", "enum")(["submitted", "paused"]),
    "states.json",
    "/transitions",
    /"paused" has no entry/,
  ],
  ["a state that is not in the table", change("states.json", "initial")("new"), "states.json", "/initial", /new/],
  [
    "a state that the type does not know",
    change("states.json", "transitions", "paused")([]),
    "states.json",
    "/transitions/paused",
    /not among/,
  ],
  [
    "a final state that leads on",
    change("states.json", "transitions", "failed")(["working"]),
    "states.json",
    "/transitions/failed",
    /final/,
  ],
];

describe("a bad table is refused with file, pointer and reason, and nothing is written", () => {
  it.each(faults)("%s", async (_title, make, file, pointer, reason) => {
    const spec = bench.copySpec();
    make(spec);
    const error = await refusal(spec);
    expectFault(error, file, pointer, reason);
    expect(error.message.split("\n")).toHaveLength(error.problems.length);
    expect(error.message).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});

import { validateJsonRpcRequest } from "../../generated/validators/json-rpc-request.js";
import type { Case, Context } from "../case.js";
import { accepted, type Check, describe, errorData, expect, jsonOf, judged, refused, show, textOf } from "../checks.js";
import { asObject, frame, fullEnvelope, post, postText, task, taskDocument, twin } from "../documents.js";
import { rawMembers } from "../raw-json.js";
import { acceptance, dataError, refusal } from "../refusal.js";
import { sampleContext } from "../sample-context.js";
import { generated } from "../tags.js";
import { type Variant, variantsOf } from "../variants.js";
import type { Exchange } from "../wire.js";

/** The answer's id is that of the JSON text: the same digits of a number, the same string however it is escaped. */
function idIs(at: number, text: string): Check {
  const isString = text.startsWith('"');
  return expect(at, `the id ${text} in the answer`, (exchange) => {
    const id = rawMembers(textOf(exchange))?.findLast((member) => member.name === "id")?.text;
    const isSame = isString && id !== undefined ? JSON.parse(id) === JSON.parse(text) : id === text;
    return isSame ? null : `the id is ${show(id)}`;
  });
}

function requirementsOf({ member, name }: Variant): string[] {
  if (name === "extra") return ["RPC-006", "JSON-001"];
  if (member === "jsonrpc") return ["RPC-003"];
  if (member === "id") return ["RPC-005"];
  if (member === "params") return name === "missing" ? ["RPC-019"] : ["RPC-007"];
  return ["RPC-001"];
}

function variantCase(variant: Variant): Case | null {
  const { member, name, words, change, valid } = variant;
  if (valid) return null;
  const paramsKept = member !== "params" || name === "missing";
  return refusal({
    id: `jsonrpc.${member}.${name}`,
    title: `A request whose ${member} ${words} is refused`,
    area: "jsonrpc",
    level: member === "jsonrpc" && name === "missing" ? "SHOULD" : "MUST",
    requirements: requirementsOf(variant),
    code: paramsKept ? -32600 : -32602,
    ...(paramsKept ? {} : { says: "JSON-RPC 'params' must be an object" }),
    request: (context) => {
      const whole: Record<string, unknown> = { ...taskDocument(context) };
      return post({ ...whole, [member]: change(whole[member]) });
    },
  });
}

const derived = variantsOf({ ...frame(sampleContext, fullEnvelope(sampleContext)) }, validateJsonRpcRequest)
  .map(variantCase)
  .filter((one) => one !== null)
  .map(generated);

const badIds: readonly [name: string, words: string, id: unknown][] = [
  ["true", "is true", true],
  ["fraction", "is 1.5", 1.5],
  ["object-with-member", "is an object with a member", { a: 1 }],
];
const goodIds: readonly [name: string, words: string, text: string][] = [
  ["string", "a string", '"req-ä"'],
  ["empty-string", "an empty string", '""'],
  ["digits", "a string of digits", '"1"'],
  ["one", "the integer 1", "1"],
  ["zero", "zero", "0"],
  ["negative", "a negative integer", "-7"],
  ["safe-max", "the largest safe integer", "9007199254740991"],
];

const withId = (context: Context, text: string) => {
  const document = taskDocument(context, { frame: { id: "?" } });
  return postText(JSON.stringify(document).replace(/"\?"\}$/, `${text}}`), { document, group: "task" });
};

const ids: Case[] = [
  ...badIds.map(([name, words, id]) =>
    refusal({
      id: `jsonrpc.id.${name}`,
      title: `A request whose id ${words} is refused with id null`,
      area: "jsonrpc",
      level: id === true ? "SHOULD" : "MUST",
      requirements: [id === true ? "JSON-011" : "RPC-005", "RPC-016"],
      code: -32600,
      request: (context) => task(context, { frame: { id } }),
      checks: [idIs(1, "null")],
    }),
  ),
  ...goodIds.map(([name, words, text]) =>
    acceptance({
      id: `jsonrpc.id.echoed.${name}`,
      title: `An id that is ${words} is repeated in the answer as it was`,
      area: "jsonrpc",
      requirements: ["RPC-004"],
      request: (context) => withId(context, text),
      checks: [idIs(0, text)],
    }),
  ),
  refusal({
    id: "jsonrpc.id.integral-fraction",
    title: "A request whose id is written 3.0 is refused with id null",
    area: "jsonrpc",
    level: "SHOULD",
    requirements: ["JSON-011", "RPC-016"],
    code: -32600,
    request: (context) => withId(context, "3.0"),
    checks: [idIs(1, "null")],
  }),
  acceptance({
    id: "jsonrpc.id.echoed.huge",
    title: "An integer id beyond the doubles is repeated digit by digit",
    area: "jsonrpc",
    level: "SHOULD",
    requirements: ["RPC-004"],
    request: (context) => withId(context, "1180591620717411303425"),
    checks: [idIs(0, "1180591620717411303425")],
  }),
  ...['"err-1"', "42"].map((text) =>
    refusal({
      id: `jsonrpc.id.on-error.${text === "42" ? "integer" : "string"}`,
      title: `An error repeats an id that is ${text === "42" ? "an integer" : "a string"}`,
      area: "jsonrpc",
      requirements: ["RPC-004", "RPC-016"],
      code: -32601,
      request: (context) => task(context, { frame: { method: "asap.nothing", id: JSON.parse(text) } }),
      checks: [idIs(1, text)],
    }),
  ),
];

const structureFaultKeepsId = refusal({
  id: "jsonrpc.id.on-structure-fault",
  title: "A fault in the structure is answered with the request's id",
  area: "jsonrpc",
  requirements: ["RPC-016", "RPC-004"],
  code: -32600,
  request: (context) => task(context, { frame: { method: undefined, id: "structure" } }),
  checks: [idIs(1, '"structure"')],
});

const methods: Case[] = ["asap.nothing", "ASAP.send", "asap.ack", ""].map((method) =>
  refusal({
    id: `jsonrpc.method.${method === "" ? "empty-name" : method}`,
    title: `The method "${method}" is answered as not found, with its name`,
    area: "jsonrpc",
    requirements: ["RPC-001", "RPC-002"],
    code: -32601,
    request: (context) => task(context, { frame: { method } }),
    checks: [
      expect(1, `${show(JSON.stringify(method))} in error.data.method`, (exchange) =>
        errorData(exchange)?.method === method ? null : `data.method is ${show(errorData(exchange)?.method)}`,
      ),
    ],
  }),
);

const bodies: readonly [name: string, words: string, received: string, body: (context: Context) => string][] = [
  ["batch", "A batch", "list", (context) => JSON.stringify([taskDocument(context)])],
  ["empty-batch", "An empty array", "list", () => "[]"],
  ["null", "The body null", "NoneType", () => "null"],
  ["string", "A string as body", "str", () => '"asap.send"'],
  ["integer", "An integer as body", "int", () => "7"],
  ["fraction", "A fraction as body", "float", () => "7.5"],
  ["boolean", "A boolean as body", "bool", () => "true"],
];

const notObjects: Case[] = bodies.map(([name, words, received, body]) =>
  refusal({
    id: `jsonrpc.body.${name}`,
    title: `${words} is refused with the type that was received and id null`,
    area: "jsonrpc",
    requirements: ["RPC-013"],
    code: -32600,
    says: "JSON-RPC request must be an object",
    request: (context) => postText(body(context)),
    checks: [
      idIs(1, "null"),
      expect(1, `"${received}" in error.data.received_type`, (exchange) =>
        errorData(exchange)?.received_type === received ? null : `it is ${show(errorData(exchange)?.received_type)}`,
      ),
    ],
  }),
);

const texts: readonly [
  name: string,
  words: string,
  ids: string[],
  says: RegExp,
  body: (plain: Buffer) => Uint8Array,
][] = [
  ["empty", "An empty body", ["PARSE-001"], /^Invalid JSON/, () => Buffer.alloc(0)],
  ["not-json", "A body that is not JSON", ["PARSE-001"], /^Invalid JSON/, () => Buffer.from("{no json}")],
  ["cut-off", "A body that is cut off", ["PARSE-001"], /^Invalid JSON/, (plain) => plain.subarray(0, plain.length - 9)],
  [
    "tail",
    "A body with more after the document",
    ["PARSE-001"],
    /^Invalid JSON/,
    (plain) => Buffer.concat([plain, Buffer.from("{}")]),
  ],
  [
    "bom",
    "A body with a byte order mark",
    ["PARSE-002"],
    /^Invalid JSON/,
    (plain) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), plain]),
  ],
  [
    "bad-utf8",
    "A body that is not UTF-8",
    ["PARSE-003"],
    /^Invalid UTF-8 encoding/,
    () => Buffer.from('{"a":"\xff\xfe"}', "latin1"),
  ],
];

const unreadable: Case[] = texts.map(([name, words, requirements, says, body]) =>
  refusal({
    id: `jsonrpc.text.${name}`,
    title: `${words} is answered as a parse error with id null`,
    area: "jsonrpc",
    requirements,
    code: -32700,
    says,
    request: (context) => postText(body(Buffer.from(JSON.stringify(taskDocument(context))))),
    checks: [idIs(1, "null")],
  }),
);

const params: Case[] = [
  refusal({
    id: "jsonrpc.params.beside-other-faults",
    title: "Array params are told as such although the id is missing too",
    area: "jsonrpc",
    requirements: ["RPC-007"],
    code: -32602,
    request: () => post({ jsonrpc: "2.0", method: "asap.send", params: [1] }),
    checks: [dataError(1, "JSON-RPC 'params' must be an object"), idIs(1, "null")],
  }),
  acceptance({
    id: "jsonrpc.params.other-members",
    title: "Members of params beside the envelope are ignored",
    area: "jsonrpc",
    requirements: ["RPC-012"],
    request: (context) => task(context, { params: { surprise: { a: 1 }, idempotency_key: context.newId() } }),
  }),
  acceptance({
    id: "jsonrpc.params.idempotency-key-null",
    title: "A null idempotency key is accepted",
    area: "jsonrpc",
    requirements: ["JSON-003", "RPC-012"],
    request: (context) => task(context, { params: { idempotency_key: null } }),
  }),
  acceptance({
    id: "jsonrpc.duplicate-members",
    title: "Of a member that occurs twice the last value counts",
    area: "jsonrpc",
    requirements: ["JSON-009"],
    request: (context) => {
      const document = taskDocument(context, { frame: { id: "last" } });
      const text = JSON.stringify(document).replace('{"jsonrpc"', '{"id":"first","jsonrpc":"1.0","jsonrpc"');
      return postText(text, { document, group: "task" });
    },
    checks: [idIs(0, '"last"')],
  }),
  {
    id: "jsonrpc.deep-nesting",
    title: "JSON nested a hundred thousand deep is answered without a 5xx status, and the agent goes on",
    area: "jsonrpc",
    level: "MUST",
    requirements: ["PARSE-005", "CODE-005"],
    steps: (context) => {
      const plain = task(context, { envelope: { extensions: { deep: "?" } } });
      const deep = "[".repeat(100_000) + "]".repeat(100_000);
      return [{ ...plain, body: String(plain.body).replace('"?"', deep), document: undefined }, task(context)];
    },
    judge: judged(
      expect(0, "a status under 500", (exchange) =>
        (exchange.response?.status ?? 500) < 500 ? null : describe(exchange),
      ),
      accepted(1),
    ),
  },
  {
    id: "jsonrpc.order-of-stages",
    title: "Of several faults the one of the earliest stage is told",
    area: "jsonrpc",
    level: "MUST",
    requirements: ["RPC-018"],
    steps: (context) => [
      twin(context),
      post({ ...frame(context, {}), method: "asap.nothing", surprise: 1 }),
      post({ ...frame(context, {}), method: "asap.nothing" }),
      task(context, { envelope: { sender: undefined, timestamp: "2020-01-01T00:00:00Z" } }),
      task(context, { envelope: { payload_type: "no.such", timestamp: "2020-01-01T00:00:00Z" } }),
      task(context, { envelope: { payload_type: "no.such", payload: {} } }),
    ],
    judge: judged(
      accepted(0),
      refused(1, -32600),
      refused(2, -32601),
      refused(3, -32602),
      dataError(3, "Invalid envelope structure"),
      refused(4, -32602),
      dataError(4, "Invalid envelope timestamp"),
      refused(5, -32601),
    ),
  },
];

const namesOf = (exchange: Exchange) => rawMembers(textOf(exchange))?.map(({ name }) => name) ?? [];

const answers: Case[] = [
  acceptance({
    id: "jsonrpc.answer.member-order",
    title: "The members of the answer come as jsonrpc, result, id",
    area: "jsonrpc",
    level: "SHOULD",
    requirements: ["RPC-015"],
    request: twin,
    checks: [
      expect(0, "jsonrpc, result, id", (exchange) => {
        const names = namesOf(exchange).join(", ");
        return names === "jsonrpc, result, id" ? null : names;
      }),
    ],
  }),
  acceptance({
    id: "jsonrpc.answer.form",
    title: 'A successful answer says jsonrpc "2.0" and holds the envelope, the id and nothing else',
    area: "jsonrpc",
    requirements: ["RPC-003", "JSON-001"],
    request: twin,
    checks: [
      expect(0, 'jsonrpc "2.0", an id and a result with an envelope', (exchange) => {
        const { jsonrpc, result, id, error: _, ...others } = asObject(jsonOf(exchange)) ?? {};
        const { envelope: __, ...beside } = asObject(result) ?? {};
        if (jsonrpc !== "2.0") return `jsonrpc is ${show(jsonrpc)}`;
        if (id === undefined) return "no id";
        const names = [...Object.keys(others), ...Object.keys(beside).map((name) => `result.${name}`)];
        return names.length === 0 ? null : `also ${show(names.join(", "))}`;
      }),
    ],
  }),
  acceptance({
    id: "jsonrpc.answer.no-error-member",
    title: "A successful answer has no member error, not even null",
    area: "jsonrpc",
    requirements: ["RPC-014"],
    request: twin,
    checks: [expect(0, "no member error", (exchange) => (namesOf(exchange).includes("error") ? "there is one" : null))],
  }),
];

/** The JSON-RPC layer: frames, ids, methods, params and bodies that are no request. */
export const jsonrpcCases: readonly Case[] = [
  ...derived,
  ...ids,
  structureFaultKeepsId,
  ...methods,
  ...notObjects,
  ...unreadable,
  ...params,
  ...answers,
];

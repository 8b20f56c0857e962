import type { Case, Context } from "../case.js";
import {
  answerEnvelope,
  type Check,
  errorData,
  expect,
  judged,
  refused,
  refusedAnyhow,
  show,
  textOf,
} from "../checks.js";
import {
  answerCount,
  answered,
  answers,
  answersTo,
  describeTalk,
  envelopeSaid,
  frameOf,
  heard,
  isAck,
  isAnswer,
  isPush,
  opened,
  opening,
  saidBy,
  say,
  sayJson,
  sayTask,
  staysOpen,
  talk,
  talking,
} from "../conversation.js";
import { post, taskDocument } from "../documents.js";
import { hasWebSocket } from "../prerequisites.js";
import { opcodes } from "../socket-frames.js";
import { watch } from "./errors.js";

const plainTask = (context: Context) => [sayTask(context), answers(1)];

const rpc: Case[] = [
  talking({
    id: "answer.one-object",
    title: "An answer is one text message that holds one JSON object, in frames without mask",
    requirements: ["WSB-001"],
    actions: plainTask,
    checks: [
      answered("task"),
      answerCount(1),
      heard(0, "text frames without mask and without reserved bits", (exchange) => {
        const wrong = exchange.frames?.find(
          ({ direction, masked, rsv, opcode }) =>
            direction === "received" && (masked || rsv !== 0 || opcode === opcodes.binary),
        );
        return wrong === undefined ? null : `opcode ${wrong.opcode}, masked ${wrong.masked}, rsv ${wrong.rsv}`;
      }),
    ],
  }),
  talking({
    id: "pipelined",
    title: "Requests sent without waiting are each answered under their own id",
    requirements: ["WS-003"],
    actions: (context) => [...["one", "two", "three"].map((id) => sayTask(context, { frame: { id } })), answers(3)],
    checks: ["one", "two", "three"].flatMap((id) => [answered(id), correlated(id)]),
  }),
  talking({
    id: "pipelined.error-between",
    title: "An error among requests sent without waiting is answered under its own id",
    requirements: ["WS-003"],
    actions: (context) => [
      sayTask(context, { frame: { id: 1 } }),
      sayTask(context, { frame: { id: 2, method: "asap.nothing" } }),
      sayTask(context, { frame: { id: 3 } }),
      answers(3),
    ],
    checks: [answered(1), answered(2, [refused(0, -32601)]), answered(3)],
  }),
  ...(
    [
      ["unknown-method", { frame: { method: "asap.nothing" } }],
      ["bad-envelope", { envelope: { surprise: 1 } }],
    ] as const
  ).map(
    ([name, changes]): Case => ({
      id: `websocket.answer.same-bytes.${name}`,
      title: "An error is answered with the same bytes as over HTTP",
      area: "websocket",
      prerequisites: [hasWebSocket],
      level: "SHOULD",
      requirements: ["WSB-001"],
      steps: (context) => {
        const document = taskDocument(context, {
          ...changes,
          frame: { id: "same", ...("frame" in changes ? changes.frame : {}) },
        });
        return [post(document), talk(context, [sayJson(document), answers(1)])];
      },
      judge: judged(answered("same", [refusedAnyhow(0)], 1), (exchanges) => {
        const [over, said] = [textOf(exchanges[0]), answersTo(exchanges[1], "same")[0]?.text];
        return over === said ? null : { expected: show(over, 300), found: show(said, 300), at: 1 };
      }),
    }),
  ),
];

/** The answer to an id names the envelope that was sent under it. */
function correlated(id: string): Check {
  return (exchanges, context) => {
    const sent = envelopeSaid(exchanges[0], id)?.id;
    const named = expect(0, `correlation_id ${show(sent)}`, (exchange) => {
      const found = answerEnvelope(exchange)?.correlation_id;
      return found === sent ? null : `correlation_id is ${show(found)}`;
    });
    return answered(id, [named])(exchanges, context);
  };
}

/** A message that is answered with an error of id null, between two tasks that are carried out. */
const notJsonRpc = (
  id: string,
  title: string,
  requirements: readonly string[],
  text: string,
  code: number,
  ...checks: readonly Check[]
): Case =>
  talking({
    id,
    title,
    requirements,
    actions: (context) => [...opening(context), say(text), answers(2), sayTask(context), answers(3)],
    checks: [opened, answered(null, [refused(0, code), ...checks]), answered("task"), answerCount(3), staysOpen],
  });

const received = (type: string) =>
  expect(0, `error.data.received_type ${type}`, (exchange) =>
    errorData(exchange)?.received_type === type ? null : `data is ${show(errorData(exchange))}`,
  );

const notObjects: Case[] = [
  ...[
    ["malformed", "{nope"],
    ["empty", ""],
    ["two-documents", "{} {}"],
    ["cut-off", '{"jsonrpc":"2.0","method":"asap.send"'],
  ].map(([name = "", text = ""]) =>
    notJsonRpc(
      `not-json.${name}`,
      `A text message that is not JSON (${name}) is answered -32700 with id null, and the connection goes on`,
      ["WSB-002"],
      text,
      -32700,
    ),
  ),
  ...[
    ["array", "[]", "list"],
    ["batch", '[{"jsonrpc":"2.0","method":"asap.send","params":{},"id":1}]', "list"],
    ["string", '"asap.send"', "str"],
    ["integer", "5", "int"],
    ["fraction", "1.5", "float"],
    ["true", "true", "bool"],
    ["null", "null", "NoneType"],
  ].map(([name = "", text = "", type = ""]) =>
    notJsonRpc(
      `no-object.${name}`,
      `A message that is JSON but no object (${name}) is answered -32600 with id null, and the connection goes on`,
      ["WSB-003"],
      text,
      -32600,
      received(type),
    ),
  ),
  notJsonRpc(
    "client-ping",
    "An application ping of the client is no request: -32600 with id null",
    ["RPC-001"],
    '{"type":"ping"}',
    -32600,
  ),
  notJsonRpc(
    "ack-from-client",
    "An ack of the client, which has no id, is no request: -32600 with id null",
    ["RPC-005"],
    '{"jsonrpc":"2.0","method":"asap.ack","params":{"envelope":{}}}',
    -32600,
  ),
  notJsonRpc(
    "response-from-client",
    "A response of the client to nothing is no request: -32600 with id null",
    ["RPC-001"],
    '{"jsonrpc":"2.0","result":{"envelope":{}},"id":null}',
    -32600,
  ),
];

const pongs: Case[] = [
  ...[
    ["plain", '{"type":"pong"}'],
    ["with-members", '{"type":"pong","at":12,"id":"p"}'],
  ].map(([name = "", text = ""]) =>
    talking({
      id: `pong.${name}`,
      title: `An application pong (${name}) is taken in silence`,
      requirements: ["WSB-007"],
      actions: (context) => [say(text), ...plainTask(context)],
      checks: [answered("task"), answerCount(1), staysOpen],
    }),
  ),
  notJsonRpc(
    "pong.with-method",
    "A message of type pong that has a method is no pong: -32600 with id null",
    ["WSB-007", "RPC-001"],
    '{"type":"pong","method":"asap.send"}',
    -32600,
  ),
  talking({
    id: "pong.free",
    title: "Forty pongs at once do not count against the message rate",
    requirements: ["WSB-011"],
    actions: (context) => [...Array.from({ length: 40 }, () => say('{"type":"pong"}')), ...plainTask(context)],
    checks: [answered("task"), answerCount(1), staysOpen],
  }),
];

const atOnce: Case = talking({
  id: "ten-at-once",
  title: "Ten messages at once are within the message rate: each is answered",
  requirements: ["WSB-010"],
  actions: (context) => [
    ...Array.from({ length: 10 }, (_, at) => sayTask(context, { frame: { id: at + 1 } })),
    answers(10),
  ],
  checks: [...Array.from({ length: 10 }, (_, at) => answered(at + 1)), answerCount(10), staysOpen],
});

/** Nothing was carried out beside the one task that opens the conversation. */
export const carriesOutNoMore: Check = heard(0, "one result", (exchange) => {
  const results = saidBy(exchange).filter((said) => said.json?.result !== undefined && !isPush(said));
  return results.length === 1 ? null : describeTalk(exchange);
});

/** The connection ended while its close frame was waited for, with or without one. */
const ends = heard(0, "the end of the connection", (exchange) =>
  exchange.failure === undefined ? null : describeTalk(exchange),
);

const binary: Case[] = [
  ["request", (context: Context) => Buffer.from(JSON.stringify(taskDocument(context, { frame: { id: "binary" } })))],
  ["bytes", () => Buffer.from([0xff, 0x00, 0x01])],
].map(([name, data]) =>
  talking({
    id: `binary.${String(name)}`,
    title: `A binary frame (${String(name)}) ends the connection, and what it holds is not carried out`,
    requirements: ["WSB-004"],
    actions: (context) => [
      ...opening(context),
      say((data as (context: Context) => Uint8Array)(context), { opcode: opcodes.binary }),
      frameOf("close"),
    ],
    checks: [opened, ends, carriesOutNoMore],
  }),
);

const isFrame = (said: ReturnType<typeof saidBy>[number]) =>
  said.json?.type === "ping" || (said.json?.jsonrpc === "2.0" && (isAck(said) || isAnswer(said) || isPush(said)));

const watches: Case[] = [
  watch(
    {
      id: "websocket.frames-form",
      title: "What an agent sends is a response, an ack, an application ping, or a push in the shape of a response",
      requirements: ["WSB-019", "WSB-001"],
      expected: "messages that are responses, acks or pings",
      concerns: (exchange) => saidBy(exchange).some((said) => !isFrame(said) || said.json?.result !== undefined),
      found: (exchange) => {
        const odd = saidBy(exchange).find((said) => !isFrame(said));
        return odd === undefined ? null : show(odd.text, 200);
      },
    },
    "websocket",
  ),
];

/** The WebSocket binding: requests and answers, what is no request. */
export const websocketCases: readonly Case[] = [...rpc, ...notObjects, ...pongs, atOnce, ...binary, ...watches];

import { limits } from "../../generated/limits.js";
import type { Case, Context } from "../case.js";
import { answerEnvelope, type Check, expect, refusedAnyhow, show } from "../checks.js";
import {
  answerCount,
  answered,
  answers,
  closes,
  describeTalk,
  frameOf,
  heard,
  isAnswer,
  opened,
  opening,
  saidIn,
  say,
  sayTask,
  staysOpen,
  talking,
} from "../conversation.js";
import { taskDocument } from "../documents.js";
import { closeData, type FrameSpec, opcodes } from "../socket-frames.js";
import type { SocketAction } from "../websocket.js";
import { carriesOutNoMore } from "./websocket.js";

const limit = Number(limits.websocket_max_message_bytes);
const outright = 17 * 1024 * 1024;

const trace = "spür-☃";

const textOfTask = (context: Context) =>
  Buffer.from(JSON.stringify(taskDocument(context, { frame: { id: "task" }, envelope: { trace_id: trace } })));

/** A message in fragments, with what is sent between them. */
function inFragments(bytes: Buffer, cuts: readonly number[], between: readonly SocketAction[] = []): SocketAction[] {
  const starts = [0, ...cuts];
  return starts.flatMap((start, at) => {
    const fragment = say(bytes.subarray(start, starts[at + 1]), {
      opcode: at === 0 ? opcodes.text : opcodes.continuation,
      fin: at === starts.length - 1,
    });
    return at === 0 ? [fragment, ...between] : [fragment];
  });
}

const traced = expect(0, `the trace_id ${trace}`, (exchange) => {
  const found = answerEnvelope(exchange)?.trace_id;
  return found === trace ? null : `trace_id is ${show(found)}`;
});

const fragments: Case[] = [
  talking({
    id: "fragments",
    title: "A text message in four fragments is put together, one of them empty",
    requirements: ["WSB-024"],
    actions: (context) => [...inFragments(textOfTask(context), [10, 10, 90]), answers(1)],
    checks: [answered("task"), answerCount(1)],
  }),
  talking({
    id: "fragments.within-character",
    title: "Fragments may part a message within a character",
    requirements: ["WSB-024"],
    actions: (context) => {
      const bytes = textOfTask(context);
      return [...inFragments(bytes, [bytes.indexOf("☃") + 1]), answers(1)];
    },
    checks: [answered("task"), answered("task", [traced])],
  }),
  talking({
    id: "fragments.ping-between",
    title: "A ping between fragments is answered, and the message put together",
    requirements: ["WSB-024"],
    actions: (context) => {
      const ping = say("between", { opcode: opcodes.ping });
      return [...inFragments(textOfTask(context), [50], [ping, frameOf("pong")]), answers(1)];
    },
    checks: [pongWith("between"), answered("task")],
  }),
];

function pongWith(data: string) {
  return heard(0, `a pong with the data "${data}"`, (exchange) =>
    exchange.frames?.some(
      (frame) => frame.direction === "received" && frame.opcode === opcodes.pong && frame.data.toString() === data,
    )
      ? null
      : describeTalk(exchange),
  );
}

const controls: Case[] = [
  ...["hello", ""].map((data) =>
    talking({
      id: data === "" ? "ping.empty" : "ping",
      title: `A ping ${data === "" ? "without" : "with"} data is answered with a pong that carries the same`,
      requirements: ["WS-001"],
      actions: (context) => [say(data, { opcode: opcodes.ping }), frameOf("pong"), sayTask(context), answers(1)],
      checks: [pongWith(data), answered("task"), staysOpen],
    }),
  ),
  talking({
    id: "unasked-pong",
    title: "A pong nobody asked for is passed over",
    requirements: ["WS-001"],
    actions: (context) => [say("x", { opcode: opcodes.pong }), sayTask(context), answers(1)],
    checks: [answered("task"), answerCount(1), staysOpen],
  }),
  talking({
    id: "close.code",
    title: "A close frame is answered with a close frame of the same code",
    requirements: ["WS-001"],
    actions: (context) => [
      ...opening(context),
      say(closeData(1000, "bye"), { opcode: opcodes.close }),
      frameOf("close"),
    ],
    checks: [opened, closes(1000)],
  }),
  talking({
    id: "close.no-code",
    title: "A close frame without a code is answered with a close frame",
    requirements: ["WS-001"],
    actions: (context) => [...opening(context), say("", { opcode: opcodes.close }), frameOf("close")],
    checks: [opened, closes(null, 1000, 1005)],
  }),
];

/** A frame that breaks RFC 6455: the agent closes, with one of these codes, and does not answer it. */
const violation = (
  id: string,
  words: string,
  codes: readonly number[],
  frames: (context: Context) => readonly (FrameSpec & { readonly data: string | Uint8Array })[],
  requirement = "WS-001",
): Case =>
  talking({
    id,
    level: requirement === "WSB-024" || id === "violation.unmasked" ? "MUST" : "SHOULD",
    title: `${words} is closed with ${codes.join(" or ")}`,
    requirements: [requirement],
    actions: (context) => [
      ...opening(context),
      ...frames(context).map(({ data, ...frame }) => say(data, frame)),
      frameOf("close"),
    ],
    checks: [opened, closes(...codes), answerCount(1)],
  });

const text = (context: Context) => JSON.stringify(taskDocument(context));
const invalid = Buffer.from('{"a":"\xff\xfe"}', "latin1");

const violations: Case[] = [
  violation("utf8.invalid", "Text that is not UTF-8", [1007], () => [{ data: invalid }], "WSB-024"),
  violation(
    "utf8.invalid-in-fragments",
    "Text in fragments that is not UTF-8",
    [1007],
    () => [
      { data: '{"a":"', fin: false },
      { data: invalid, opcode: opcodes.continuation },
    ],
    "WSB-024",
  ),
  violation("violation.unmasked", "A frame without mask", [1002], (context) => [
    { data: text(context), masked: false },
  ]),
  violation("violation.reserved-bit", "A frame with a reserved bit", [1002], (context) => [
    { data: text(context), rsv: 2 },
  ]),
  violation(
    "violation.not-agreed-compression",
    "A frame marked as compressed, which was not agreed on",
    [1002],
    (context) => [{ data: text(context), rsv: 4 }],
  ),
  violation("violation.reserved-opcode", "A frame of a reserved kind", [1002], () => [{ data: "x", opcode: 3 }]),
  violation("violation.lone-continuation", "A continuation of nothing", [1002], () => [
    { data: "x", opcode: opcodes.continuation },
  ]),
  violation("violation.text-within-text", "A new message within fragments of another", [1002], () => [
    { data: '{"a":', fin: false },
    { data: "1}" },
  ]),
  violation("violation.long-ping", "A ping of 126 bytes", [1002], () => [
    { data: "p".repeat(126), opcode: opcodes.ping },
  ]),
  violation("violation.ping-in-fragments", "A ping in fragments", [1002], () => [
    { data: "p", opcode: opcodes.ping, fin: false },
  ]),
  violation("violation.close-of-one-byte", "A close frame of one byte", [1002], () => [
    { data: "x", opcode: opcodes.close },
  ]),
  ...[999, 1004, 1005, 1006, 2999].map((code) =>
    violation(`violation.close-code.${code}`, `A close frame with the code ${code}`, [1002], () => [
      { data: closeData(code), opcode: opcodes.close },
    ]),
  ),
];

const padded = (context: Context, size: number) => {
  const bytes = Buffer.from(JSON.stringify(taskDocument(context, { frame: { id: "large" } })));
  return Buffer.concat([bytes, Buffer.alloc(size - bytes.length, " ")]);
};

/** The large message is answered with an error under its id, or under none where it was not read so far. */
const tooLarge: Check = (exchanges, context) =>
  answered("large", [refusedAnyhow(0)])(exchanges, context) && answered(null, [refusedAnyhow(0)])(exchanges, context);

const closedOrTooLarge: Check = (exchanges, context) =>
  tooLarge(exchanges, context) && closes(1009)(exchanges, context);

const closeOrAnswer: SocketAction = {
  await: "a close frame, or an answer",
  until: (frames) =>
    saidIn(frames).filter(isAnswer).length > 1 ||
    frames.some(({ direction, opcode }) => direction === "received" && opcode === opcodes.close),
};

const sizes: Case[] = [
  talking({
    id: "size.over",
    title: "A message of a byte more than 10 MiB is answered with a JSON-RPC error",
    requirements: ["WSB-012"],
    actions: (context) => [...opening(context), say(padded(context, limit + 1)), answers(2)],
    checks: [opened, tooLarge, carriesOutNoMore],
  }),
  talking({
    id: "size.over-in-fragments",
    title:
      "Fragments that come to more than 16 MiB are closed with 1009, or answered with an error, before they are all there",
    level: "SHOULD",
    requirements: ["WSB-012"],
    actions: (context) => [
      ...opening(context),
      say(padded(context, limit), { fin: false }),
      say("", { opcode: opcodes.continuation, fin: false, declares: outright - limit }),
      closeOrAnswer,
    ],
    checks: [opened, closedOrTooLarge, carriesOutNoMore],
  }),
  talking({
    id: "size.declared",
    title: "A message that declares 17 MiB is closed with 1009, or answered with an error, before it is all there",
    level: "SHOULD",
    requirements: ["WSB-012"],
    actions: (context) => [...opening(context), say("", { declares: outright }), closeOrAnswer],
    checks: [opened, closedOrTooLarge, carriesOutNoMore],
  }),
  talking({
    id: "size.exact",
    title: "A message of exactly 10 MiB is served",
    requirements: ["WSB-001"],
    actions: (context) => [say(padded(context, limit)), answers(1)],
    checks: [answered("large")],
  }),
];

/** Frames of RFC 6455: fragments, control frames, violations and sizes. */
export const frameCases: readonly Case[] = [...fragments, ...controls, ...violations, ...sizes];

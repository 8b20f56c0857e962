import { validateAckNotification } from "../../generated/validators/ack-notification.js";
import { ackCount, acked, acks, acksOf, askedTask, asking } from "../ack-checks.js";
import type { Case, Context } from "../case.js";
import { type Check, fault, judged, refused, refusedAnyhow, show } from "../checks.js";
import {
  ackEnvelope,
  answerCount,
  answered,
  answers,
  describeTalk,
  envelopeSaid,
  heard,
  isAck,
  opened,
  opening,
  type Said,
  saidBy,
  sayTask,
  staysOpen,
  talk,
} from "../conversation.js";
import { asObject, type Changes, timeAt } from "../documents.js";
import { asksForToken, hasWebSocket } from "../prerequisites.js";
import { repeats } from "./ack-repeats.js";

/** The ack is as the function wants it; it says what is wrong. */
const ackIs = (expected: string, found: (ack: Said, sent: Readonly<Record<string, unknown>>) => string | null): Check =>
  heard(0, expected, (exchange) => {
    const [ack] = acksOf(exchange, "task");
    return ack === undefined ? describeTalk(exchange) : found(ack, envelopeSaid(exchange, "task") ?? {});
  });

const member = (name: string, wanted: (sent: Readonly<Record<string, unknown>>) => unknown): Check =>
  ackIs(`an ack whose ${name} is as it must be`, (ack, sent) => {
    const found = ackEnvelope(ack)?.[name];
    return JSON.stringify(found) === JSON.stringify(wanted(sent))
      ? null
      : `${name} is ${show(found)} and not ${show(wanted(sent))}`;
  });

const shape = (
  id: string,
  title: string,
  changes: Changes,
  checks: readonly Check[],
  requirements: readonly string[] = ["WSB-013"],
) =>
  acks({
    id,
    title,
    requirements,
    actions: (context) => askedTask(context, changes),
    checks: [answered("task"), ...checks],
  });

const shapes: Case[] = [
  shape(
    "sent",
    "An envelope that requires it is acknowledged once, before its response",
    {},
    [acked(), ackCount(1), answerCount(1), staysOpen],
    ["WSB-014", "ACK-002"],
  ),
  shape("form", "The ack is an asap.ack notification without an id, and with nothing beside its envelope", {}, [
    ackIs("jsonrpc, method and params with an envelope", ({ json = {} }) => {
      const names = Object.keys(json).sort().join();
      const inner = Object.keys(asObject(json.params) ?? {}).join();
      return names === "jsonrpc,method,params" && inner === "envelope" && json.jsonrpc === "2.0"
        ? null
        : `the members ${names}, params with ${inner}`;
    }),
  ]),
  shape("fits-schema", "The ack fits its schema", {}, [
    ackIs("a notification that fits AckNotification", (ack) => fault(validateAckNotification, ack.json)),
  ]),
  shape(
    "sender",
    "The sender of the ack is the recipient of the request, also where that is another agent",
    {
      envelope: { recipient: "urn:asap:agent:under-test" },
    },
    [member("sender", (sent) => sent.recipient)],
  ),
  shape("recipient", "The recipient of the ack is the sender of the request", {}, [
    member("recipient", (sent) => sent.sender),
  ]),
  shape("version", "The ack repeats the version of the request", { envelope: { asap_version: "1.1" } }, [
    member("asap_version", () => "1.1"),
  ]),
  shape("payload-type", "The payload of the ack is a MessageAck", {}, [member("payload_type", () => "MessageAck")]),
  shape("payload", "The payload of the ack names the envelope, the status received and no error", {}, [
    ackIs("original_envelope_id, status received and error null", (ack, sent) => {
      const payload = asObject(ackEnvelope(ack)?.payload) ?? {};
      const wanted = { original_envelope_id: sent.id, status: "received", error: null };
      const fits = Object.entries(wanted).every(([name, value]) => payload[name] === value);
      return fits && Object.keys(payload).length === 3 ? null : `the payload is ${show(payload, 200)}`;
    }),
  ]),
  shape("own-id", "The ack has an id of its own", {}, [
    ackIs("an id that is neither the request's nor the answer's", (ack, sent) => {
      const id = ackEnvelope(ack)?.id;
      return typeof id === "string" && id !== "" && id !== sent.id ? null : `the id is ${show(id)}`;
    }),
  ]),
  shape(
    "asks-for-none",
    "The ack itself requires no ack, and has no correlation, trace or extensions",
    {
      envelope: { trace_id: "trace-1", correlation_id: "mine", extensions: { x: 1 } },
    },
    [
      member("requires_ack", () => false),
      ...["correlation_id", "trace_id", "extensions"].map((name) => member(name, () => null)),
    ],
  ),
];

const onlyWhenAsked: Case[] = [
  ...[false, undefined].map((value) =>
    acks({
      id: value === undefined ? "not-asked.absent" : "not-asked.false",
      title: `A request with requires_ack ${value === undefined ? "absent" : "false"} is not acknowledged`,
      requirements: ["WSB-016"],
      actions: (context) => [sayTask(context, { envelope: { requires_ack: value } }), answers(1)],
      checks: [answered("task"), ackCount(0)],
    }),
  ),
  acks({
    id: "each",
    title: "Requests sent without waiting are acknowledged one by one, those that require it and no others",
    requirements: ["WSB-014", "WSB-016"],
    actions: (context) => [
      sayTask(context, asking({ frame: { id: "one" } })),
      sayTask(context, { frame: { id: "two" } }),
      sayTask(context, asking({ frame: { id: "three" } })),
      answers(3),
    ],
    checks: [answered("one"), answered("two"), answered("three"), acked("one"), acked("three"), ackCount(2)],
  }),
];

/** A request that is answered after its ack, mostly with an error. */
const refusedAfterAck = (id: string, title: string, changes: Changes, ...checks: readonly Check[]): Case =>
  acks({
    id,
    title,
    requirements: ["WSB-014"],
    actions: (context) => [...opening(context), sayTask(context, asking(changes)), answers(2)],
    checks: [opened, answered("task", checks), acked(), ackCount(1), staysOpen],
  });

const beforeFailures: Case[] = [
  refusedAfterAck(
    "unknown-type",
    "An envelope of a type the agent does not serve is acknowledged, then refused",
    { envelope: { payload_type: "no.such" } },
    refused(0, -32601),
  ),
  refusedAfterAck(
    "bad-payload",
    "An envelope whose payload does not fit is acknowledged, then refused",
    { payload: { surprise: 1 } },
    refusedAnyhow(0),
  ),
  refusedAfterAck("unknown-skill", "A task for a skill that is not there is acknowledged before its answer", {
    payload: { skill_id: "no-such-skill" },
  }),
];

const noAck = (at: number): Check =>
  heard(at, "no ack, or one of status rejected", (exchange) => {
    const acked = saidBy(exchange).filter(isAck);
    const wrong = acked.find((ack) => asObject(ackEnvelope(ack)?.payload)?.status !== "rejected");
    return wrong === undefined ? null : show(wrong.text, 300);
  });

/** A request that fails before it may be acknowledged; an ack of status rejected is permitted. */
const unacked = (
  id: string,
  title: string,
  changes: (context: Context) => Changes,
  answerId: string | null,
  code: number,
): Case =>
  acks({
    id,
    title,
    requirements: ["WSB-015"],
    actions: (context) => [...opening(context), sayTask(context, asking(changes(context))), answers(2)],
    checks: [opened, answered(answerId, [refused(0, code)]), noAck(0), staysOpen],
  });

const failures: Case[] = [
  unacked(
    "failed.extra-member",
    "An envelope with an unknown member is refused and not acknowledged",
    () => ({ envelope: { surprise: 1 } }),
    "task",
    -32602,
  ),
  unacked(
    "failed.sender",
    "An envelope whose sender is no URN is refused and not acknowledged",
    () => ({ envelope: { sender: "urn:asap:agent:Echo" } }),
    "task",
    -32602,
  ),
  unacked(
    "failed.stale",
    "A stale envelope is refused and not acknowledged",
    (context) => ({ envelope: { timestamp: timeAt(context, -400) } }),
    "task",
    -32602,
  ),
  unacked(
    "failed.ahead",
    "An envelope from the future is refused and not acknowledged",
    (context) => ({ envelope: { timestamp: timeAt(context, 90) } }),
    "task",
    -32602,
  ),
  unacked(
    "failed.method",
    "A request of another method is refused and not acknowledged",
    () => ({ frame: { method: "asap.nothing" } }),
    "task",
    -32601,
  ),
  unacked(
    "failed.no-id",
    "A request without a JSON-RPC id is refused and not acknowledged",
    () => ({ frame: { id: undefined } }),
    null,
    -32600,
  ),
  {
    id: "acks.failed.credentials",
    title: "Without the token it asks for an agent refuses the upgrade or the request, and does not acknowledge it",
    area: "acks",
    level: "MUST",
    requirements: ["WSB-015"],
    prerequisites: [hasWebSocket, asksForToken],
    steps: (context) => [talk(context, opening(context)), talk(context, askedTask(context), { credentials: false })],
    judge: (exchanges, context) => {
      const isTurnedAway = [401, 403].includes(exchanges[1]?.response?.status ?? 0);
      const withoutToken = isTurnedAway ? [] : [answered("task", [refused(0, -32600)], 1), noAck(1)];
      return judged(opened, ...withoutToken)(exchanges, context);
    },
  },
];

/** Acknowledgements over a WebSocket: when they come, what they say, and what becomes of a repeat. */
export const ackCases: readonly Case[] = [...shapes, ...onlyWhenAsked, ...beforeFailures, ...failures, ...repeats];

import { validateAckNotification } from "../../generated/validators/ack-notification.js";
import type { Case, Context } from "../case.js";
import { accepted, answerPayload, type Check, fault, judged, refused, refusedAnyhow, show } from "../checks.js";
import {
  ackEnvelope,
  ackedId,
  answerCount,
  answered,
  answers,
  answersTo,
  asExchange,
  describeTalk,
  envelopeSaid,
  heard,
  isAck,
  opened,
  opening,
  type Said,
  saidBy,
  sayJson,
  sayTask,
  staysOpen,
  type Talk,
  talk,
  talking,
} from "../conversation.js";
import { asObject, type Changes, post, taskDocument, timeAt } from "../documents.js";
import type { Exchange } from "../wire.js";

const acks = (from: Talk): Case => talking(from, "acks");

const asking = (changes: Changes = {}): Changes => ({
  ...changes,
  envelope: { requires_ack: true, ...changes.envelope },
});
const askedTask = (context: Context, changes: Changes = {}) => [sayTask(context, asking(changes)), answers(1)];

/** The acks that name the envelope sent under a JSON-RPC id. */
const acksOf = (exchange: Exchange, id: unknown): Said[] => {
  const sent = envelopeSaid(exchange, id)?.id;
  return saidBy(exchange).filter((said) => isAck(said) && ackedId(said) === sent);
};

/** The agent acknowledged the envelope sent under a JSON-RPC id, that often, before it answered. */
function acked(id: unknown = "task", times = 1, at = 0): Check {
  const words = times === 1 ? "one ack" : `${times} acks`;
  return heard(at, `${words} of the envelope sent under the id ${show(id)}, before its answer`, (exchange) => {
    const found = acksOf(exchange, id);
    const first = answersTo(exchange, id)[0];
    const before = first === undefined || (found[0]?.at ?? Number.POSITIVE_INFINITY) < first.at;
    return found.length === times && before ? null : describeTalk(exchange);
  });
}

/** The agent sent that many acks in all. */
const ackCount = (wanted: number): Check =>
  heard(0, wanted === 0 ? "no ack" : `${wanted} acks`, (exchange) =>
    saidBy(exchange).filter(isAck).length === wanted ? null : describeTalk(exchange),
  );

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

/** A request that is refused after its ack. */
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
  refusedAfterAck(
    "unknown-skill",
    "A task for a skill that is not there is acknowledged, then refused",
    { payload: { skill_id: "no-such-skill" } },
    refusedAnyhow(0),
  ),
];

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
    checks: [
      opened,
      answered(answerId, [refused(0, code)]),
      heard(0, "no ack, or one of status rejected", (exchange) => {
        const wrong = saidBy(exchange)
          .filter(isAck)
          .find((ack) => asObject(ackEnvelope(ack)?.payload)?.status !== "rejected");
        return wrong === undefined ? null : show(wrong.text, 300);
      }),
      staysOpen,
    ],
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
];

const taskOf = (exchange: Exchange | undefined, id: string) => {
  const [said] = answersTo(exchange, id);
  return exchange === undefined || said === undefined ? undefined : answerPayload(asExchange(exchange, said))?.task_id;
};

/** Two answers tell of the same task: the skill ran once. */
function oneTask(first: readonly [at: number, id: string], second: readonly [at: number, id: string]): Check {
  return (exchanges) => {
    const [one, two] = [first, second].map(([at, id]) => taskOf(exchanges[at], id));
    if (one === two && typeof one === "string") return null;
    return { expected: "the task of the first request again", found: `${show(one)}, then ${show(two)}`, at: second[0] };
  };
}

/** The envelope was acknowledged for both JSON-RPC ids it was sent under. */
const repeated = (id: string, title: string, waits: boolean, extensions: (context: Context) => unknown): Case =>
  acks({
    id,
    title,
    requirements: ["WSB-017", "IDEM-001"],
    actions: (context) => {
      const envelope = { id: context.newId(), timestamp: timeAt(context, 0), extensions: extensions(context) };
      const [first, again] = ["first", "again"].map((name) =>
        sayTask(context, asking({ frame: { id: name }, envelope })),
      );
      if (first === undefined || again === undefined) return [];
      return waits ? [first, answers(1), again, answers(2)] : [first, again, answers(2)];
    },
    checks: [
      answered("first"),
      answered("again"),
      acked("first", 2),
      ackCount(2),
      oneTask([0, "first"], [0, "again"]),
      staysOpen,
    ],
  });

const repeats: Case[] = [
  repeated(
    "repeat",
    "A repeated envelope is acknowledged again and answered with the stored response, under its own JSON-RPC id",
    true,
    () => null,
  ),
  repeated("repeat.at-once", "An envelope sent twice at once is acknowledged twice and runs once", false, () => null),
  repeated(
    "repeat.nonce",
    "A repeated envelope with a nonce is answered with the stored response, not with a nonce fault",
    true,
    (context) => ({ nonce: context.newId() }),
  ),
  {
    id: "acks.repeat.reconnected",
    title: "An envelope repeated on another connection is acknowledged and answered with the stored response",
    area: "acks",
    level: "MUST",
    requirements: ["WSB-017", "IDEM-001"],
    steps: (context) => {
      const envelope = { id: context.newId(), timestamp: timeAt(context, 0) };
      return ["first", "again"].map((id) => talk(context, askedTask(context, { frame: { id }, envelope })));
    },
    judge: judged(
      answered("first"),
      answered("again", undefined, 1),
      acked("first"),
      acked("again", 1, 1),
      oneTask([0, "first"], [1, "again"]),
    ),
  },
  {
    id: "acks.repeat.over-http",
    title:
      "An envelope that was answered over HTTP is acknowledged over a WebSocket and answered with the stored response",
    area: "acks",
    level: "MUST",
    requirements: ["WSB-017", "IDEM-001"],
    steps: (context) => {
      const document = taskDocument(context, asking({ frame: { id: "task" } }));
      return [post(document), talk(context, [sayJson(document), answers(1)])];
    },
    judge: judged(accepted(0), answered("task", undefined, 1), acked("task", 1, 1), (exchanges) => {
      const [first, again] = [answerPayload(exchanges[0])?.task_id, taskOf(exchanges[1], "task")];
      return first === again ? null : { expected: `the task ${show(first)} again`, found: show(again), at: 1 };
    }),
  },
  {
    id: "acks.another-envelope",
    title: "Another envelope of the same content is another task",
    area: "acks",
    level: "MUST",
    requirements: ["IDEM-001"],
    steps: (context) => [
      talk(context, [...["first", "other"].map((id) => sayTask(context, asking({ frame: { id } }))), answers(2)]),
    ],
    judge: judged(answered("first"), answered("other"), acked("first"), acked("other"), (exchanges) => {
      const [one, two] = ["first", "other"].map((id) => taskOf(exchanges[0], id));
      return one === two ? { expected: "two tasks", found: `${show(one)} twice`, at: 0 } : null;
    }),
  },
];

/** Acknowledgements over a WebSocket: when they come, what they say, and what becomes of a repeat. */
export const ackCases: readonly Case[] = [...shapes, ...onlyWhenAsked, ...beforeFailures, ...failures, ...repeats];

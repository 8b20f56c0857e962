import { ackCount, acked, acks, askedTask, asking } from "../ack-checks.js";
import type { Case, Context } from "../case.js";
import { accepted, answerPayload, type Check, judged, show } from "../checks.js";
import { answered, answers, answersTo, asExchange, sayJson, sayTask, staysOpen, talk } from "../conversation.js";
import { post, taskDocument, timeAt } from "../documents.js";
import { hasWebSocket } from "../prerequisites.js";
import type { Exchange } from "../wire.js";

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

/** What becomes of an envelope that is sent again. */
export const repeats: readonly Case[] = [
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
    prerequisites: [hasWebSocket],
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
    prerequisites: [hasWebSocket],
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
    prerequisites: [hasWebSocket],
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

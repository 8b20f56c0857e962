import type { Case, Context, Prerequisite, Step } from "../case.js";
import { accepted, answerPayload, type Check, errorData, expect, jsonOf, judged, refused, show } from "../checks.js";
import { asObject, task, timeAt } from "../documents.js";
import { freeSender } from "../prerequisites.js";
import type { WireRequest } from "../wire.js";

const taskId = (exchange: Parameters<typeof answerPayload>[0]) => answerPayload(exchange)?.task_id;

/** Two exchanges were answered with the same task. */
function sameTask(first: number, second: number): Check {
  return (exchanges) => {
    const [one, two] = [taskId(exchanges[first]), taskId(exchanges[second])];
    if (one === two && typeof one === "string") return null;
    return { expected: `the task of request ${first + 1} again`, found: `${show(one)}, then ${show(two)}`, at: second };
  };
}

/** Two exchanges were answered with tasks of their own. */
function ownTask(first: number, second: number): Check {
  return (exchanges) => {
    const [one, two] = [taskId(exchanges[first]), taskId(exchanges[second])];
    if (one !== two) return null;
    return { expected: `another task than that of request ${first + 1}`, found: `${show(one)} again`, at: second };
  };
}

interface Repeat {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly steps: (context: Context) => readonly Step[];
  readonly prerequisites?: readonly Prerequisite[];
  readonly checks: readonly Check[];
}

const repeat = ({ id, title, requirements, steps, prerequisites = [], checks }: Repeat): Case => ({
  id: `idempotency.${id}`,
  title,
  area: "idempotency",
  level: "MUST",
  requirements,
  prerequisites,
  steps,
  judge: judged(...checks),
});

const keyed = (context: Context, key: string, rest: Partial<WireRequest> = {}) =>
  task(context, { params: { idempotency_key: key } }, { headers: { "X-Idempotency-Key": key }, ...rest });

/** Repeats: what is answered from store and what is run again. */
export const idempotencyCases: readonly Case[] = [
  repeat({
    id: "envelope-id",
    title: "A repeated envelope is answered with the stored answer, under the id of the repeat",
    requirements: ["IDEM-001"],
    steps: (context) => {
      const id = context.newId();
      const first = task(context, { envelope: { id }, frame: { id: "first" } });
      const again = task(context, { envelope: { id }, frame: { id: "again" } });
      return [first, again, task(context)];
    },
    checks: [
      accepted(0),
      accepted(1),
      accepted(2),
      sameTask(0, 1),
      ownTask(0, 2),
      expect(1, 'the id "again"', (exchange) => {
        const id = asObject(jsonOf(exchange))?.id;
        return id === "again" ? null : `the id is ${show(id)}`;
      }),
    ],
  }),
  repeat({
    id: "same-bytes",
    title: "The same bytes sent again are answered with the same task",
    requirements: ["IDEM-001"],
    steps: (context) => {
      const request = task(context);
      return [request, request, task(context)];
    },
    checks: [accepted(0), accepted(1), accepted(2), sameTask(0, 1), ownTask(0, 2)],
  }),
  repeat({
    id: "key",
    title: "A repeated idempotency key is answered with the stored answer",
    requirements: ["IDEM-002"],
    steps: (context) => {
      const key = context.newId();
      return [keyed(context, key), keyed(context, key), keyed(context, context.newId())];
    },
    checks: [accepted(0), accepted(1), accepted(2), sameTask(0, 1), ownTask(0, 2)],
  }),
  repeat({
    id: "id-empty",
    title: "Empty envelope ids never match",
    requirements: ["IDEM-004", "ENV-003"],
    steps: (context) => [task(context, { envelope: { id: "" } }), task(context, { envelope: { id: "" } })],
    checks: [accepted(0), accepted(1), ownTask(0, 1)],
  }),
  repeat({
    id: "id-absent",
    title: "Absent and null envelope ids never match",
    requirements: ["IDEM-004", "ENV-002"],
    steps: (context) => [undefined, undefined, null, null].map((id) => task(context, { envelope: { id } })),
    checks: [accepted(0), accepted(1), accepted(2), accepted(3), ownTask(0, 1), ownTask(2, 3), ownTask(0, 2)],
  }),
  repeat({
    id: "key-empty",
    title: "An empty idempotency key never matches",
    requirements: ["IDEM-004"],
    steps: (context) => [0, 1].map(() => task(context, { params: { idempotency_key: "" } })),
    checks: [accepted(0), accepted(1), ownTask(0, 1)],
  }),
  repeat({
    id: "other-sender",
    title: "The same envelope id of another sender is another request",
    requirements: ["IDEM-005"],
    prerequisites: [freeSender],
    steps: (context) => {
      const id = context.newId();
      const other = `${context.sender}-other`.slice(0, 256);
      return [task(context, { envelope: { id } }), task(context, { envelope: { id, sender: other } })];
    },
    checks: [accepted(0), accepted(1), ownTask(0, 1)],
  }),
  repeat({
    id: "before-nonce",
    title: "A repeat is recognised before its nonce is looked at",
    requirements: ["IDEM-003"],
    steps: (context) => {
      const envelope = { id: context.newId(), extensions: { nonce: context.newId() } };
      return [task(context, { envelope }), task(context, { envelope })];
    },
    checks: [accepted(0), accepted(1), sameTask(0, 1)],
  }),
  repeat({
    id: "after-freshness",
    title: "A repeat that is stale is refused",
    requirements: ["IDEM-003", "REPLAY-001"],
    steps: (context) => {
      const id = context.newId();
      return [
        task(context, { envelope: { id } }),
        task(context, { envelope: { id, timestamp: timeAt(context, -400) } }),
      ];
    },
    checks: [
      accepted(0),
      refused(1, -32602),
      expect(1, "asap:protocol/invalid_timestamp", (exchange) =>
        errorData(exchange)?.code === "asap:protocol/invalid_timestamp" ? null : show(errorData(exchange)?.code),
      ),
    ],
  }),
];

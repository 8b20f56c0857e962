import { asObject } from "../documents.js";
import { envelope, error, frame, type Json, json, objectOf, sent } from "./edit.js";
import { envelopeIn, envelopeOf, hearing, saying } from "./socket-edit.js";
import type { SocketMutant } from "./tunnel.js";
import type { Answered, Asked, Mutant } from "./wrap.js";

/** An agent that is wrong in one way about the life of tasks or their state. */
export interface LivingMutant extends Omit<Mutant, "killedBy"> {
  /** Ids of the cases of both areas that must see it, all of them. */
  readonly killedBy: readonly string[];
}

/** The sender that the suite speaks as. */
const suite = "urn:asap:agent:conformance";
const nobody = "task_nobody_asked_for";

const typeOf = (json: Json) => String(envelopeIn(json)?.payload_type);
const payloadOf = (json: Json | undefined): Json => asObject(json?.payload) ?? {};
const resultOf = (json: Json) => asObject(asObject(json.result)?.envelope);
const isUpdate = (json: Json) => resultOf(json)?.payload_type === "task.update";
const dataOf = (json: Json) => asObject(asObject(json.error)?.data);

/** Changes the payload of a result. */
const withPayload = (answer: Json, change: Json): Json => {
  const inner = resultOf(answer);
  return { ...answer, result: { envelope: { ...inner, payload: { ...payloadOf(inner), ...change } } } };
};

/** Changes the last update of a task that runs to its end. */
const lastUpdate = (change: Json): SocketMutant =>
  saying(() => (answer) => {
    const progress = asObject(payloadOf(resultOf(answer)).progress);
    return isUpdate(answer) && progress?.percent === 100 ? withPayload(answer, change) : undefined;
  });

/** Repeats the first update of a task after an answer that tells of that status. */
const updateAfter = (status: string): SocketMutant =>
  saying(() => {
    let update: Json | undefined;
    return (answer) => {
      if (isUpdate(answer)) update ??= answer;
      const isEnd = answer.id === "task" && payloadOf(resultOf(answer)).status === status;
      return isEnd && update !== undefined ? [answer, update] : undefined;
    };
  });

/** Changes the status in the answer to an id, where it is the first one given. */
const statusIn = (id: string, from: string, to: string): SocketMutant =>
  saying(
    () => (answer) =>
      answer.id === id && payloadOf(resultOf(answer)).status === from ? withPayload(answer, { status: to }) : undefined,
  );

/** Gives the second task request of a connection another id, before or after a cancellation. */
const runAgain = (afterCancel: boolean): SocketMutant =>
  hearing(() => {
    let requests = 0;
    let cancelled = false;
    return (json) => {
      if (typeOf(json) === "task.cancel") cancelled = true;
      if (json.id !== "task") return undefined;
      requests += 1;
      return requests === 2 && cancelled === afterCancel ? envelopeOf(json, { id: "another" }) : undefined;
    };
  });

/** Changes what goes in of one type. */
const askedFor = (type: string, change: (payload: Json) => Json) =>
  sent((own) => (own.payload_type === type ? change(payloadOf(own)) : {}));

/** Answers a message of one type, which was refused, with a task. */
const granted = (type: string, wanted: (payload: Json, asked: Json) => boolean = () => true) =>
  json((answer, asked) => {
    const own = envelopeIn(objectOf(asked.body)) ?? {};
    if (own.payload_type !== type || answer.error === undefined || !wanted(payloadOf(own), own)) return null;
    if (dataOf(answer)?.validation_errors !== undefined) return null;
    const payload = { task_id: payloadOf(own).task_id, status: "completed" };
    return { jsonrpc: "2.0", result: { envelope: { id: "e", payload_type: "task.response", payload } }, id: answer.id };
  });

/** Changes the payload of answers to a StateQuery. */
const told = (change: (payload: Json, asked: Json) => Json) =>
  envelope((inner, own) =>
    own.payload_type === "StateQuery"
      ? { payload: { ...payloadOf(inner), ...change(payloadOf(inner), payloadOf(own)) } }
      : {},
  );

/** Puts another stable code in place of one, in errors to messages of one type. */
const toldOtherwise = (type: string, from: string) =>
  json((answer, asked) => {
    const data = dataOf(answer);
    if (data?.code !== from || typeOf(objectOf(asked.body)) !== type) return null;
    return { ...answer, error: { ...asObject(answer.error), data: { ...data, code: "asap:task/unknown_skill" } } };
  });

/** Finds fault with some versions. */
const faulty = (isFaulty: (version: number) => boolean) => (answered: Answered, asked: Asked) => {
  const own = envelopeIn(objectOf(asked.body));
  const { version } = payloadOf(own);
  if (own?.payload_type !== "StateQuery" || typeof version !== "number" || !isFaulty(version)) return answered;
  return error(() => ({ data: { error: "Invalid payload", validation_errors: [{ loc: ["payload", "version"] }] } }))(
    answered,
    asked,
  );
};

const malformed = (prefix: string, ...names: readonly string[]) => names.map((name) => `${prefix}.malformed.${name}`);
const taskIds = ["task_id.missing", "task_id.null", "task_id.number", "task_id.array"];
const reasons = malformed("lifecycle.cancel", "reason.number", "reason.array");

/** Agents that are wrong about the life of a task. */
export const living: readonly LivingMutant[] = [
  {
    name: "reports nothing",
    killedBy: ["lifecycle.updates.sent"],
    socket: saying(() => (answer) => (isUpdate(answer) ? null : undefined)),
  },
  {
    name: "reports without update_type",
    killedBy: ["lifecycle.updates.fit"],
    socket: lastUpdate({ update_type: undefined }),
  },
  {
    name: "reports of another task",
    killedBy: ["lifecycle.updates.fit"],
    socket: lastUpdate({ task_id: "task_another" }),
  },
  {
    name: "goes back to submitted",
    killedBy: ["lifecycle.updates.legal"],
    socket: lastUpdate({ status: "submitted" }),
  },
  {
    name: "goes on from what is completed",
    killedBy: ["lifecycle.updates.legal"],
    socket: updateAfter("completed"),
  },
  {
    name: "goes on from what is cancelled",
    killedBy: ["lifecycle.cancel.legal"],
    socket: updateAfter("cancelled"),
  },
  {
    name: "completes what is cancelled",
    killedBy: ["lifecycle.cancel.running"],
    socket: statusIn("task", "cancelled", "completed"),
  },
  {
    name: "answers a cancellation with a task that works",
    killedBy: ["lifecycle.cancel.answer"],
    socket: statusIn("cancel", "cancelled", "working"),
  },
  {
    name: "cancels twice",
    killedBy: ["lifecycle.cancel.twice"],
    socket: saying(() => {
      let first: Json | undefined;
      return (answer) => {
        if (answer.id === "cancel") first = answer;
        return answer.id === "again" && first !== undefined ? { ...first, id: "again" } : undefined;
      };
    }),
  },
  {
    name: "cancels for anybody",
    killedBy: ["lifecycle.cancel.other-sender"],
    socket: hearing(() => (json) => (typeOf(json) === "task.cancel" ? envelopeOf(json, { sender: suite }) : undefined)),
  },
  {
    name: "cancels what is over",
    killedBy: ["lifecycle.cancel.completed", "lifecycle.cancel.completed.told"],
    answer: granted("task.cancel", ({ task_id: id }) => id !== nobody),
  },
  {
    name: "says something else of what is over",
    killedBy: ["lifecycle.cancel.completed.told"],
    answer: toldOtherwise("task.cancel", "asap:task/already_completed"),
  },
  {
    name: "cancels what nobody asked for",
    killedBy: ["lifecycle.cancel.unknown", "lifecycle.cancel.unknown.told"],
    answer: granted("task.cancel", ({ task_id: id }) => id === nobody),
  },
  {
    name: "says something else of what nobody asked to cancel",
    killedBy: ["lifecycle.cancel.unknown.told"],
    answer: toldOtherwise("task.cancel", "asap:task/not_found"),
  },
  {
    name: "takes any cancellation",
    killedBy: [...malformed("lifecycle.cancel", ...taskIds, "surprise.extra"), ...reasons],
    ask: askedFor("task.cancel", ({ task_id: id }) => ({ payload: { task_id: String(id) } })),
  },
  {
    name: "reads any reason",
    killedBy: reasons,
    ask: askedFor("task.cancel", (own) => ({ payload: { ...own, reason: null } })),
  },
  {
    name: "takes cancellations with further members",
    killedBy: malformed("lifecycle.cancel", "surprise.extra"),
    ask: askedFor("task.cancel", (own) => ({ payload: { ...own, surprise: undefined } })),
  },
  {
    name: "runs again over HTTP what it ran over a WebSocket",
    killedBy: ["lifecycle.repeat.completed"],
    ask: frame((json) => (json.id === "task" ? envelopeOf(json, { id: "another" }) : {})),
  },
  {
    name: "runs again what is running",
    killedBy: ["lifecycle.repeat.running"],
    socket: runAgain(false),
  },
  {
    name: "runs again what was cancelled",
    killedBy: ["lifecycle.repeat.cancelled"],
    socket: runAgain(true),
  },
];

/** Agents that are wrong about the state of tasks. */
export const remembering: readonly LivingMutant[] = [
  {
    name: "keeps state and has no StateQuery",
    killedBy: ["state.query.own"],
    ask: askedFor("StateQuery", () => ({ payload_type: "state.nothing" })),
  },
  { name: "tells another status", killedBy: ["state.query.own"], answer: told(() => ({ status: "working" })) },
  { name: "tells of another task", killedBy: ["state.query.own"], answer: told(() => ({ task_id: "task_another" })) },
  {
    name: "tells of tasks that nobody asked for",
    killedBy: ["state.query.unknown", "state.query.unknown.told"],
    answer: granted("StateQuery", ({ task_id: id }) => id === nobody),
  },
  {
    name: "says something else of tasks that nobody asked for",
    killedBy: ["state.query.unknown.told"],
    answer: toldOtherwise("StateQuery", "asap:task/not_found"),
  },
  {
    name: "fails where there is no such task",
    killedBy: ["state.query.unknown", "state.query.unknown.told"],
    answer: (answered, asked) => {
      const own = envelopeIn(objectOf(asked.body));
      if (own?.payload_type !== "StateQuery" || payloadOf(own).task_id !== nobody) return answered;
      const isFault = dataOf(objectOf(answered.body))?.validation_errors !== undefined;
      return isFault ? answered : { ...answered, status: 500, body: Buffer.from("Internal Server Error") };
    },
  },
  {
    name: "tells of versions that there are not",
    killedBy: ["state.query.unknown-version"],
    answer: granted("StateQuery", ({ task_id: id, version }) => id !== nobody && version === 1_000_000),
  },
  {
    name: "counts versions from 1",
    killedBy: ["state.query.version.zero", "state.query.version.negative"],
    answer: faulty((version) => version < 1),
  },
  {
    name: "counts versions in 32 bits",
    killedBy: ["state.query.version.huge"],
    answer: faulty((version) => version > 2_147_483_647),
  },
  {
    name: "tells anybody",
    killedBy: ["state.query.other-sender"],
    ask: askedFor("StateQuery", () => ({ sender: suite })),
  },
  {
    name: "takes any StateQuery",
    killedBy: malformed("state.query", ...taskIds, "version.string", "version.array", "surprise.extra"),
    ask: askedFor("StateQuery", ({ task_id: id, version }) => ({
      payload: { task_id: String(id), ...(typeof version === "number" ? { version } : {}) },
    })),
  },
  {
    name: "tells that what is under way is completed",
    killedBy: ["state.query.running"],
    socket: statusIn("running", "working", "completed"),
  },
  {
    name: "tells that what was cancelled is under way",
    killedBy: ["state.query.cancelled"],
    socket: statusIn("cancelled", "cancelled", "working"),
  },
  {
    name: "tells the first state in place of the highest",
    killedBy: ["state.query.highest"],
    answer: told(({ final_state: state }, { version }) =>
      state == null || version !== undefined ? {} : { final_state: { step: 1 } },
    ),
  },
  {
    name: "takes up tasks that nobody asked for",
    killedBy: ["state.restore.unknown"],
    answer: granted("StateRestore", ({ task_id: id }) => id === nobody),
  },
  {
    name: "takes tasks up from snapshots that there are not",
    killedBy: ["state.restore.unknown-snapshot"],
    answer: granted("StateRestore", ({ task_id: id }, { sender }) => id !== nobody && sender === suite),
  },
  {
    name: "takes tasks up for anybody",
    killedBy: ["state.restore.other-sender"],
    answer: granted("StateRestore", (_, { sender }) => sender !== suite),
  },
  {
    name: "takes any StateRestore",
    killedBy: malformed(
      "state.restore",
      ...[...taskIds, ...taskIds.map((name) => name.replace("task", "snapshot")), "surprise.extra"],
    ),
    ask: askedFor("StateRestore", (own) => ({
      payload: { task_id: String(own.task_id), snapshot_id: String(own.snapshot_id) },
    })),
  },
];

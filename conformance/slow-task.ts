import { canTransition, initialState, type TaskState, taskStates } from "../generated/states.js";
import type { Case, Context } from "./case.js";
import { answerPayload, asText, type Check, show } from "./checks.js";
import {
  answered,
  answersTo,
  asExchange,
  describeTalk,
  heard,
  isAnswer,
  type Said,
  saidIn,
  sayTask,
} from "./conversation.js";
import { asObject, type Changes, taskDocument } from "./documents.js";
import type { WireFrame } from "./socket-frames.js";
import type { SocketAction } from "./websocket.js";
import type { Exchange } from "./wire.js";

/** Input of a task that runs until it is cancelled, as far as a case can tell. */
export const long = { steps: 600, ms: 50 };
/** Input of a task that reports a few times and ends. */
export const short = { steps: 3, ms: 30 };

/** Asks for a slow task, under the id "task" unless the changes name another. */
export const saySlow = (context: Context, input: object, changes: Changes = {}): SocketAction =>
  sayTask(context, { ...changes, payload: { skill_id: "slow", input, ...changes.payload } });

/** Sends a message about the task that the agent reported of, under a JSON-RPC id. */
export const sayAbout = (
  context: Context,
  id: string,
  type: string,
  payload: Readonly<Record<string, unknown>> = {},
  envelope: Readonly<Record<string, unknown>> = {},
): SocketAction => ({
  reply: (frames) => {
    const about = { task_id: asText(updatesIn(frames)[0]?.payload.task_id), ...payload };
    const changes = { frame: { id }, envelope: { payload_type: type, payload: about, ...envelope } };
    return { data: JSON.stringify(taskDocument(context, changes)) };
  },
});

/** Waits for the answer to an id. */
export const answerTo = (id: string, count = 1): SocketAction => ({
  await: `the answer to ${id}`,
  until: (frames) => saidIn(frames).filter((said) => isAnswer(said) && said.json?.id === id).length >= count,
});

/** Waits for an update of the task, or for its answer where none is pushed. */
export const firstUpdate: SocketAction = {
  await: "an update of the task",
  until: (frames) => updatesIn(frames).length > 0 || saidIn(frames).some((said) => said.json?.id === "task"),
};

/** An update that the agent pushed. */
export interface Update {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Position of its last frame in the conversation. */
  readonly at: number;
}

/** The updates of tasks among frames, in the shape of a response or of a request. */
export function updatesIn(frames: readonly WireFrame[]): Update[] {
  return saidIn(frames).flatMap(({ json, at }) => {
    const envelope = asObject(asObject(json?.result ?? json?.params)?.envelope);
    const type = asText(envelope?.payload_type).replace(/[._-]/g, "").toLowerCase();
    return type === "taskupdate" ? [{ payload: asObject(envelope?.payload) ?? {}, at }] : [];
  });
}

/** The updates of an exchange. */
export const updatesOf = (exchange: Exchange | undefined): Update[] => updatesIn(exchange?.frames ?? []);

/** The payload of the answer to an id, undefined where that is an error or missing. */
export function payloadTo(exchange: Exchange | undefined, id: string, nth = 0) {
  const said = answersTo(exchange, id)[nth];
  return exchange === undefined || said === undefined ? undefined : answerPayload(asExchange(exchange, said));
}

/** A judge of a conversation about a running task, which does not apply where the agent reported of none. */
export function whileRunning(judge: Case["judge"]): Case["judge"] {
  return (exchanges, context) => {
    const [exchange] = exchanges;
    if (exchange?.response?.status === 101 && exchange.frames !== undefined && updatesOf(exchange).length === 0) {
      return { outcome: "not-applicable", reason: "the agent pushed no update of the running task" };
    }
    return judge(exchanges, context);
  };
}

/** What a task is known to be at a moment of a conversation: of an update, or of the answer. */
function statusesOf(exchange: Exchange): { readonly status: unknown; readonly at: number }[] {
  const [said] = answersTo(exchange, "task");
  const payload = payloadTo(exchange, "task");
  const taskId = payload?.task_id ?? updatesOf(exchange)[0]?.payload.task_id;
  const seen = updatesOf(exchange).filter(({ payload: update }) => update.task_id === taskId);
  const end = said === undefined ? [] : [{ status: payload?.status ?? endOf(said), at: said.at }];
  return [...seen.map(({ payload: update, at }) => ({ status: update.status, at })), ...end].toSorted(
    (one, other) => one.at - other.at,
  );
}

const endOf = ({ json }: Said) => (json !== undefined && "error" in json ? "failed" : undefined);

/** Whether a task can come from one status to another, by steps that were not seen; staying is no step. */
export function isReachable(from: TaskState, to: TaskState, passed: readonly TaskState[] = []): boolean {
  if (from === to) return true;
  const next = taskStates.filter((state) => canTransition(from, state) && !passed.includes(state));
  return next.some((state) => isReachable(state, to, [...passed, from]));
}

const isState = (status: unknown): status is TaskState => taskStates.some((state) => state === status);

/** Updates and answer tell of one way along the transition table, which nothing follows after a final status. */
export const legalStatuses: Check = heard(0, "statuses along the transition table", (exchange) => {
  let status = initialState;
  for (const { status: next } of statusesOf(exchange)) {
    if (!isState(next)) return `the status ${show(next)}`;
    if (!isReachable(status, next)) return `${next} after ${status}`;
    status = next;
  }
  return null;
});

/** The task that was asked for under an id did not complete: it was cancelled, or is answered with an error. */
export function notCompleted(id: string, nth = 0): Check {
  return heard(0, "a task that is cancelled", (exchange) => {
    if (answersTo(exchange, id)[nth] === undefined) return describeTalk(exchange);
    const payload = payloadTo(exchange, id, nth);
    return payload === undefined || payload.status === "cancelled" ? null : `its status is ${show(payload.status)}`;
  });
}

/** The answer to an id is a payload of the reported task with that status. */
export function tells(id: string, ...statuses: readonly string[]): Check {
  return (exchanges, context) => {
    const missing = answered(id)(exchanges, context);
    if (missing !== null) return missing;
    const expected = `the task with the status ${statuses.join(" or ")}`;
    return heard(0, expected, (exchange) => {
      const { task_id: taskId, status } = payloadTo(exchange, id) ?? {};
      const wanted = updatesOf(exchange)[0]?.payload.task_id ?? payloadTo(exchange, "task")?.task_id;
      return taskId === wanted && statuses.includes(asText(status))
        ? null
        : `the task ${show(taskId)}, ${show(status)}, and not ${show(wanted)}`;
    })(exchanges, context);
  };
}

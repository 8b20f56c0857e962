import { terminalStates } from "../../generated/states.js";
import { validateTaskCancel } from "../../generated/validators/task-cancel.js";
import { validateTaskUpdate } from "../../generated/validators/task-update.js";
import { about, aboutTask, malformed, otherSender, says, taskIdOf } from "../about-task.js";
import type { Case, Context, Level, Prerequisite, Verdict } from "../case.js";
import { accepted, answerPayload, type Check, fault, judged, refusedAnyhow, show } from "../checks.js";
import {
  answered,
  answers,
  answersTo,
  asExchange,
  describeTalk,
  heard,
  sayJson,
  sayTask,
  talk,
} from "../conversation.js";
import { asObject, post, taskDocument } from "../documents.js";
import { freeSender, hasSlowSkill, hasWebSocket } from "../prerequisites.js";
import {
  answerTo,
  firstUpdate,
  legalStatuses,
  long,
  notCompleted,
  payloadTo,
  sayAbout,
  saySlow,
  short,
  tells,
  updatesOf,
  whileRunning,
} from "../slow-task.js";
import type { SocketAction } from "../websocket.js";
import type { Exchange, WireRequest } from "../wire.js";

interface Slow {
  readonly id: string;
  readonly title: string;
  readonly level?: Level;
  readonly requirements: readonly string[];
  readonly prerequisites?: readonly Prerequisite[];
  readonly talk: (context: Context) => WireRequest;
  readonly checks: readonly Check[];
}

const slowCase = (
  { talk: say, checks, level = "MUST", prerequisites = [], ...from }: Slow,
  judge = whileRunning,
): Case => ({
  ...from,
  id: `lifecycle.${from.id}`,
  area: "lifecycle",
  level,
  prerequisites: [hasWebSocket, hasSlowSkill, ...prerequisites],
  steps: (context) => [say(context)],
  judge: judge(judged(...checks)),
});

/** A task that runs to its end, and another one after it, so that what comes late is heard. */
const whole = (context: Context): WireRequest =>
  talk(
    context,
    [saySlow(context, short), answerTo("task"), sayTask(context, { frame: { id: "after" } }), answerTo("after")],
    { share: "slow task" },
  );

const updates: Case[] = [
  slowCase(
    {
      id: "updates.sent",
      title: "An agent that streams pushes the updates of a running task to the connection that asked for it",
      level: "SHOULD",
      requirements: ["WSB-025"],
      talk: whole,
      checks: [
        answered("task"),
        heard(0, "an update of the task", (exchange) =>
          updatesOf(exchange).length === 0 ? describeTalk(exchange) : null,
        ),
      ],
    },
    (judge) => judge,
  ),
  slowCase({
    id: "updates.fit",
    title: "Each update fits TaskUpdate and names the task that the answer names",
    requirements: ["PAY-003", "PAY-004"],
    talk: whole,
    checks: [
      answered("task"),
      heard(0, "updates that fit TaskUpdate, of the task that is answered", (exchange) => {
        const taskId = payloadTo(exchange, "task")?.task_id;
        const wrong = updatesOf(exchange)
          .map(
            ({ payload }) => fault(validateTaskUpdate, payload) ?? (payload.task_id === taskId ? null : show(payload)),
          )
          .find((one) => one !== null);
        return wrong ?? null;
      }),
    ],
  }),
  slowCase({
    id: "updates.legal",
    title: "The statuses of a task follow the transition table, from its first update to its answer and after it",
    requirements: ["ENT-012", "ENT-010"],
    talk: whole,
    checks: [answered("task"), answered("after"), legalStatuses],
  }),
];

/** A task that is cancelled while it runs, and another one after it. */
const cancelled = (context: Context): WireRequest =>
  talk(
    context,
    [
      saySlow(context, long),
      firstUpdate,
      sayAbout(context, "cancel", "task.cancel", { reason: "not needed any more" }),
      answerTo("cancel"),
      answerTo("task"),
      sayAbout(context, "again", "task.cancel"),
      answerTo("again"),
      sayTask(context, { frame: { id: "after" } }),
      answerTo("after"),
    ],
    { share: "cancelled task" },
  );

/** A judge of a conversation with a cancellation, which does not apply where the agent takes none. */
const whereCancelled = (judge: Case["judge"]): Case["judge"] =>
  whileRunning((exchanges, context): Verdict => {
    const [said] = answersTo(exchanges[0], "cancel");
    return asObject(said?.json?.error)?.code === -32601
      ? { outcome: "not-applicable", reason: "the agent has no handler for TaskCancel" }
      : judge(exchanges, context);
  });

const refusedIn = (id: string): Check => answered(id, [refusedAnyhow(0)]);

const cancelling: Case[] = [
  slowCase(
    {
      id: "cancel.running",
      title: "A task that runs is cancelled: the cancellation is accepted and the task does not complete",
      requirements: ["ENT-013"],
      talk: cancelled,
      checks: [answered("cancel"), notCompleted("task")],
    },
    whereCancelled,
  ),
  slowCase(
    {
      id: "cancel.answer",
      title: "A cancellation is answered with the task, cancelled",
      level: "SHOULD",
      requirements: ["STW-008"],
      talk: cancelled,
      checks: [tells("cancel", "cancelled")],
    },
    whereCancelled,
  ),
  slowCase(
    {
      id: "cancel.twice",
      title: "A task that was cancelled is not cancelled again",
      requirements: ["ENT-013"],
      talk: cancelled,
      checks: [answered("cancel"), refusedIn("again"), answered("after")],
    },
    whereCancelled,
  ),
  slowCase(
    {
      id: "cancel.legal",
      title: "The statuses of a task that is cancelled follow the transition table",
      requirements: ["ENT-012"],
      talk: cancelled,
      checks: [answered("cancel"), answered("after"), legalStatuses],
    },
    whereCancelled,
  ),
  slowCase(
    {
      id: "cancel.other-sender",
      title: "A task is not cancelled for another sender, and completes",
      requirements: ["STW-011"],
      prerequisites: [freeSender],
      talk: (context) =>
        talk(context, [
          saySlow(context, { steps: 6, ms: 50 }),
          firstUpdate,
          sayAbout(context, "cancel", "task.cancel", {}, { sender: otherSender(context) }),
          answerTo("cancel"),
          answerTo("task"),
        ]),
      checks: [refusedIn("cancel"), tells("task", "completed")],
    },
    whereCancelled,
  ),
];

const isOver: Check = (exchanges) => {
  const status = answerPayload(exchanges[0])?.status;
  const over = [...terminalStates].some((state) => state === status);
  return over ? null : { expected: "a task that is over", found: `its status is ${show(status)}`, at: 0 };
};

const refusing: Case[] = [
  aboutTask({
    id: "lifecycle.cancel.completed",
    title: "A task that is over is not cancelled any more",
    area: "lifecycle",
    type: "TaskCancel",
    requirements: ["ENT-013"],
    following: (context) => [(earlier) => about(context, "TaskCancel", { task_id: taskIdOf(earlier[0]) })],
    checks: [isOver, refusedAnyhow(2)],
  }),
  aboutTask({
    id: "lifecycle.cancel.completed.told",
    title: "Who cancels a task that is over is told so",
    area: "lifecycle",
    type: "TaskCancel",
    level: "SHOULD",
    requirements: ["STW-010"],
    following: (context) => [(earlier) => about(context, "TaskCancel", { task_id: taskIdOf(earlier[0]) })],
    checks: [isOver, says(2, "asap:task/already_completed")],
  }),
  aboutTask({
    id: "lifecycle.cancel.unknown",
    title: "A task that nobody asked for is not cancelled",
    area: "lifecycle",
    type: "TaskCancel",
    requirements: ["STW-009"],
    following: () => [],
    checks: [refusedAnyhow(1)],
  }),
  aboutTask({
    id: "lifecycle.cancel.unknown.told",
    title: "Who cancels a task that nobody asked for is told that there is none",
    area: "lifecycle",
    type: "TaskCancel",
    level: "SHOULD",
    requirements: ["STW-010"],
    following: () => [],
    checks: [says(1, "asap:task/not_found")],
  }),
  ...malformed("TaskCancel", "lifecycle.cancel", "lifecycle", "PAY-006", validateTaskCancel),
];

/** The outcome of a task as its caller sees it. */
function outcomeOf(exchange: Exchange | undefined): string {
  const { task_id: taskId, status } = answerPayload(exchange) ?? {};
  return taskId === undefined ? "an error" : `the task ${show(taskId)}, ${show(status)}`;
}

const saidTo = (exchange: Exchange | undefined, id: string, nth = 0): Exchange | undefined => {
  const said = answersTo(exchange, id)[nth];
  return exchange === undefined || said === undefined ? undefined : asExchange(exchange, said);
};

/** Two answers tell the same of the same task. */
const sameOutcome = (pick: (exchanges: readonly Exchange[]) => readonly (Exchange | undefined)[], at = 0): Check => {
  return (exchanges) => {
    const [first, again] = pick(exchanges);
    const expected = `${outcomeOf(first)} again`;
    if (first === undefined || again === undefined) return { expected, found: "no answer", at };
    return outcomeOf(first) === outcomeOf(again) ? null : { expected, found: outcomeOf(again), at };
  };
};

const sentTwice = (context: Context, input: object, between: (say: SocketAction) => readonly SocketAction[]) => {
  const document = taskDocument(context, { frame: { id: "task" }, payload: { skill_id: "slow", input } });
  return talk(context, between(sayJson(document)));
};

const repeating: Case[] = [
  {
    id: "lifecycle.repeat.completed",
    title: "An envelope that is sent again over HTTP after its task completed over a WebSocket gives the same task",
    area: "lifecycle",
    level: "MUST",
    requirements: ["IDEM-001", "WSB-001"],
    prerequisites: [hasWebSocket],
    steps: (context) => {
      const document = taskDocument(context, { frame: { id: "task" } });
      return [talk(context, [sayJson(document), answers(1)]), post(document, { group: "task" })];
    },
    judge: judged(
      answered("task"),
      accepted(1),
      sameOutcome(([first, again]) => [saidTo(first, "task"), again], 1),
    ),
  },
  slowCase({
    id: "repeat.running",
    title: "An envelope that is sent again while its task runs gets the answer of that task",
    requirements: ["IDEM-007"],
    talk: (context) => sentTwice(context, short, (say) => [say, firstUpdate, say, answerTo("task", 2)]),
    checks: [
      answered("task"),
      answered("task", [accepted(0)], 0, 1),
      sameOutcome(([one]) => [saidTo(one, "task"), saidTo(one, "task", 1)]),
    ],
  }),
  slowCase(
    {
      id: "repeat.cancelled",
      title: "An envelope that is sent again after its task was cancelled does not start it anew",
      requirements: ["IDEM-001", "ENT-012"],
      talk: (context) =>
        sentTwice(context, long, (say) => [
          say,
          firstUpdate,
          sayAbout(context, "cancel", "task.cancel"),
          answerTo("cancel"),
          answerTo("task"),
          say,
          answerTo("task", 2),
        ]),
      checks: [answered("cancel"), sameOutcome(([one]) => [saidTo(one, "task"), saidTo(one, "task", 1)])],
    },
    whereCancelled,
  ),
];

/** The life of a task: its statuses, cancellation, and what repeats of its envelope give. */
export const lifecycleCases: readonly Case[] = [...updates, ...cancelling, ...refusing, ...repeating];

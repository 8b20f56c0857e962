import { isDeepStrictEqual } from "node:util";
import { validateStateQuery } from "../../generated/validators/state-query.js";
import { validateStateRestore } from "../../generated/validators/state-restore.js";
import { validateTaskResponse } from "../../generated/validators/task-response.js";
import {
  type About,
  type AboutType,
  about,
  aboutTask,
  handled,
  malformed,
  otherSender,
  probe,
  refusedAndServing,
  says,
  taskIdOf,
} from "../about-task.js";
import type { Case, Context } from "../case.js";
import {
  accepted,
  answerPayload,
  type Check,
  describe,
  errorData,
  errorOf,
  expect,
  fault,
  judged,
  PASS,
  refusedAnyhow,
  show,
} from "../checks.js";
import { talk } from "../conversation.js";
import { task } from "../documents.js";
import { freeSender, hasSlowSkill, hasWebSocket, keepsState } from "../prerequisites.js";
import { answerTo, firstUpdate, long, sayAbout, saySlow, short, tells, whileRunning } from "../slow-task.js";
import type { Exchange, WireRequest } from "../wire.js";

type Earlier = readonly Exchange[];

/** Asks for the state of the task that the first exchange was answered with. */
const query = (context: Context, more: object = {}, envelope: Readonly<Record<string, unknown>> = {}) => {
  return ([first]: Earlier) => about(context, "StateQuery", { task_id: taskIdOf(first), ...more }, envelope);
};

/** Asks to take that task up again. */
const restore = (context: Context, envelope: Readonly<Record<string, unknown>> = {}) => {
  return ([first]: Earlier) =>
    about(context, "StateRestore", { task_id: taskIdOf(first), snapshot_id: "snap_nobody_took" }, envelope);
};

const state = (from: Omit<About, "area" | "type">, type: AboutType = "StateQuery"): Case =>
  aboutTask({ prerequisites: [keepsState], ...from, id: `state.${from.id}`, area: "state", type });

const sameTask: Check = (exchanges) => {
  const [asked, , told] = exchanges.map(answerPayload);
  const words = (one: typeof asked) => `the task ${show(one?.task_id)}, ${show(one?.status)}`;
  return words(asked) === words(told) ? null : { expected: words(asked), found: words(told), at: 2 };
};

const anyVersion = (name: string, version: number): Case =>
  state({
    id: `query.version.${name}`,
    title: `A StateQuery for the version ${version} is well-formed`,
    requirements: ["PAY-008"],
    following: (context) => [query(context, { version })],
    checks: [
      expect(2, "an answer that finds no fault with the form", (exchange) => {
        const told = answerPayload(exchange) !== undefined || errorOf(exchange) !== undefined;
        return told && errorData(exchange)?.validation_errors === undefined ? null : describe(exchange);
      }),
    ],
  });

const served: Case = {
  id: "state.query.own",
  title: "Whoever asked for a task is told its status by a StateQuery",
  area: "state",
  level: "SHOULD",
  requirements: ["STW-012"],
  prerequisites: [keepsState],
  steps: (context) => [task(context), probe(context, "StateQuery"), query(context)],
  judge: judged(
    accepted(0),
    accepted(2),
    expect(2, "a payload that fits TaskResponse", (exchange) => fault(validateTaskResponse, answerPayload(exchange))),
    sameTask,
  ),
};

const queries: Case[] = [
  served,
  state({
    id: "query.unknown",
    title: "A StateQuery for a task that nobody asked for is refused, and the agent goes on to serve",
    requirements: ["STW-013"],
    following: (context) => [task(context)],
    checks: refusedAndServing(1),
  }),
  state({
    id: "query.unknown.told",
    title: "Who asks for the state of a task that nobody asked for is told that there is none",
    level: "SHOULD",
    requirements: ["STW-010"],
    following: () => [],
    checks: [says(1, "asap:task/not_found")],
  }),
  state({
    id: "query.unknown-version",
    title: "A StateQuery for a version that there is not is refused",
    level: "SHOULD",
    requirements: ["STW-014"],
    following: (context) => [query(context, { version: 1_000_000 }), task(context)],
    checks: refusedAndServing(2),
  }),
  anyVersion("zero", 0),
  anyVersion("negative", -1),
  anyVersion("huge", 9_007_199_254_740_991),
  state({
    id: "query.other-sender",
    title: "The state of a task is not told to another sender",
    requirements: ["STW-011"],
    prerequisites: [keepsState, freeSender],
    following: (context) => [query(context, {}, { sender: otherSender(context) })],
    checks: [refusedAnyhow(2)],
  }),
  ...malformed("StateQuery", "state.query", "state", "PAY-008", validateStateQuery, keepsState),
];

/** A task that is asked about while it runs, and again once it was cancelled. */
const asked = (context: Context): WireRequest =>
  talk(
    context,
    [
      saySlow(context, long),
      firstUpdate,
      sayAbout(context, "running", "StateQuery"),
      answerTo("running"),
      sayAbout(context, "cancel", "task.cancel"),
      answerTo("cancel"),
      answerTo("task"),
      sayAbout(context, "cancelled", "StateQuery"),
      answerTo("cancelled"),
    ],
    { share: "queried task" },
  );

const underWay = (id: string, title: string, ...checks: readonly Check[]): Case => ({
  id: `state.query.${id}`,
  title,
  area: "state",
  level: "SHOULD",
  requirements: ["STW-012"],
  prerequisites: [keepsState, hasWebSocket, hasSlowSkill],
  steps: (context) => [asked(context)],
  judge: whileRunning(judged(...checks)),
});

const running: Case[] = [
  underWay(
    "running",
    "A StateQuery tells that a task is under way",
    tells("running", "submitted", "working", "input_required"),
  ),
  underWay("cancelled", "A StateQuery tells that a task was cancelled", tells("cancelled", "cancelled")),
];

const versions = [1, 2, 3, 4, 5, 6];
const finalState = (exchange: Exchange | undefined) => answerPayload(exchange)?.final_state ?? null;

/** Versions of a task's state. */
const highest: Case = {
  id: "state.query.highest",
  title: "A StateQuery without a version gives the highest that there is",
  area: "state",
  level: "MUST",
  requirements: ["STW-001"],
  prerequisites: [keepsState, hasSlowSkill],
  steps: (context) => [
    task(context, { payload: { skill_id: "slow", input: short } }),
    probe(context, "StateQuery"),
    query(context),
    ...versions.map((version) => query(context, { version })),
  ],
  judge: handled("StateQuery", 1, (exchanges, context) => {
    const broken = accepted(0)(exchanges, context) ?? accepted(2)(exchanges, context);
    if (broken !== null) return { outcome: "fail", ...broken };
    const [latest, ...each] = exchanges.slice(2).map(finalState);
    const last = each.findLastIndex((one) => one !== null);
    if (last < 0 || last === versions.length - 1) {
      const reason =
        last < 0 ? "the task slow leaves no state" : "the task slow leaves more versions than are asked for";
      return { outcome: "not-applicable", reason, undecided: last >= 0 };
    }
    if (isDeepStrictEqual(latest, each[last])) return PASS;
    return { outcome: "fail", expected: `the state of version ${last + 1}`, found: show(latest), at: 2 };
  }),
};

const restores: Case[] = [
  state(
    {
      id: "restore.unknown",
      title: "A StateRestore of a task that nobody asked for is refused, and the agent goes on to serve",
      requirements: ["STW-013"],
      following: (context) => [task(context)],
      checks: refusedAndServing(1),
    },
    "StateRestore",
  ),
  state(
    {
      id: "restore.unknown-snapshot",
      title: "A StateRestore of a snapshot that there is not is refused, and the agent goes on to serve",
      requirements: ["STW-013"],
      following: (context) => [restore(context), task(context)],
      checks: refusedAndServing(2),
    },
    "StateRestore",
  ),
  state(
    {
      id: "restore.other-sender",
      title: "A task is not taken up again for another sender",
      requirements: ["STW-011"],
      prerequisites: [keepsState, freeSender],
      following: (context) => [restore(context, { sender: otherSender(context) })],
      checks: [refusedAnyhow(2)],
    },
    "StateRestore",
  ),
  ...malformed("StateRestore", "state.restore", "state", "PAY-009", validateStateRestore, keepsState),
];

/** The state of tasks, where the manifest says that it is kept. */
export const stateCases: readonly Case[] = [...queries, ...running, highest, ...restores];

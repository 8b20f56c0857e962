import type { TaskStatus } from "../../generated/models.js";
import { canTransition, taskStates } from "../../generated/states.js";
import { AsapError } from "../error.js";
import { checkedSize, checkedTask } from "./records.js";
import type { LeaseRequest, NewTask, TaskChange, TaskRecord } from "./task-store.js";

/** States in which somebody works on a task, or should. */
export const claimableStates: readonly TaskStatus[] = ["submitted", "working", "input_required"];

/** States a task may be in before a change that leaves it in a state. */
export const statesBefore = (to: TaskStatus): readonly TaskStatus[] =>
  taskStates.filter((from) => from === to || canTransition(from, to));

/** A change of status that the state machine does not allow. */
export const illegalMove = (id: string, from: TaskStatus, to: TaskStatus): AsapError =>
  new AsapError("asap:protocol/invalid_state", {
    message: `A task cannot go from ${from} to ${to}`,
    data: { from_state: from, to_state: to, task_id: id },
  });

/** A task whose id is taken. */
export const conflict = (id: string): AsapError =>
  new AsapError("asap:state/conflict", {
    message: `Another task has the id ${id}.`,
    data: { record: "Task", id },
  });

/** A task that was asked for by the same envelope, or with the same key, as another of its agent and owner. */
export const askedTwice = (id: string, cause?: unknown): AsapError =>
  new AsapError("asap:state/conflict", {
    message: `Another task of the owner was asked for as task ${id} was.`,
    data: { record: "Task", id },
    cause,
  });

/** A record of which only the task is to be checked. */
const bare: Omit<TaskRecord, "task"> = {
  agent: "-",
  owner: "-",
  version: 1,
  envelopeId: null,
  idempotencyKey: null,
  request: null,
  answer: null,
  deadlineMs: null,
  lease: null,
};

/**
 * Checks a change that is to be stored.
 *
 * @param maxBytes Largest text, in bytes.
 * @throws AsapError `asap:state/invalid_record`, for another id too, `asap:state/too_large`.
 */
export function checkedChange(id: string, { task, answer }: TaskChange, maxBytes: number): void {
  if (answer !== undefined) checkedSize("Task", answer, maxBytes);
  if (task === undefined) return;
  checkedTask({ ...bare, task }, maxBytes);
  if (task.id === id) return;
  throw new AsapError("asap:state/invalid_record", {
    message: `A change of task ${id} cannot give it another id.`,
    data: { record: "Task", validation_errors: [{ loc: ["id"], type: "value_error", msg: "Input is another id" }] },
  });
}

/** The record of a task that is created. */
export const createdTask = (asked: NewTask, nowMs: number): TaskRecord => ({
  task: asked.task,
  agent: asked.agent,
  owner: asked.owner,
  version: 1,
  envelopeId: asked.envelopeId,
  idempotencyKey: asked.idempotencyKey,
  request: asked.request,
  answer: asked.answer,
  deadlineMs: asked.deadlineMs,
  lease: asked.lease === undefined ? null : { holder: asked.lease.holder, untilMs: nowMs + asked.lease.forMs },
});

/** The record with a lease of its own and the next version. */
export const leased = (record: TaskRecord, { holder, forMs }: LeaseRequest, nowMs: number): TaskRecord => ({
  ...record,
  version: record.version + 1,
  lease: { holder, untilMs: nowMs + forMs },
});

/** Whether nobody works on a task that somebody should work on. */
export const isClaimable = ({ task, lease }: TaskRecord, nowMs: number): boolean =>
  claimableStates.includes(task.status) && (lease === null || lease.untilMs <= nowMs);

/**
 * What a record becomes by a change.
 *
 * @throws AsapError `asap:protocol/invalid_state`.
 */
export function changedTask(record: TaskRecord, { lease, ...change }: TaskChange, nowMs: number): TaskRecord {
  const { task = record.task } = change;
  const { status: from } = record.task;
  if (from !== task.status && !canTransition(from, task.status)) throw illegalMove(task.id, from, task.status);
  const next = { ...record, ...change, task, version: record.version + 1 };
  if (lease === undefined) return next;
  return { ...next, lease: lease === null ? null : { holder: lease.holder, untilMs: nowMs + lease.forMs } };
}

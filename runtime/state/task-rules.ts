import type { TaskStatus } from "../../generated/models.js";
import { canTransition, taskStates } from "../../generated/states.js";
import { AsapError } from "../error.js";
import { checkedSize, checkTaskItself, recordText, wholeMs } from "./records.js";
import type { Lease, LeaseRequest, NewTask, TaskChange, TaskRecord } from "./task-store.js";

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

/**
 * Checks a change that is to be stored, all but the size of its task.
 *
 * @param maxBytes Largest text, in bytes.
 * @throws AsapError `asap:state/invalid_record`, for another id too, `asap:state/too_large`.
 */
export function checkChange(id: string, { task, answer }: TaskChange, maxBytes: number): void {
  if (answer !== undefined) checkedSize("Task", answer, maxBytes);
  if (task === undefined) return;
  checkTaskItself(task);
  if (task.id === id) return;
  throw new AsapError("asap:state/invalid_record", {
    message: `A change of task ${id} cannot give it another id.`,
    data: { record: "Task", validation_errors: [{ loc: ["id"], type: "value_error", msg: "Input is another id" }] },
  });
}

/**
 * JSON text of the task of a change, which is checked; undefined where the task stays as it is.
 *
 * @throws AsapError `asap:state/invalid_record`, `asap:state/too_large`.
 */
export function changeText(id: string, change: TaskChange, maxBytes: number): string | undefined {
  checkChange(id, change, maxBytes);
  return change.task && recordText("Task", change.task, maxBytes);
}

const leaseOf = ({ holder, forMs }: LeaseRequest, nowMs: number): Lease => ({
  holder,
  untilMs: wholeMs(nowMs + forMs),
});

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
  deadlineMs: asked.deadlineMs === null ? null : wholeMs(asked.deadlineMs),
  lease: asked.lease === undefined ? null : leaseOf(asked.lease, nowMs),
});

/** The record with a lease of its own and the next version. */
export const leased = (record: TaskRecord, lease: LeaseRequest, nowMs: number): TaskRecord => ({
  ...record,
  version: record.version + 1,
  lease: leaseOf(lease, nowMs),
});

/** Whether nobody works on a task that somebody should work on. */
export const isClaimable = ({ task, lease }: TaskRecord, nowMs: number): boolean =>
  claimableStates.includes(task.status) && (lease === null || lease.untilMs <= nowMs);

/** @throws AsapError `asap:protocol/invalid_state`. */
export function checkMove(id: string, from: TaskStatus, to: TaskStatus): void {
  if (from !== to && !canTransition(from, to)) throw illegalMove(id, from, to);
}

/** What a record becomes by a change whose status is checked. */
export const changedTask = (record: TaskRecord, change: TaskChange, nowMs: number): TaskRecord => ({
  ...record,
  task: change.task ?? record.task,
  version: record.version + 1,
  request: change.request === null ? null : record.request,
  answer: change.answer ?? record.answer,
  lease: change.lease == null ? (change.lease === null ? null : record.lease) : leaseOf(change.lease, nowMs),
});

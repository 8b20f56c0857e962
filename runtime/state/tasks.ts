import type { Task, TaskStatus } from "../../generated/models.js";
import { canTransition } from "../../generated/states.js";
import { AsapError } from "../error.js";
import type { TaskStore } from "./task-store.js";

/** A task while it runs and after. */
export interface TaskRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly parentTaskId: string | null;
  status: TaskStatus;
  progress: Readonly<Record<string, unknown>> | null;
  readonly createdAtMs: number;
  updatedAtMs: number;
}

/** Bounds and surroundings of a task log. */
export interface TaskLogOptions {
  /** Most tasks remembered, the latest. */
  readonly maxTasks: number;
  /** Told of every change of status. */
  readonly onTransition: (from: TaskStatus, to: TaskStatus) => void;
  /** Where tasks are kept beside memory; nowhere by default. */
  readonly store?: TaskStore | undefined;
}

/** Most characters of conversation and parent ids; beyond it tasks are forgotten early. */
const maxCharacters = 33_554_432;

/**
 * The tasks of an agent: the latest in memory, all of them in the store when there is one. Kept in a ring, since every
 * message adds a task and few are ever looked up.
 */
export class TaskLog {
  readonly #maxTasks: number;
  readonly #onTransition: TaskLogOptions["onTransition"];
  readonly #store: TaskStore | undefined;
  readonly #ring: (TaskRecord | undefined)[] = [];
  #next = 0;
  #characters = 0;

  constructor(options: TaskLogOptions) {
    this.#maxTasks = Math.max(1, Math.floor(options.maxTasks));
    this.#onTransition = options.onTransition;
    this.#store = options.store;
  }

  /** Records a new task. */
  add(record: TaskRecord): void {
    this.#characters += charactersOf(record) - charactersOf(this.#ring[this.#next]);
    this.#ring[this.#next] = record;
    this.#next = this.#next + 1 === this.#maxTasks ? 0 : this.#next + 1;
    if (this.#characters > maxCharacters) this.#forget(record);
    this.#store?.save(taskOf(record));
  }

  /** Forgets the oldest tasks until the bound on characters holds, but never the one just recorded. */
  #forget(latest: TaskRecord): void {
    const { length } = this.#ring;
    for (let step = 0; step < length && this.#characters > maxCharacters; step++) {
      const at = (this.#next + step) % length;
      const record = this.#ring[at];
      if (record === latest) return;
      this.#characters -= charactersOf(record);
      this.#ring[at] = undefined;
    }
  }

  /**
   * Moves a task to another status, once that is saved; only a failure counts also where it cannot be saved.
   *
   * @throws AsapError `asap:protocol/invalid_state` when the state machine does not allow it, and what the store throws.
   */
  move(record: TaskRecord, to: TaskStatus, nowMs: number): void {
    const from = record.status;
    if (!canTransition(from, to)) {
      throw new AsapError("asap:protocol/invalid_state", {
        message: `A task cannot go from ${from} to ${to}`,
        data: { from_state: from, to_state: to, task_id: record.id },
      });
    }
    if (to !== "failed") this.#store?.save(taskOf({ ...record, status: to, updatedAtMs: nowMs }));
    record.status = to;
    record.updatedAtMs = nowMs;
    this.#onTransition(from, to);
    if (to === "failed") this.#store?.save(taskOf(record));
  }

  /** A task by its id, or undefined when there is none or, without a store, it is forgotten. */
  get(id: string): Task | undefined {
    const record = this.#ring.find((each) => each?.id === id);
    return record === undefined ? this.#store?.load(id) : taskOf(record);
  }
}

const charactersOf = (record: TaskRecord | undefined): number =>
  record === undefined ? 0 : record.conversationId.length + (record.parentTaskId?.length ?? 0);

function taskOf(record: TaskRecord): Task {
  return {
    id: record.id,
    conversation_id: record.conversationId,
    parent_task_id: record.parentTaskId,
    status: record.status,
    depth: 0,
    progress: record.progress === null ? null : { ...record.progress },
    created_at: new Date(record.createdAtMs).toISOString(),
    updated_at: new Date(record.updatedAtMs).toISOString(),
  };
}

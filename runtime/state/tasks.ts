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
  /** Most tasks remembered; at least half of that many of the latest are. */
  readonly maxTasks: number;
  /** Told of every change of status. */
  readonly onTransition: (from: TaskStatus, to: TaskStatus) => void;
  /** Where tasks are kept beside memory; nowhere by default. */
  readonly store?: TaskStore | undefined;
}

/** Most characters of conversation and parent ids in each of two generations; beyond it tasks are forgotten early. */
const maxCharacters = 16_777_216;

/** The tasks of an agent: the latest in memory, all of them in the store when there is one. */
export class TaskLog {
  readonly #maxTasks: number;
  readonly #onTransition: TaskLogOptions["onTransition"];
  readonly #store: TaskStore | undefined;
  #characters = 0;
  #young = new Map<string, TaskRecord>();
  #old = new Map<string, TaskRecord>();

  constructor(options: TaskLogOptions) {
    this.#maxTasks = Math.max(1, Math.ceil(options.maxTasks / 2));
    this.#onTransition = options.onTransition;
    this.#store = options.store;
  }

  /** Records a new task. */
  add(record: TaskRecord): void {
    if (this.#young.size >= this.#maxTasks || this.#characters >= maxCharacters) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#characters = 0;
    }
    this.#characters += record.conversationId.length + (record.parentTaskId?.length ?? 0);
    this.#young.set(record.id, record);
    this.#store?.save(taskOf(record));
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
    const record = this.#young.get(id) ?? this.#old.get(id);
    return record === undefined ? this.#store?.load(id) : taskOf(record);
  }
}

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

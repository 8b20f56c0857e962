import type { Task, TaskStatus } from "../../generated/models.js";
import { canTransition } from "../../generated/states.js";
import { timestampMs } from "../freshness.js";
import { isoTime } from "../jsonrpc.js";
import { illegalMove } from "./task-rules.js";

/** A task while it runs and after. */
export interface TaskEntry {
  id: string;
  readonly conversationId: string;
  readonly parentTaskId: string | null;
  /** How many tasks it is nested in. */
  readonly depth: number;
  status: TaskStatus;
  progress: Readonly<Record<string, unknown>> | null;
  createdAtMs: number;
  updatedAtMs: number;
}

/** Bounds and surroundings of a task log. */
export interface TaskLogOptions {
  /** Most tasks remembered, the latest. */
  readonly maxTasks: number;
  /** Told of every change of status. */
  readonly onTransition: (from: TaskStatus, to: TaskStatus) => void;
}

/** Most characters of conversation and parent ids; beyond it tasks are forgotten early. */
const maxCharacters = 33_554_432;

/**
 * The latest tasks that an agent worked on, in memory. Kept in a ring, since every message adds a task and few are ever
 * looked up.
 */
export class TaskLog {
  readonly #maxTasks: number;
  readonly #onTransition: TaskLogOptions["onTransition"];
  readonly #ring: (TaskEntry | undefined)[] = [];
  #next = 0;
  #characters = 0;

  constructor(options: TaskLogOptions) {
    this.#maxTasks = Math.max(1, Math.floor(options.maxTasks));
    this.#onTransition = options.onTransition;
  }

  /** Records a new task. */
  add(record: TaskEntry): void {
    this.#characters += charactersOf(record) - charactersOf(this.#ring[this.#next]);
    this.#ring[this.#next] = record;
    this.#next = this.#next + 1 === this.#maxTasks ? 0 : this.#next + 1;
    if (this.#characters > maxCharacters) this.#forget(record);
  }

  /** Forgets the oldest tasks until the bound on characters holds, but never the one just recorded. */
  #forget(latest: TaskEntry): void {
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
   * Moves a task to another status.
   *
   * @throws AsapError `asap:protocol/invalid_state` when the state machine does not allow it.
   */
  move(record: TaskEntry, to: TaskStatus, nowMs: number): void {
    const from = record.status;
    if (!canTransition(from, to)) throw illegalMove(record.id, from, to);
    record.status = to;
    record.updatedAtMs = nowMs;
    this.#onTransition(from, to);
  }

  /** A task by its id, or undefined when there is none or it is forgotten. */
  get(id: string): Task | undefined {
    const record = this.#ring.find((each) => each?.id === id);
    return record && taskOf(record);
  }
}

const charactersOf = (record: TaskEntry | undefined): number =>
  record === undefined ? 0 : record.conversationId.length + (record.parentTaskId?.length ?? 0);

/** The entry of a task that is taken up. */
export const entryOf = (task: Task): TaskEntry => ({
  id: task.id,
  conversationId: task.conversation_id,
  parentTaskId: task.parent_task_id ?? null,
  depth: task.depth ?? 0,
  status: task.status,
  progress: task.progress ?? null,
  createdAtMs: timestampMs(task.created_at),
  updatedAtMs: timestampMs(task.updated_at),
});

/** A task as it travels. */
export function taskOf(record: TaskEntry, status: TaskStatus = record.status): Task {
  return {
    id: record.id,
    conversation_id: record.conversationId,
    parent_task_id: record.parentTaskId,
    status,
    depth: record.depth,
    progress: record.progress === null ? null : { ...record.progress },
    created_at: isoTime(record.createdAtMs),
    updated_at: isoTime(record.updatedAtMs),
  };
}

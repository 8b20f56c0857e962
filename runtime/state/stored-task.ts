import type { Task } from "../../generated/models.js";
import { canTransition } from "../../generated/states.js";
import { AsapError, isAsapError } from "../error.js";
import type { OtherAnswers } from "../execution.js";
import { ulid } from "../ulid.js";
import type { NewDelivery } from "../webhooks/delivery.js";
import type { StateStore } from "./state-store.js";
import type { TaskChange, TaskRecord } from "./task-store.js";

/** Where tasks are held, by whom and for how long. */
export interface Holding {
  readonly store: StateStore;
  /** Name of this instance of the agent. */
  readonly holder: string;
  /** How long an instance may be silent before others take its tasks over, in milliseconds. */
  readonly leaseMs: number;
  readonly now: () => number;
  /** The webhook deliveries of a task's end, to be stored along with it. */
  readonly deliveriesOfEnd?: ((task: Task) => Promise<readonly NewDelivery[]>) | undefined;
}

/** How often a change is tried of a task that was changed meanwhile. */
export const mostTries = 16;

/** A task that this instance holds. What is written of it is written one after the other, and only while it is held. */
export class StoredTask {
  readonly #options: Holding;
  readonly #release: () => void;
  /** Resolves when the task is no longer held. */
  readonly released: Promise<void>;
  #record: TaskRecord;
  #turn: Promise<unknown> = Promise.resolve();
  #isLost = false;
  /** Gives the task as it is now; what is stored of it by default. */
  describe: () => Task = () => this.#record.task;
  /** Told once that another instance holds the task, or that it was cancelled. */
  onLost: ((cancelled: boolean) => void) | undefined;
  /** Gives the webhook deliveries of the task's end, where that is known at once. */
  deliveriesOfEnd: ((task: Task) => readonly NewDelivery[]) | undefined;

  constructor(record: TaskRecord, options: Holding, release: () => void) {
    let resolve = (): void => {};
    this.released = new Promise((done) => {
      resolve = done;
    });
    this.#record = record;
    this.#options = options;
    this.#release = () => {
      release();
      resolve();
    };
  }

  get record(): TaskRecord {
    return this.#record;
  }

  /**
   * Keeps the task for another lease, with what is known of it by now.
   *
   * @returns Whether it is still held.
   */
  async renew(): Promise<boolean> {
    return (await this.#renewed()) !== undefined;
  }

  #renewed(): Promise<TaskRecord | undefined> {
    return this.#change(() => ({ task: this.describe(), lease: this.#lease() }));
  }

  /**
   * Saves a snapshot to go on from. Its version is that of the task as it was renewed for it: no two are the same, and
   * those of an instance that held the task before are lower, whenever they are written.
   *
   * @throws AsapError `asap:state/conflict` where another instance holds the task, and as the store does.
   */
  async checkpoint(data: Readonly<Record<string, unknown>>): Promise<void> {
    const { id } = this.#record.task;
    const renewed = await this.#renewed();
    if (renewed === undefined) {
      throw new AsapError("asap:state/conflict", {
        message: `Another instance works on task ${id}.`,
        data: { record: "Task", id },
      });
    }
    await saveCheckpoint(this.#options, id, renewed.version, data);
  }

  /** The data of the latest checkpoint. */
  async checkpointed(): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { snapshots } = this.#options.store;
    const { id } = this.#record.task;
    for (const version of (await snapshots.listVersions(id)).toReversed()) {
      const snapshot = await snapshots.get(id, version);
      if (snapshot?.checkpoint === true) return snapshot.data;
    }
    return undefined;
  }

  /**
   * Stores how the task ended and what was answered. Where it was cancelled elsewhere, that is the answer. What asked for
   * a task of a skill that resumes stays, for a StateRestore.
   *
   * @returns The answer to give: another one where the store cannot hold this one, and the task has failed by that.
   * @throws AsapError `asap:task/interrupted` where another instance holds the task, and as the store does.
   */
  async end(answer: string, others: OtherAnswers): Promise<string> {
    try {
      const task = this.describe();
      const { status } = task;
      if (!this.#isLost && this.#record.task.status !== status && !canTransition(this.#record.task.status, status)) {
        await this.#change(() => ({ task: { ...this.describe(), status: "working" }, lease: this.#lease() }));
      }
      const deliveries = await this.#deliveriesOf(task);
      const change = () => ({ task: this.describe(), answer, lease: null, ...deliveries });
      if ((await this.#change(change)) !== undefined) return answer;
      return await this.#endedElsewhere(others);
    } catch (cause) {
      if (!isUnstorable(cause)) throw cause;
      const failed = others.failed();
      const task = (): Task => ({ ...this.describe(), status: "failed", progress: null });
      const deliveries = await this.#deliveriesOf(task());
      const ended = await this.#change(() => ({ task: task(), answer: failed, lease: null, ...deliveries }));
      return ended === undefined ? await this.#endedElsewhere(others) : failed;
    } finally {
      this.#release();
    }
  }

  async #deliveriesOf(task: Task): Promise<Pick<TaskChange, "deliveries">> {
    const deliveries = this.deliveriesOfEnd?.(task) ?? (await this.#options.deliveriesOfEnd?.(task)) ?? [];
    return deliveries.length === 0 ? {} : { deliveries };
  }

  async #endedElsewhere(others: OtherAnswers): Promise<string> {
    const { tasks } = this.#options.store;
    const { id } = this.#record.task;
    const record = await tasks.get(id);
    if (record?.task.status !== "cancelled") throw new AsapError("asap:task/interrupted", { data: { task_id: id } });
    return answerOfCancelled(this.#options.store, record, others);
  }

  /** Lets go of the task without a word to the store; its lease runs out. */
  abandon(): void {
    this.#isLost = true;
    this.#release();
  }

  /** Lets go of the task, for other instances: they look before this one does again. Tasks that wait already go first. */
  async passOn(): Promise<void> {
    try {
      await this.#change(() => ({ lease: { holder: this.#options.holder, forMs: 1 } }));
    } finally {
      this.abandon();
    }
  }

  /** Lets go of the task, for any instance to take up. */
  async release(): Promise<void> {
    try {
      await this.#change(() => ({ task: this.describe(), lease: null }));
    } finally {
      this.#release();
    }
  }

  #lease() {
    return { holder: this.#options.holder, forMs: this.#options.leaseMs };
  }

  #change(make: () => TaskChange): Promise<TaskRecord | undefined> {
    const turn = this.#turn.then(() => this.#write(make));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #write(make: () => TaskChange): Promise<TaskRecord | undefined> {
    for (let tries = 0; tries < mostTries && !this.#isLost; tries += 1) {
      const change = make();
      const changed = await this.#try(change);
      if (changed !== undefined) {
        this.adopt(changed);
        this.#isLost = change.lease === null;
        return changed;
      }
      await this.#look();
    }
    return undefined;
  }

  async #try(change: TaskChange): Promise<TaskRecord | undefined> {
    const { tasks } = this.#options.store;
    const { task, version } = this.#record;
    try {
      return await tasks.change(task.id, version, change);
    } catch (cause) {
      if (!isUnstorable(cause) || change.task?.progress == null) throw cause;
      return await tasks.change(task.id, version, { ...change, task: { ...change.task, progress: null } });
    }
  }

  /** Finds out who holds a task that is not what it was: this instance, where it was not told of a change it made. */
  async #look(): Promise<void> {
    const { store, holder } = this.#options;
    const found = await store.tasks.get(this.#record.task.id).catch((cause: unknown) => {
      if (isAsapError(cause) && cause.retryable) throw cause;
      return undefined;
    });
    if (found?.lease?.holder === holder) this.adopt(found);
    else {
      this.abandon();
      this.onLost?.(found?.task.status === "cancelled");
    }
  }

  /** Takes a later record of the task, as this instance holds it. */
  adopt(record: TaskRecord): void {
    if (record.version > this.#record.version) this.#record = record;
  }
}

/** The answer to whoever asked for a task that was cancelled; where there is none it is made, and stored. */
export async function answerOfCancelled({ tasks }: StateStore, record: TaskRecord, others: OtherAnswers) {
  const { answer, task, version } = record;
  if (answer !== null) return answer;
  const made = others.cancelled(task.id);
  const stored = (await tasks.change(task.id, version, { answer: made })) ?? (await tasks.get(task.id));
  return stored?.answer ?? made;
}

/** Whether what was to be stored is what the store refuses; progress and answers hold what skills made. */
export const isUnstorable = (cause: unknown): boolean =>
  isAsapError(cause) && (cause.code === "asap:state/too_large" || cause.code === "asap:state/invalid_record");

/**
 * Saves a snapshot to go on from.
 *
 * @throws AsapError as the store does.
 */
export function saveCheckpoint(
  { store, now }: Pick<Holding, "store" | "now">,
  taskId: string,
  version: number,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const at = now();
  const created_at = new Date(at).toISOString();
  const id = `snap_${ulid(at)}_${version}`;
  return store.snapshots.save({ id, task_id: taskId, version, data, checkpoint: true, created_at });
}

/** The version that the id of a checkpoint ends with; undefined for the id of another snapshot. */
export function versionOfCheckpoint(snapshotId: string): number | undefined {
  const [, version] = /^snap_[0-9A-Z]{26}_(\d{1,15})$/.exec(snapshotId) ?? [];
  return version === undefined ? undefined : Number(version);
}

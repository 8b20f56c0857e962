import type { Task } from "../../generated/models.js";
import { canTransition } from "../../generated/states.js";
import { AsapError, isAsapError } from "../error.js";
import type { OtherAnswers } from "../execution.js";
import type { Log } from "../observe/log.js";
import { ulid } from "../ulid.js";
import type { StateStore } from "./state-store.js";
import type { NewTask, TaskChange, TaskRecord } from "./task-store.js";

/** What an engine needs. */
export interface EngineOptions {
  readonly store: StateStore;
  /** Name of this instance of the agent. */
  readonly holder: string;
  /** How long an instance may be silent before others take its tasks over, in milliseconds. */
  readonly leaseMs: number;
  readonly log: Log;
  readonly now: () => number;
  /** Takes up a task that nobody works on. */
  readonly resume: (stored: StoredTask) => Promise<void>;
  /** How many more tasks may run now. */
  readonly room: () => number;
}

/** First and longest wait between looks at a task that another instance works on, in milliseconds. */
const firstLookMs = 50;
const longestLookMs = 1_000;
const mostTries = 16;
/** Longest wait of a close for a store that does not answer, in milliseconds. */
const longestCloseMs = 5_000;

/** Keeps the tasks of an agent in a store: begun, held by a lease, renewed, ended, and taken over from instances that fell silent. */
export class TaskEngine {
  readonly options: EngineOptions;
  readonly #held = new Set<StoredTask>();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  readonly #beginning = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(options: EngineOptions) {
    this.options = options;
  }

  /** Renews leases and looks for tasks that nobody works on, three times a lease, until it is closed. */
  start(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const turn = () => {
      this.#turn = this.#turn.then(() => this.#beat());
    };
    this.#timer = setInterval(turn, this.options.leaseMs / 3);
    this.#timer.unref();
    turn();
  }

  /** Ends the looks and waits until no task is held any more, for five seconds at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    const released = this.#turn
      .then(() => Promise.allSettled(this.#beginning))
      .then(() => Promise.all([...this.#held].map((task) => task.released)));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestCloseMs);
      released.finally(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #beat(): Promise<void> {
    const { store, holder, leaseMs, log, resume, room } = this.options;
    await Promise.all([...this.#held].map((task) => task.renew().catch(() => undefined)));
    const limit = Math.min(room(), 100);
    if (this.#isClosed || limit < 1) return;
    try {
      for (const record of await store.tasks.claim({ holder, forMs: leaseMs }, limit)) {
        const stored = this.#hold(record);
        log.warn?.("asap.task.taken_over", { task_id: record.task.id });
        resume(stored).catch((error: unknown) => {
          log.error?.("asap.task.not_resumed", { task_id: record.task.id, error });
          stored.abandon();
        });
      }
    } catch (error) {
      log.error?.("asap.state.unavailable", { error });
    }
  }

  #hold(record: TaskRecord): StoredTask {
    const stored = new StoredTask(record, this.options, () => this.#held.delete(stored));
    this.#held.add(stored);
    return stored;
  }

  /**
   * Stores a task that is about to run.
   *
   * @param waitMs Longest wait for the answer of an instance that runs it already.
   * @param onKnown Told that it was asked for before.
   * @returns The task, held by this instance, or the answer where it was asked for before.
   * @throws AsapError as the store does; `asap:task/deadline_exceeded` where the answer did not come in time.
   */
  async begin(
    task: Omit<NewTask, "lease" | "answer">,
    waitMs: number,
    onKnown: () => void,
  ): Promise<StoredTask | string> {
    const { holder, leaseMs } = this.options;
    return this.#create({ ...task, answer: null, lease: { holder, forMs: leaseMs } }, waitMs, onKnown, (record) =>
      this.#hold(record),
    );
  }

  /**
   * Stores a task that has ended, with its answer.
   *
   * @param waitMs Longest wait for the answer of an instance that runs it already.
   * @param onKnown Told that it was asked for before.
   * @returns The answer to give: that of before where it was asked for before, another one where the store cannot hold
   * this one, and the task has failed by that.
   * @throws AsapError as the store does; `asap:task/deadline_exceeded` where the answer did not come in time.
   */
  async record(
    task: Omit<NewTask, "lease" | "answer">,
    answer: string,
    others: Pick<OtherAnswers, "failed">,
    waitMs: number,
    onKnown: () => void,
  ): Promise<string> {
    try {
      return await this.#create({ ...task, answer }, waitMs, onKnown, () => answer);
    } catch (cause) {
      if (!isUnstorable(cause)) throw cause;
      const failed = others.failed();
      const unfit = { ...task, task: { ...task.task, status: "failed" as const, progress: null }, answer: failed };
      return await this.#create(unfit, waitMs, onKnown, () => failed);
    }
  }

  async #create<Made>(
    task: NewTask,
    waitMs: number,
    onKnown: () => void,
    made: (record: TaskRecord) => Made,
  ): Promise<Made | string> {
    const creation = this.options.store.tasks.create(task);
    this.#beginning.add(creation);
    try {
      const { outcome, record } = await creation;
      if (outcome === "created") return made(record);
      onKnown();
      return await this.#answerOf(record, waitMs);
    } finally {
      this.#beginning.delete(creation);
    }
  }

  /**
   * Saves a snapshot to go on from.
   *
   * @throws AsapError as the store does.
   */
  saveCheckpoint(taskId: string, version: number, data: Readonly<Record<string, unknown>>): Promise<void> {
    return saveCheckpoint(this.options, taskId, version, data);
  }

  /** Whether a task of the owner was asked for by the envelope or with the key. */
  async wasAsked(owner: string, envelopeId: string | null | undefined, key: string | undefined): Promise<boolean> {
    if (!envelopeId && !key) return false;
    const asked = { ...(envelopeId ? { envelopeId } : {}), ...(key ? { idempotencyKey: key } : {}) };
    return (await this.options.store.tasks.find(owner, asked)) !== undefined;
  }

  async #answerOf(found: TaskRecord, waitMs: number): Promise<string> {
    const { store } = this.options;
    const until = performance.now() + waitMs;
    let record: TaskRecord | undefined = found;
    for (let lookMs = firstLookMs; record !== undefined; lookMs = Math.min(lookMs * 2, longestLookMs)) {
      if (record.answer !== null) return record.answer;
      if (performance.now() >= until || this.#isClosed) break;
      await new Promise((resolve) => setTimeout(resolve, lookMs).unref());
      record = await store.tasks.get(found.task.id);
    }
    throw new AsapError("asap:task/deadline_exceeded", { data: { timeout_ms: waitMs } });
  }

  /**
   * Cancels a task that another instance works on, or nobody.
   *
   * @param id Id of the task, or of the envelope that asked for it.
   * @returns The task as it is now, and whether it was cancelled; undefined where its owner has no such task.
   */
  async cancel(owner: string, id: string): Promise<{ readonly task: Task; readonly cancelled: boolean } | undefined> {
    const { tasks } = this.options.store;
    for (let tries = 0; tries < mostTries; tries += 1) {
      const record = await this.meant(owner, id);
      if (record === undefined) return undefined;
      const { task, version } = record;
      if (!canTransition(task.status, "cancelled")) return { task, cancelled: false };
      const cancelled = { ...task, status: "cancelled" as const, updated_at: this.#time() };
      const changed = await tasks.change(task.id, version, { task: cancelled, lease: null });
      if (changed !== undefined) return { task: changed.task, cancelled: true };
    }
    throw new AsapError("asap:state/unavailable", {
      data: { backend: this.options.store.backend, reason: "the task kept changing" },
    });
  }

  /** A task of an owner by its id. */
  async owned(owner: string, id: string): Promise<TaskRecord | undefined> {
    const record = await this.options.store.tasks.get(id).catch((cause: unknown) => {
      if (isAsapError(cause) && cause.code === "asap:state/invalid_record") return undefined;
      throw cause;
    });
    return record?.owner === owner ? record : undefined;
  }

  /** A task of an owner by its id, or by that of the envelope that asked for it. */
  async meant(owner: string, id: string): Promise<TaskRecord | undefined> {
    return (await this.owned(owner, id)) ?? (await this.options.store.tasks.find(owner, { envelopeId: id }));
  }

  #time(): string {
    return new Date(this.options.now()).toISOString();
  }
}

/** A task that this instance holds. What is written of it is written one after the other, and only while it is held. */
export class StoredTask {
  readonly #options: EngineOptions;
  readonly #release: () => void;
  /** Resolves when the task is no longer held. */
  readonly released: Promise<void>;
  #record: TaskRecord;
  #turn: Promise<unknown> = Promise.resolve();
  #isLost = false;
  #version: number | undefined;
  /** Gives the task as it is now; what is stored of it by default. */
  describe: () => Task = () => this.#record.task;
  /** Told once that another instance holds the task, or that it was cancelled. */
  onLost: ((cancelled: boolean) => void) | undefined;

  constructor(record: TaskRecord, options: EngineOptions, release: () => void) {
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
  renew(): Promise<boolean> {
    return this.#change(() => ({ task: this.describe(), lease: this.#lease() }));
  }

  /**
   * Saves a snapshot to go on from.
   *
   * @throws AsapError `asap:state/conflict` where another instance holds the task, and as the store does.
   */
  async checkpoint(data: Readonly<Record<string, unknown>>): Promise<void> {
    const { snapshots } = this.#options.store;
    const { id } = this.#record.task;
    if (!(await this.renew())) {
      throw new AsapError("asap:state/conflict", {
        message: `Another instance works on task ${id}.`,
        data: { record: "Task", id },
      });
    }
    this.#version = (this.#version ?? (await snapshots.listVersions(id)).at(-1) ?? 0) + 1;
    await saveCheckpoint(this.#options, id, this.#version, data);
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
      const { status } = this.describe();
      if (!this.#isLost && this.#record.task.status !== status && !canTransition(this.#record.task.status, status)) {
        await this.#change(() => ({ task: { ...this.describe(), status: "working" }, lease: this.#lease() }));
      }
      if (await this.#change(() => ({ task: this.describe(), answer, lease: null }))) return answer;
      return await this.#endedElsewhere(others);
    } catch (cause) {
      if (!isUnstorable(cause)) throw cause;
      const failed = others.failed();
      const task = (): Task => ({ ...this.describe(), status: "failed", progress: null });
      return (await this.#change(() => ({ task: task(), answer: failed, lease: null })))
        ? failed
        : await this.#endedElsewhere(others);
    } finally {
      this.#release();
    }
  }

  async #endedElsewhere(others: OtherAnswers): Promise<string> {
    const { tasks } = this.#options.store;
    const { id } = this.#record.task;
    const record = await tasks.get(id);
    if (record?.task.status !== "cancelled") throw new AsapError("asap:task/interrupted", { data: { task_id: id } });
    if (record.answer !== null) return record.answer;
    const answer = others.cancelled();
    await tasks.change(id, record.version, { answer });
    return answer;
  }

  /** Lets go of the task without a word to the store; its lease runs out. */
  abandon(): void {
    this.#isLost = true;
    this.#release();
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

  #change(make: () => TaskChange): Promise<boolean> {
    const { tasks } = this.#options.store;
    const turn = this.#turn.then(async () => {
      if (this.#isLost) return false;
      const { task, version } = this.#record;
      const change = make();
      const changed = await tasks.change(task.id, version, change).catch((cause: unknown) => {
        if (!isUnstorable(cause) || change.task?.progress == null) throw cause;
        return tasks.change(task.id, version, { ...change, task: { ...change.task, progress: null } });
      });
      if (changed !== undefined) {
        this.#record = changed;
        this.#isLost = change.lease === null;
        return true;
      }
      this.#isLost = true;
      this.#release();
      const found = await tasks.get(task.id);
      this.onLost?.(found?.task.status === "cancelled");
      return false;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Whether what was to be stored is what the store refuses; progress and answers hold what skills made. */
const isUnstorable = (cause: unknown): boolean =>
  isAsapError(cause) && (cause.code === "asap:state/too_large" || cause.code === "asap:state/invalid_record");

function saveCheckpoint(
  { store, now }: Pick<EngineOptions, "store" | "now">,
  taskId: string,
  version: number,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const at = now();
  const created_at = new Date(at).toISOString();
  return store.snapshots.save({ id: `snap_${ulid(at)}`, task_id: taskId, version, data, checkpoint: true, created_at });
}

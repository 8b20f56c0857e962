import type { Task } from "../../generated/models.js";
import { canTransition } from "../../generated/states.js";
import { AsapError, isAsapError } from "../error.js";
import type { OtherAnswers } from "../execution.js";
import type { Log } from "../observe/log.js";
import { type Holding, isUnstorable, StoredTask, saveCheckpoint } from "./stored-task.js";
import type { NewTask, TaskRecord, TaskStore } from "./task-store.js";

/** What an engine needs. */
export interface EngineOptions extends Holding {
  /** Id of the agent. */
  readonly agent: string;
  readonly log: Log;
  /** Takes up a task that nobody works on. */
  readonly resume: (stored: StoredTask) => Promise<void>;
  /** How many more tasks may run now. */
  readonly room: () => number;
}

/** A task that was asked for. */
export type AskedTask = Omit<NewTask, "agent" | "lease" | "answer">;

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
    const { store, agent, holder, leaseMs, log, resume, room } = this.options;
    await Promise.all([...this.#held].map((task) => task.renew().catch(() => undefined)));
    const limit = Math.min(room(), 100);
    if (this.#isClosed || limit < 1) return;
    try {
      for (const record of await store.tasks.claim(agent, { holder, forMs: leaseMs }, limit)) {
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
  begin(task: AskedTask, waitMs: number, onKnown: () => void): Promise<StoredTask | string> {
    const { store, agent, holder, leaseMs } = this.options;
    const creation = store.tasks.create({ ...task, agent, answer: null, lease: { holder, forMs: leaseMs } });
    return this.#made(creation, waitMs, (record) => this.#hold(record), onKnown);
  }

  /**
   * Stores a task that has ended, with its answer.
   *
   * @param waitMs Longest wait for the answer of an instance that runs it already.
   * @returns The answer to give: that of before where it was asked for before, another one where the store cannot hold
   * this one, and the task has failed by that.
   * @throws AsapError as the store does; `asap:task/deadline_exceeded` where the answer did not come in time.
   */
  record(task: AskedTask, answer: string, others: Pick<OtherAnswers, "failed">, waitMs: number): Promise<string> {
    return this.#made(this.#ended(task, answer, others), waitMs, (record) => record.answer ?? answer);
  }

  /** Creates a task that has ended: without its progress, or as failed, where the store cannot hold it as it is. */
  #ended(asked: AskedTask, answer: string, others: Pick<OtherAnswers, "failed">): ReturnType<TaskStore["create"]> {
    const { store, agent } = this.options;
    const { tasks } = store;
    return tasks.create({ ...asked, agent, answer }).catch((cause: unknown) => {
      if (!isUnstorable(cause)) throw cause;
      const { progress } = asked.task;
      const task = { ...asked.task, progress: null };
      if (progress != null) return this.#ended({ ...asked, task }, answer, others);
      return tasks.create({ ...asked, agent, task: { ...task, status: "failed" }, answer: others.failed() });
    });
  }

  async #made<Made>(
    creation: ReturnType<TaskStore["create"]>,
    waitMs: number,
    made: (record: TaskRecord) => Made,
    onKnown?: () => void,
  ): Promise<Made | string> {
    this.#beginning.add(creation);
    try {
      const { outcome, record } = await creation;
      if (outcome === "created") return made(record);
      onKnown?.();
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
    return (await this.#asked(owner, envelopeId, key)) !== undefined;
  }

  /**
   * The answer to what was asked for before, by the envelope or with the key; undefined for what is new.
   *
   * @param waitMs Longest wait for the answer of an instance that runs it.
   * @param onKnown Told that it was asked for before.
   * @throws AsapError as the store does; `asap:task/deadline_exceeded` where the answer did not come in time.
   */
  async known(
    owner: string,
    envelopeId: string | null | undefined,
    key: string | undefined,
    waitMs: number,
    onKnown: () => void,
  ): Promise<string | undefined> {
    const record = await this.#asked(owner, envelopeId, key);
    if (record === undefined) return undefined;
    onKnown();
    return this.#answerOf(record, waitMs);
  }

  async #asked(owner: string, envelopeId: string | null | undefined, key: string | undefined) {
    if (!envelopeId && !key) return undefined;
    const asked = { ...(envelopeId ? { envelopeId } : {}), ...(key ? { idempotencyKey: key } : {}) };
    const { store, agent } = this.options;
    return store.tasks.find(agent, owner, asked);
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
    const { store, agent } = this.options;
    const record = await store.tasks.get(id).catch((cause: unknown) => {
      if (isAsapError(cause) && cause.code === "asap:state/invalid_record") return undefined;
      throw cause;
    });
    return record?.agent === agent && record.owner === owner ? record : undefined;
  }

  /** A task of an owner by its id, or by that of the envelope that asked for it. */
  async meant(owner: string, id: string): Promise<TaskRecord | undefined> {
    const { store, agent } = this.options;
    return (await this.owned(owner, id)) ?? (await store.tasks.find(agent, owner, { envelopeId: id }));
  }

  #time(): string {
    return new Date(this.options.now()).toISOString();
  }
}

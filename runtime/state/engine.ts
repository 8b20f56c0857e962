import type { Task } from "../../generated/models.js";
import { canTransition, terminalStates } from "../../generated/states.js";
import { AsapError, isAsapError } from "../error.js";
import type { OtherAnswers } from "../execution.js";
import type { Log } from "../observe/log.js";
import { isId } from "./records.js";
import { answerOfCancelled, type Holding, isUnstorable, mostTries, StoredTask, saveCheckpoint } from "./stored-task.js";
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

/** Whoever asks for a task, and may have asked before. */
export interface Asker {
  /** Longest wait for the answer of an instance that runs the task already, in milliseconds. */
  readonly waitMs: number;
  readonly others: OtherAnswers;
  /** Told that the task was asked for before. */
  readonly onKnown: () => void;
}

type Created = Awaited<ReturnType<TaskStore["create"]>>;

/** First and longest wait between looks at a task that another instance works on, in milliseconds. */
const firstLookMs = 50;
const longestLookMs = 1_000;
/** Longest wait of a close for a store that does not answer, in milliseconds. */
const longestCloseMs = 5_000;

/** Keeps the tasks of an agent in a store: begun, held by a lease, renewed, ended, and taken over from instances that fell silent. */
export class TaskEngine {
  readonly options: EngineOptions;
  readonly #held = new Map<string, StoredTask>();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  readonly #beginning = new Set<Promise<unknown>>();
  /** When the store did not tell whether it created a task, by the id of the task. */
  readonly #unsure = new Map<string, number>();
  #isClosed = false;

  constructor(options: EngineOptions) {
    this.options = options;
  }

  /** Renews leases and looks for tasks that nobody works on, three times a lease, until it is closed. */
  start(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const turn = () => {
      this.#turn ??= this.#beat().finally(() => {
        this.#turn = undefined;
      });
    };
    this.#timer = setInterval(turn, this.options.leaseMs / 3);
    this.#timer.unref();
    turn();
  }

  /** Ends the looks and waits until no task is held any more, for five seconds at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    const released = Promise.resolve(this.#turn)
      .then(() => Promise.allSettled(this.#beginning))
      .then(() => Promise.all([...this.#held.values()].map((task) => task.released)));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestCloseMs);
      released.finally(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #beat(): Promise<void> {
    const { store, agent, holder, leaseMs, log, room } = this.options;
    await Promise.all([...this.#held.values()].map((task) => task.renew().catch(() => undefined)));
    this.#forget();
    const limit = Math.min(room(), 100);
    if (this.#isClosed || limit < 1) return;
    try {
      const claimed = await store.tasks.claim(agent, { holder, forMs: leaseMs }, limit);
      for (const record of claimed) this.#takeUp(record);
    } catch (error) {
      log.error?.("asap.state.unavailable", { error });
    }
  }

  /** Runs a task that was claimed, unless it runs here: its lease was over before it could be renewed. */
  #takeUp(record: TaskRecord): void {
    const { log, resume } = this.options;
    const { id } = record.task;
    const held = this.#held.get(id);
    if (held !== undefined) {
      held.adopt(record);
      return;
    }
    const stored = this.#hold(record);
    log.warn?.("asap.task.taken_over", { task_id: id });
    resume(stored).catch((error: unknown) => {
      if (!isHandedOver(error)) log.error?.("asap.task.not_resumed", { task_id: id, error });
      stored.abandon();
    });
  }

  #forget(): void {
    const before = performance.now() - 2 * this.options.leaseMs;
    for (const [id, at] of this.#unsure) if (at < before) this.#unsure.delete(id);
  }

  #hold(record: TaskRecord): StoredTask {
    const { id } = record.task;
    const stored = new StoredTask(record, this.options, () => {
      if (this.#held.get(id) === stored) this.#held.delete(id);
    });
    this.#held.set(id, stored);
    return stored;
  }

  /**
   * Stores a task that is about to run.
   *
   * @returns The task, held by this instance, or the answer where it was asked for before.
   * @throws AsapError as the store does; `asap:task/deadline_exceeded` where the answer of the instance that runs it did not
   * come in time, `asap:transport/shutting_down` where this one ends before.
   */
  begin(task: AskedTask, asker: Asker): Promise<StoredTask | string> {
    return this.#made(this.#begun(task), asker, (record) => this.#hold(record));
  }

  async #begun(asked: AskedTask): Promise<Created> {
    const { store, agent, holder, leaseMs } = this.options;
    const { id } = asked.task;
    try {
      const created = await store.tasks.create({ ...asked, agent, answer: null, lease: { holder, forMs: leaseMs } });
      return this.#isUnbegun(created.record, id) ? { ...created, outcome: "created" } : created;
    } catch (cause) {
      if (isAsapError(cause) && cause.retryable) this.#unsure.set(id, performance.now());
      throw cause;
    }
  }

  /** Whether a task is one that this instance made, was not told of, and did not run. */
  #isUnbegun({ task: { id }, version, lease }: TaskRecord, askedId: string): boolean {
    if (version !== 1 || lease?.holder !== this.options.holder || this.#held.has(id)) return false;
    return id === askedId || this.#unsure.delete(id);
  }

  /**
   * Stores a task that has ended, with its answer.
   *
   * @returns The answer to give: that of before where it was asked for before, another one where the store cannot hold
   * this one, and the task has failed by that.
   * @throws AsapError as the store does; `asap:task/deadline_exceeded` where the answer of the instance that runs it did not
   * come in time, `asap:transport/shutting_down` where this one ends before.
   */
  record(task: AskedTask, answer: string, asker: Asker): Promise<string> {
    return this.#made(this.#ended(task, answer, asker.others), asker, (record) => record.answer ?? answer);
  }

  /** Creates a task that has ended: without its progress, or as failed, where the store cannot hold it as it is. */
  #ended(asked: AskedTask, answer: string, others: Pick<OtherAnswers, "failed">): Promise<Created> {
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
    creation: Promise<Created>,
    asker: Asker,
    made: (record: TaskRecord) => Made,
  ): Promise<Made | string> {
    this.#beginning.add(creation);
    try {
      const { outcome, record } = await creation;
      if (outcome === "created") return made(record);
      asker.onKnown();
      return await this.#answerOf(record, asker);
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
   * @throws AsapError as the store does; `asap:task/deadline_exceeded` where the answer of the instance that runs it did not
   * come in time, `asap:transport/shutting_down` where this one ends before.
   */
  async known(
    owner: string,
    envelopeId: string | null | undefined,
    key: string | undefined,
    asker: Asker,
  ): Promise<string | undefined> {
    const record = await this.#asked(owner, envelopeId, key);
    if (record === undefined) return undefined;
    asker.onKnown();
    return this.#answerOf(record, asker);
  }

  async #asked(owner: string, envelopeId: string | null | undefined, key: string | undefined) {
    const asked = {
      ...(envelopeId && isId(envelopeId) ? { envelopeId } : {}),
      ...(key && isId(key) ? { idempotencyKey: key } : {}),
    };
    if (Object.keys(asked).length === 0) return undefined;
    const { store, agent } = this.options;
    return store.tasks.find(agent, owner, asked);
  }

  async #answerOf(found: TaskRecord, { waitMs, others }: Asker): Promise<string> {
    const { store } = this.options;
    const until = performance.now() + waitMs;
    let record: TaskRecord | undefined = found;
    for (let lookMs = firstLookMs; record !== undefined; lookMs = Math.min(lookMs * 2, longestLookMs)) {
      if (record.answer !== null) return record.answer;
      if (record.task.status === "cancelled") return answerOfCancelled(store, record, others);
      if (terminalStates.has(record.task.status)) return others.failed();
      if (this.#isClosed) throw new AsapError("asap:transport/shutting_down");
      if (performance.now() >= until) break;
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
      const deliveries = (await this.options.deliveriesOfEnd?.(cancelled)) ?? [];
      const changed = await tasks.change(task.id, version, {
        task: cancelled,
        lease: null,
        ...(deliveries.length > 0 && { deliveries }),
      });
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
    return isId(id)
      ? ((await this.owned(owner, id)) ?? (await store.tasks.find(agent, owner, { envelopeId: id })))
      : undefined;
  }

  #time(): string {
    return new Date(this.options.now()).toISOString();
  }
}

/** Whether work was not done because it is another instance's. */
const isHandedOver = (cause: unknown): boolean =>
  isAsapError(cause) && (cause.code === "asap:transport/shutting_down" || cause.code === "asap:task/interrupted");

import type { Task, TaskRequest, TaskStatus } from "../generated/models.js";
import { canTransition } from "../generated/states.js";
import type { ActiveCalls } from "./active-calls.js";
import { type CallHost, MessageCall } from "./call.js";
import type { CallFacts } from "./dispatch.js";
import { AsapError, isAsapError } from "./error.js";
import { cancelledText, isPromiseLike, type OtherAnswers, type Work, type WorkStore } from "./execution.js";
import { timestampMs } from "./freshness.js";
import { InputWait, type TaskInput } from "./input.js";
import { inputRequestText, objectText } from "./object-text.js";
import type { Log } from "./observe/log.js";
import type { PreparedSkill } from "./skill.js";
import type { Asker, TaskEngine } from "./state/engine.js";
import { firstNumber, messagesOf } from "./state/messages.js";
import type { StoredTask } from "./state/stored-task.js";
import { illegalMove } from "./state/task-rules.js";
import { entryOf, type TaskEntry, type TaskLog, taskOf } from "./state/tasks.js";
import { newEntry, requestText, timeoutOf } from "./task-entry.js";
import { progressOf, type UpdateParts } from "./updates.js";
import { issuesOf } from "./validation.js";
import type { NewDelivery } from "./webhooks/delivery.js";
import type { AgentWebhooks, TaskTeller } from "./webhooks/webhooks.js";

/** What the handlers of an agent share. */
export interface HandlerParts {
  readonly log: Log;
  readonly tasks: TaskLog;
  /** Keeps tasks in a store; absent where they live in memory. */
  readonly engine?: TaskEngine | undefined;
  readonly taskTimeoutMs: number;
  /** How deep tasks may be nested in tasks. */
  readonly maxTaskDepth: number;
  readonly active: ActiveCalls;
  readonly updates: UpdateParts | undefined;
  readonly webhooks?: AgentWebhooks | undefined;
  readonly now: () => number;
}

/** How a task begins that is not simply asked for. */
export interface TaskStart {
  /** The task where it was begun before, held by this instance. */
  readonly stored?: StoredTask;
  /** How many tasks it is nested in. Default: 0. */
  readonly depth?: number;
  /** Data of the snapshot it goes on from; saved as its first checkpoint. Default: none. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Id of the task. Default: a new one. */
  readonly id?: string;
  /** Tells those who want to know of the task. Default: nobody does. */
  readonly teller?: TaskTeller | undefined;
}

/** A task that takes less misses only subscriptions that another process makes meanwhile, in milliseconds. */
const quickMs = 1_000;

/** One task: a skill, its input and the record of how it goes. */
export class SkillWork implements Work, CallHost {
  readonly call: MessageCall;
  readonly timeoutMs: number;
  readonly store: WorkStore | undefined;
  readonly #prepared: PreparedSkill;
  readonly #input: object;
  readonly #record: TaskEntry;
  readonly #parts: HandlerParts;
  #stored: StoredTask | undefined;
  #teller: TaskTeller | undefined;
  /** How often subscriptions had changed when the task began. */
  readonly #changes: number | undefined;
  /** JSON text of what the skill gave. */
  #resultText: string | undefined;
  /** Code of what went wrong. */
  #error: string | undefined;
  #isReleased = false;
  /** Whether the task was begun before, by another message. */
  #isKnown = false;
  /** Number from which on messages are input: one came while nobody worked on the task, which waited for it. */
  #inputSince = Number.POSITIVE_INFINITY;
  /** Ids of the envelopes that were input. */
  readonly #taken = new Set<string>();

  constructor(prepared: PreparedSkill, payload: TaskRequest, facts: CallFacts, parts: HandlerParts, start?: TaskStart) {
    const { engine } = parts;
    const stored = start?.stored;
    const record = stored === undefined ? newEntry(payload, facts.nowMs, start) : entryOf(stored.record.task);
    this.call = new MessageCall(record.id, facts, parts.log, record, parts.updates, this);
    this.timeoutMs = timeoutOf(payload, prepared.skill.timeoutMs ?? parts.taskTimeoutMs);
    const deadlineMs = stored?.record.deadlineMs ?? null;
    if (deadlineMs !== null) this.timeoutMs = Math.max(0, Math.min(this.timeoutMs, deadlineMs - facts.nowMs));
    this.#prepared = prepared;
    this.#input = payload.input;
    this.#record = record;
    this.#parts = parts;
    this.#teller = start?.teller;
    this.#changes = parts.webhooks?.changes;
    if (engine === undefined) this.store = start?.teller && this.#told(start.teller);
    else if (prepared.skill.pure && stored === undefined && start?.data === undefined) {
      this.store = this.#storedOnce(engine, facts);
    } else {
      this.store = {
        begin: (others) => this.#begin(engine, facts, others, start),
        end: (answer, others) => this.#end(answer, others),
      };
    }
  }

  /** Tells of a task that is not stored. */
  #told(teller: TaskTeller): WorkStore {
    return {
      begin: async () => {
        await teller.tell(teller.started(taskOf(this.#record, "working")));
        return undefined;
      },
      end: async (answer) => {
        await this.#findTeller();
        await (this.#teller ?? teller).tell(this.#ended(taskOf(this.#record)));
        return answer;
      },
    };
  }

  /** The deliveries of the task's end. */
  #ended(task: Task): readonly NewDelivery[] {
    return this.#teller?.ended(task, this.#resultText, this.#error) ?? [];
  }

  /** Looks whether the task was asked for before, and stores it with its answer, once it was run. */
  #storedOnce(engine: TaskEngine, facts: CallFacts): WorkStore {
    const { call } = this;
    return {
      begin: async (others) => {
        const known = await engine.known(facts.owner, facts.envelope.id, facts.key, this.#asker(others));
        if (known === undefined) this.#enter();
        else await this.#teller?.discard();
        return known;
      },
      end: async (answer, others) => {
        const { status } = this.#record;
        if (call.reason !== undefined && status !== "cancelled") throw call.reason;
        const teller = this.#teller;
        const task = taskOf(this.#record);
        const deliveries = teller && [...teller.started({ ...task, status: "working" }), ...this.#ended(task)];
        try {
          const asked = this.#asked(facts, status, teller?.isJoined ? deliveries : undefined);
          const given = await engine.record(asked, answer, this.#asker(others));
          if (this.#isKnown) await teller?.discard();
          else if (teller?.isJoined === false) await this.#tell(teller, deliveries ?? []);
          return given;
        } catch (cause) {
          if (!(cause instanceof AsapError) || cause.retryable) throw cause;
          call.log.error?.("asap.task.unsaved", { task_id: call.taskId, error: cause });
          return others.failed();
        }
      },
    };
  }

  #asker(others: OtherAnswers): Asker {
    const onKnown = () => {
      this.call.onlyWaits = true;
      this.#isKnown = true;
    };
    return { waitMs: this.timeoutMs, others, onKnown };
  }

  /** The task as it is to be stored. */
  #asked(facts: CallFacts, status: TaskStatus, deliveries?: readonly NewDelivery[]) {
    const { envelope, owner, key, nowMs } = facts;
    return {
      task: taskOf(this.#record, status),
      owner,
      envelopeId: envelope.id || null,
      idempotencyKey: key ?? null,
      request: this.#prepared.skill.resumes ? requestText(envelope) : null,
      ...(deliveries !== undefined && deliveries.length > 0 && { deliveries }),
      deadlineMs: Number.isFinite(this.timeoutMs) ? Math.ceil(nowMs + this.timeoutMs) : null,
    };
  }

  async #begin(
    engine: TaskEngine,
    facts: CallFacts,
    others: OtherAnswers,
    start: TaskStart | undefined,
  ): Promise<string | undefined> {
    if (start?.stored !== undefined) {
      const { status, updated_at } = start.stored.record.task;
      if (status === "input_required") this.#inputSince = firstNumber(timestampMs(updated_at));
      this.#hold(start.stored);
      this.#teller = await this.#parts.webhooks?.of(this.#record.id);
      this.call.checkpointed = await start.stored.checkpointed();
      if (status !== "working") await start.stored.renew();
      return undefined;
    }
    const { id } = this.#record;
    const { data } = start ?? {};
    if (data !== undefined) await engine.saveCheckpoint(id, 1, data);
    const teller = this.#teller;
    const started = teller?.started(taskOf(this.#record, "working")) ?? [];
    const asked = this.#asked(facts, "working", teller?.isJoined ? started : undefined);
    const stored = await engine.begin(asked, this.#asker(others));
    const isKnown = typeof stored === "string";
    if (isKnown) await teller?.discard();
    if (data !== undefined && (isKnown || stored.record.task.id !== id))
      await engine.options.store.snapshots.delete(id);
    if (isKnown) return stored;
    this.#hold(stored);
    this.call.checkpointed = data;
    if (teller?.isJoined === false) await this.#tell(teller, started);
    return undefined;
  }

  /** Queues deliveries apart from the task; it goes on without those that cannot be queued. */
  async #tell(teller: TaskTeller, deliveries: readonly NewDelivery[]): Promise<void> {
    await teller.tell(deliveries).catch((error: unknown) => this.#untold(error));
  }

  /** Finds out who wants to know of the end, where somebody may have subscribed meanwhile. */
  async #findTeller(): Promise<void> {
    const { webhooks, now } = this.#parts;
    if (webhooks === undefined) return;
    const { id, createdAtMs } = this.#record;
    if (webhooks.changes === this.#changes && now() - createdAtMs < quickMs) return;
    try {
      this.#teller = await webhooks.of(id);
    } catch (error) {
      this.#untold(error);
    }
  }

  /** Removes the subscription of a task that is refused before it began. */
  #discard(): void {
    this.#teller?.discard().catch((error: unknown) => {
      this.call.log.error?.("asap.webhook.store_unavailable", { task_id: this.call.taskId, error });
    });
  }

  #untold(error: unknown): void {
    this.call.log.error?.("asap.webhook.not_queued", { task_id: this.call.taskId, error });
  }

  /** Works on a task that this instance holds. */
  #hold(stored: StoredTask): void {
    const { task } = stored.record;
    const { call } = this;
    this.#stored = stored;
    if (task.id !== this.#record.id) {
      this.#record.id = task.id;
      this.#record.createdAtMs = timestampMs(task.created_at);
      call.taskId = task.id;
    }
    stored.onLost = (isCancelled) =>
      call.abort(new AsapError(isCancelled ? "asap:task/cancelled" : "asap:task/interrupted"));
    this.#enter();
    stored.describe = () => taskOf(this.#record);
    stored.deliveriesOfEnd = (ended) => (this.#teller?.isJoined ? this.#ended(ended) : []);
    call.saveCheckpoint = (data) => stored.checkpoint(data);
  }

  async #end(answer: string, others: OtherAnswers): Promise<string> {
    const stored = this.#stored;
    if (stored === undefined) return answer;
    if (!this.#isReleased) {
      await this.#findTeller();
      const given = await stored.end(answer, others);
      if (this.#teller?.isJoined === false) await this.#tell(this.#teller, this.#ended(taskOf(this.#record)));
      return given;
    }
    await stored.release();
    throw new AsapError("asap:transport/shutting_down");
  }

  /** Lists the task among those that were worked on, as one that is. */
  #enter(): void {
    const { tasks } = this.#parts;
    const record = this.#record;
    tasks.add(record);
    if (record.status !== "working") tasks.move(record, "working", record.updatedAtMs);
  }

  run(): unknown {
    if (this.#record.status === "submitted") this.#enter();
    const { id, skill } = this.#prepared;
    this.call.onlyWaits = skill.pure;
    const output = skill.run(this.#input as never, this.call);
    if (!isGenerator(output)) return skill.pure && isPromiseLike(output) ? refuseLate(id, output) : output;
    return skill.pure ? refuseLate(id, output) : this.#drain(output);
  }

  reported(progress: Readonly<Record<string, unknown>>): void {
    this.#teller?.progress(taskOf(this.#record), progress);
  }

  async askInput(request: Readonly<Record<string, unknown>>): Promise<TaskInput> {
    const { call } = this;
    const record = this.#record;
    const { tasks, engine, now } = this.#parts;
    const requestText = inputRequestText(request);
    if (call.reason !== undefined) throw call.reason;
    if (call.inputWait !== undefined || record.status !== "working") {
      throw illegalMove(record.id, record.status, "input_required");
    }
    const store = this.#stored === undefined ? undefined : engine?.options.store;
    tasks.move(record, "input_required", now());
    const known = store?.snapshots.listVersions(messagesOf(record.id));
    try {
      const before = this.#inputSince;
      this.#inputSince = Number.POSITIVE_INFINITY;
      const numbers = (await known)?.filter((number) => number < before);
      const wait = new InputWait(new Set(numbers), this.#taken, call.signal);
      call.inputWait = wait;
      await this.#stored?.renew();
      call.reportInputRequest(requestText);
      if (store !== undefined) void wait.watch(store, record.id);
      return await wait.input;
    } finally {
      call.inputWait = undefined;
      await this.#goOn();
    }
  }

  /** Back to work after a wait for input, unless the task has ended meanwhile. */
  async #goOn(): Promise<void> {
    const { call } = this;
    if (call.isAborted || this.#record.status !== "input_required") return;
    this.#parts.tasks.move(this.#record, "working", this.#parts.now());
    await this.#stored?.renew().catch((error: unknown) => {
      call.log.error?.("asap.state.unavailable", { task_id: call.taskId, error });
    });
  }

  /** Pulls the updates of a streaming skill as fast as they are read; gives its output. */
  async #drain(updates: AsyncGenerator): Promise<unknown> {
    const { call } = this;
    let step = await updates.next();
    while (step.done !== true) {
      if (call.isAborted) {
        await updates.return(undefined);
        return undefined;
      }
      try {
        call.report(progressOf(step.value));
      } catch (refused) {
        await updates.return(undefined);
        throw refused;
      }
      await call.ready();
      step = await updates.next();
    }
    return step.value;
  }

  finish(result: unknown): string {
    const { id, output } = this.#prepared;
    const resultText = objectText(result ?? null);
    if (output !== undefined && !output.fits(result)) {
      throw new AsapError("asap:task/invalid_output", {
        data: { skill_id: id, validation_errors: issuesOf(output.faults(result, true), ["result"]) },
      });
    }
    this.#resultText = resultText;
    this.#parts.tasks.move(this.#record, "completed", this.#parts.now());
    return `{"task_id":"${this.#record.id}","status":"completed","result":${resultText},"final_state":null,"metrics":null}`;
  }

  cancelled(): string {
    this.#parts.tasks.move(this.#record, "cancelled", this.#parts.now());
    return cancelledText(this.#record.id);
  }

  failed(cause?: unknown): void {
    const isFull = isAsapError(cause) && cause.code === "asap:webhook/queue_full";
    if (this.#record.status === "submitted" && (cause === undefined || isFull)) this.#discard();
    const isEnd = isAsapError(cause) && cause.code === "asap:transport/shutting_down";
    this.#isReleased = isEnd && this.#prepared.skill.resumes && this.#stored !== undefined;
    const { tasks, now } = this.#parts;
    if (this.#isReleased) return;
    this.#error = isAsapError(cause) ? cause.code : "asap:rpc/internal_error";
    if (this.#record.status === "input_required") tasks.move(this.#record, "working", now());
    if (canTransition(this.#record.status, "failed")) tasks.move(this.#record, "failed", now());
  }
}

/** Refuses what a pure skill gave that is to come later. */
function refuseLate(skillId: string, output: unknown): never {
  Promise.resolve(output).catch(() => undefined);
  throw new AsapError("asap:task/invalid_output", {
    message: "The output of a pure skill is a promise or a generator",
    data: { skill_id: skillId },
  });
}

const isGenerator = (value: unknown): value is AsyncGenerator =>
  typeof value === "object" &&
  value !== null &&
  Symbol.asyncIterator in value &&
  typeof (value as { next?: unknown }).next === "function";

import type { Envelope } from "../generated/models.js";
import type { Identity } from "./auth/guard.js";
import type { CallFacts } from "./dispatch.js";
import { AsapError } from "./error.js";
import type { InputWait, TaskInput } from "./input.js";
import type { Log } from "./observe/log.js";
import type { TaskEntry } from "./state/tasks.js";
import { nobody, type TaskProgress, UpdateFeed, type UpdateParts, type UpdateSink } from "./updates.js";

/** What a skill or handler knows of the message it works on. */
export interface Call {
  /** Id of the task, for task requests; otherwise the id of the envelope. */
  readonly taskId: string;
  /** The envelope that carried the message. */
  readonly envelope: Envelope;
  /** Who sent it. */
  readonly sender: string;
  /** Agent the credentials name, when the request was authenticated. */
  readonly principal: string | undefined;
  /** Subject, scopes, end and claims of the access token, where one was asked for. */
  readonly identity: Identity | undefined;
  /** Aborted when the task is cancelled, the deadline passes or the agent closes; its reason is an AsapError. */
  readonly signal: AbortSignal;
  /** The agent's log. */
  readonly log: Log;
  /**
   * Reports how far the task is. Callers who listen, over a WebSocket or an event stream, get it as a TaskUpdate.
   *
   * @param percent Share of the work done, from 0 to 100.
   * @param message What is being done, for people.
   */
  progress(percent: number, message?: string): void;
  /**
   * Saves how far the work is, so that a skill that `resumes` goes on from there where the process ends. Saves nothing
   * where the agent has no `state`.
   *
   * @param data A JSON object.
   * @throws AsapError `asap:state/conflict` where another instance has taken the task over, `asap:state/invalid_record`,
   * `asap:state/too_large`, `asap:state/unavailable`.
   */
  checkpoint(data: Readonly<Record<string, unknown>>): Promise<void>;
  /**
   * Asks for input and waits for it: the task is `input_required` until whoever asked for it sends a MessageSend whose
   * `task_id` is the id of the task or of the envelope that asked for it; messages that came before answer nothing.
   * Callers who listen get the request as a TaskUpdate. The wait counts towards the deadline of the task. A skill that
   * `resumes` and is taken up while it waits is run again from its checkpoint, and asks again.
   *
   * @param request A JSON object that says what is needed.
   * @throws AsapError `asap:protocol/invalid_state` while it waits already and in calls that are no task,
   * `asap:task/invalid_output` where the request is no JSON object; `asap:task/deadline_exceeded`,
   * `asap:task/cancelled`, `asap:task/interrupted` and `asap:transport/shutting_down` where the wait ends so; with
   * `state` also `asap:state/unavailable`.
   */
  requestInput(request: Readonly<Record<string, unknown>>): Promise<TaskInput>;
  /** Data of the latest checkpoint, for a task that is taken up again; otherwise undefined. */
  readonly checkpointed: Readonly<Record<string, unknown>> | undefined;
}

/** The work behind the call of a task. */
export interface CallHost {
  /** Waits for input: see {@link Call.requestInput}. */
  askInput(request: Readonly<Record<string, unknown>>): Promise<TaskInput>;
  /** Told how far the task is. */
  reported(progress: TaskProgress): void;
}

/** The call of one message; makes its abort signal only when somebody asks for it. */
export class MessageCall implements Call {
  taskId: string;
  readonly envelope: Envelope;
  readonly principal: string | undefined;
  readonly identity: Identity | undefined;
  /** Whose call it is. */
  readonly owner: string;
  readonly log: Log;
  /** The envelope's id, or the one made for it. */
  readonly envelopeId: string;
  checkpointed: Readonly<Record<string, unknown>> | undefined;
  /** Saves checkpoints; absent where nothing is stored. */
  saveCheckpoint: ((data: Readonly<Record<string, unknown>>) => Promise<void>) | undefined;
  /** The input it waits for; undefined while it does not. */
  inputWait: InputWait | undefined;
  /** Whether nothing of it runs: it waits for the store, or for the answer of an instance that works on the task already. */
  onlyWaits = false;
  readonly #host: CallHost | undefined;
  readonly #task: TaskEntry | undefined;
  readonly #updates: UpdateParts | undefined;
  #controller: AbortController | undefined;
  #reason: Error | undefined;
  #sink: UpdateSink | undefined;
  #feed: UpdateFeed | undefined;

  constructor(taskId: string, facts: CallFacts, log: Log, task?: TaskEntry, updates?: UpdateParts, host?: CallHost) {
    this.taskId = taskId;
    this.envelope = facts.envelope;
    this.envelopeId = facts.envelopeId;
    this.principal = facts.principal;
    this.identity = facts.identity;
    this.owner = facts.owner;
    this.log = log;
    this.#task = task;
    this.#host = host;
    this.#updates = updates;
    this.#sink = facts.updates;
  }

  get sender(): string {
    return this.envelope.sender;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  progress(percent: number, message?: string): void {
    if (this.#task === undefined) return;
    const bounded = Math.min(100, Math.max(0, percent));
    this.report(message === undefined ? { percent: bounded } : { percent: bounded, message });
  }

  /** Records progress and pushes it to whoever listens. */
  report(progress: TaskProgress): void {
    if (this.#task === undefined) return;
    this.#task.progress = progress;
    this.#host?.reported(progress);
    if (this.#feed === undefined) {
      if (this.#sink === undefined || this.#updates === undefined) return;
      this.#feed = new UpdateFeed(this.#updates, this.taskId, this.envelope, this.envelopeId, this.#sink);
    }
    this.#feed.emit(progress);
  }

  async requestInput(request: Readonly<Record<string, unknown>>): Promise<TaskInput> {
    if (this.#host !== undefined) return this.#host.askInput(request);
    throw new AsapError("asap:protocol/invalid_state", { message: "Only tasks ask for input" });
  }

  /** Whether it is the call of a task. */
  get isTask(): boolean {
    return this.#host !== undefined;
  }

  /** Pushes a request for input, and to whoever listens later. */
  reportInputRequest(requestText: string): void {
    if (this.#updates === undefined) return;
    this.#feed ??= new UpdateFeed(this.#updates, this.taskId, this.envelope, this.envelopeId, this.#sink ?? nobody);
    this.#feed.emitInputRequest(requestText);
  }

  /** Pushes updates to a listener from now on, in place of an earlier one. */
  listen(sink: UpdateSink): void {
    this.#sink = sink;
    this.#feed?.attach(sink);
  }

  /** A promise of the moment from which the listener takes more; undefined when that is now. */
  ready(): Promise<void> | undefined {
    return this.#feed?.ready();
  }

  /** Told once when the call is ended early. */
  onAbort: ((reason: Error) => void) | undefined;

  async checkpoint(data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.saveCheckpoint?.(data);
  }

  get isAborted(): boolean {
    return this.#reason !== undefined;
  }

  /** Why the call ended early. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** Ends the call early. */
  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.onAbort?.(reason);
  }
}

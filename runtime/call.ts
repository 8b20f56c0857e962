import type { Envelope } from "../generated/models.js";
import type { Log } from "./observe/log.js";
import type { TaskRecord } from "./state/tasks.js";

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
  /** Aborted when the deadline passes or the agent closes; its reason is an AsapError. */
  readonly signal: AbortSignal;
  /** The agent's log. */
  readonly log: Log;
  /**
   * Reports how far the task is.
   *
   * @param percent Share of the work done, from 0 to 100.
   * @param message What is being done, for people.
   */
  progress(percent: number, message?: string): void;
}

/** The call of one message; makes its abort signal only when somebody asks for it. */
export class MessageCall implements Call {
  readonly taskId: string;
  readonly envelope: Envelope;
  readonly principal: string | undefined;
  readonly log: Log;
  readonly #task: TaskRecord | undefined;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(
    taskId: string,
    envelope: Envelope,
    principal: string | undefined,
    log: Log,
    task: TaskRecord | undefined,
  ) {
    this.taskId = taskId;
    this.envelope = envelope;
    this.principal = principal;
    this.log = log;
    this.#task = task;
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
    this.#task.progress = message === undefined ? { percent: bounded } : { percent: bounded, message };
  }

  /** Told once when the call is ended early. */
  onAbort: ((reason: Error) => void) | undefined;

  /** Ends the call early. */
  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.onAbort?.(reason);
  }
}

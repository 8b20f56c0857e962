import type { Envelope, TaskUpdate } from "../generated/models.js";
import { withDeadline } from "./deadline.js";
import { AsapError, isAsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";
import { judgePush, type MessageRules } from "./reply.js";

/**
 * A task that runs, as its caller sees it: its updates by iteration, its result beside. The task was asked for when the
 * stream was made. There is one iteration; it ends after the last update once the response has come, and throws what
 * `result` rejects with. Leaving it early cancels the task.
 */
export interface TaskStream<Result extends object = Record<string, unknown>> extends AsyncDisposable {
  /** Id of the task, once an update or the response has told it. */
  readonly taskId: string | undefined;
  /**
   * The result of the completed task, `{}` when it has none. Nobody needs to wait for it: a rejection that is not
   * handled is no fault of the program.
   *
   * Rejects with AsapError as `run` does, `asap:transport/stream_interrupted` when updates were lost, and
   * `asap:transport/invalid_response` for an update that is not one.
   */
  readonly result: Promise<Result>;
  /**
   * The envelope that answers, whatever status the task ended in. Rejects as `result` does where there is none; nobody
   * needs to wait for it either.
   */
  readonly response: Promise<Envelope>;
  /** The next update. */
  next(): Promise<IteratorResult<TaskUpdate, undefined>>;
  /** Ends the iteration; a task that still runs is cancelled as {@link TaskStream.cancel} does. */
  return(): Promise<IteratorResult<TaskUpdate, undefined>>;
  /**
   * Ends the call on this side at once with AsapError `asap:transport/aborted` and asks the agent to cancel the task.
   * Does nothing after the end.
   *
   * @param reason Why, for the agent. Default: none.
   * @returns Resolves when the agent has answered, or after a second; it never rejects.
   */
  cancel(reason?: string): Promise<void>;
  [Symbol.asyncIterator](): TaskStream<Result>;
  /** As {@link TaskStream.return}. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a stream is made of. */
export interface TaskStreamParts<Result> {
  readonly url: string;
  readonly protocol: MessageRules;
  /** Id of the envelope that asks for the task. */
  readonly envelopeId: string;
  /** Most updates that are kept for a reader who is slower than the task. */
  readonly maxUnread: number;
  /** Asks for the task; the signal ends the call, its reason is the error to reject with. */
  readonly start: (
    onUpdate: (envelope: unknown) => void,
    signal: AbortSignal,
  ) => Promise<{ readonly response: Envelope; readonly taskId: string }>;
  /** The result that a response tells; throws where the task was not completed. */
  readonly resultOf: (response: Envelope) => Result;
  /** Asks the agent to cancel the task. */
  readonly cancel: (taskId: string, reason: string | null) => Promise<unknown>;
  /** Takes what was pushed in answer to the request but is no update. */
  readonly onOther: (envelope: unknown) => void;
}

/** Longest wait for the answer to a cancellation, in milliseconds. */
const cancelWaitMs = 1_000;

/** Ends that the agent did not bring about, so that the task may still run. */
const ownEnds = new Set(["asap:transport/aborted", "asap:transport/timeout"]);

interface Waiting {
  readonly resolve: (result: IteratorResult<TaskUpdate, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks for a task and takes its updates.
 *
 * Updates that carry a sequence are taken once and in order; a missing one ends the stream with
 * `asap:transport/stream_interrupted`. Updates without a sequence pass as they come.
 *
 * @param parts See {@link TaskStreamParts}.
 * @see ASAP 1.1, sections 9.5 and 18
 */
export function createTaskStream<Result extends object>(parts: TaskStreamParts<Result>): TaskStream<Result> {
  const { url, protocol, envelopeId, maxUnread } = parts;
  const ending = new AbortController();
  const unread: TaskUpdate[] = [];
  const waiting: Waiting[] = [];
  const done = { done: true, value: undefined } as const;
  let end: { error?: unknown } | undefined;
  let taskId: string | undefined;
  let sequence = 0;
  let cancelling: Promise<void> | undefined;

  const interrupted = (reason: string): AsapError =>
    new AsapError("asap:transport/stream_interrupted", {
      message: `The stream of the task was interrupted: ${reason}.`,
      data: { url, envelope_id: envelopeId, reason },
    });

  function isTask(id: string): void {
    taskId ??= id;
    if (id !== taskId) throw interrupted("another run of the task answered");
  }

  function take(given: unknown): void {
    const envelope = judgePush(given, { protocol, url });
    if (protocol.messageOf(envelope.payload_type)?.name !== "TaskUpdate") {
      parts.onOther(given);
      return;
    }
    if (envelope.correlation_id !== envelopeId) {
      const reason = "an update answers another request";
      throw new AsapError("asap:transport/invalid_response", { data: { url, reason } });
    }
    const update = envelope.payload as unknown as TaskUpdate;
    isTask(update.task_id);
    const number = envelope.extensions?.["sequence"];
    if (Number.isSafeInteger(number)) {
      if ((number as number) <= sequence) return;
      if ((number as number) > sequence + 1) throw interrupted("updates were lost");
      sequence = number as number;
    }
    const reader = waiting.shift();
    if (reader !== undefined) reader.resolve({ done: false, value: update });
    else if (unread.length < maxUnread) unread.push(update);
    else throw interrupted("reader too slow");
  }

  function onUpdate(given: unknown): void {
    if (end !== undefined || ending.signal.aborted) return;
    try {
      take(given);
    } catch (error) {
      ending.abort(error);
    }
  }

  async function outcome(): Promise<Envelope> {
    if (!(maxUnread >= 1)) throw invalidOption("maxUnread", "is no number from 1");
    const answer = await parts.start(onUpdate, ending.signal);
    isTask(answer.taskId);
    return answer.response;
  }

  function finish(error?: unknown): void {
    end = error === undefined ? {} : { error };
    const code = isAsapError(error) ? error.code : "";
    if (code === "asap:transport/aborted") unread.length = 0;
    if (ending.signal.aborted || ownEnds.has(code)) void tellAgent(null);
    if (waiting.length > 0 && error !== undefined) {
      waiting.shift()?.reject(error);
      end = {};
    }
    for (const reader of waiting.splice(0)) reader.resolve(done);
  }

  function tellAgent(reason: string | null): Promise<void> {
    cancelling ??= withDeadline(() => parts.cancel(taskId ?? envelopeId, reason), { timeoutMs: cancelWaitMs }).then(
      () => undefined,
      () => undefined,
    );
    return cancelling;
  }

  async function cancel(reason?: string): Promise<void> {
    if (end !== undefined) return cancelling;
    const told = tellAgent(reason ?? null);
    ending.abort(new AsapError("asap:transport/aborted", { message: "The task was cancelled by its caller." }));
    await told;
  }

  const response = outcome();
  const result = response.then(parts.resultOf);
  result.then(() => finish(), finish);

  const stream: TaskStream<Result> = {
    get taskId() {
      return taskId;
    },
    result,
    response,
    next() {
      const value = unread.shift();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      if (end === undefined) return new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
      const { error } = end;
      end = {};
      return error === undefined ? Promise.resolve(done) : Promise.reject(error);
    },
    async return() {
      const isRunning = end === undefined;
      unread.length = 0;
      for (const reader of waiting.splice(0)) reader.resolve(done);
      if (isRunning) await cancel();
      end = {};
      return done;
    },
    cancel,
    [Symbol.asyncIterator]: () => stream,
    async [Symbol.asyncDispose]() {
      await stream.return();
    },
  };
  return stream;
}

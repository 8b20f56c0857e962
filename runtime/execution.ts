import type { MessageDefinition } from "../generated/contract.js";
import { errors } from "../generated/errors.js";
import type { Envelope } from "../generated/models.js";
import type { ActiveCalls } from "./active-calls.js";
import type { MessageCall } from "./call.js";
import { startTimer } from "./deadline.js";
import { AsapError, isAsapError } from "./error.js";
import type { Answer } from "./idempotency.js";
import {
  errorMember,
  isErrorResponse,
  isoTime,
  protocolFault,
  quote,
  response,
  resultMember,
  withId,
} from "./jsonrpc.js";
import type { Log } from "./observe/log.js";
import { countError, countHandler, countSuccess, type PayloadSeries } from "./observe/metrics.js";
import { ulid } from "./ulid.js";

/** Answers to give in place of the one that was made. */
export interface OtherAnswers {
  /**
   * Where the work was cancelled elsewhere meanwhile.
   *
   * @param taskId Id of the task. Default: that of the work.
   */
  cancelled(taskId?: string): Answer;
  /** Where the store cannot hold the answer. */
  failed(): Answer;
}

/** JSON text of the reply to whoever asked for a task that was cancelled. */
export const cancelledText = (taskId: string): string =>
  `{"task_id":${quote(taskId)},"status":"cancelled","result":null,"final_state":null,"metrics":null}`;

/** How work is stored that outlives the process. */
export interface WorkStore {
  /**
   * Stores the work before it runs, or looks whether it was asked for before where it is stored at its end alone.
   *
   * @returns The answer, where the work was asked for before.
   */
  begin(others: OtherAnswers): Promise<Answer | undefined>;
  /**
   * Stores how the work ended.
   *
   * @returns The answer to give.
   * @throws AsapError where there is none to give by this instance, or it could not be stored.
   */
  end(answer: Answer, others: OtherAnswers): Promise<Answer>;
}

/** Work ready to run. */
export interface Work {
  /** Where the work is stored; nowhere when absent. */
  readonly store?: WorkStore | undefined;
  readonly call: MessageCall;
  /** Longest run in milliseconds; Infinity for no end. */
  readonly timeoutMs: number;
  /** Whether it is done however many tasks run: short work that lets tasks go on or end. */
  readonly isUrgent?: boolean;
  run(): unknown;
  /**
   * Turns what `run` gave into the JSON text of the reply's payload.
   *
   * @throws when the output is not what it must be.
   */
  finish(output: unknown): string;
  /** Told that the work failed, by a throw, a bad output, the deadline or the agent's end. */
  failed(cause?: unknown): void;
  /** Told that the work was cancelled; gives the JSON text of the reply's payload. Work without it cannot be cancelled. */
  cancelled?(): string;
}

/** What all executions of an agent share. */
export interface ExecutionParts {
  /** JSON text of the agent's id. */
  readonly senderText: string;
  readonly active: ActiveCalls;
  readonly log: Log;
  readonly now: () => number;
}

/** How messages of one type are answered. */
export interface Route<Handler> {
  readonly definition: MessageDefinition;
  readonly handler: Handler;
  /** `payload_type` of the answer. */
  readonly replyType: string;
  readonly series: PayloadSeries;
}

const genericFailure = errorMember({
  definition: errors["asap:rpc/internal_error"],
  data: { error: "Internal server error" },
});

/** One run of the work a message asks for, up to its answer. */
export class Execution {
  readonly parts: ExecutionParts;
  readonly route: Route<unknown>;
  readonly work: Work;
  readonly envelope: Envelope;
  readonly envelopeId: string;
  readonly idText: string;
  readonly receivedAt: number;
  readonly startedAt: number;

  constructor(
    parts: ExecutionParts,
    route: Route<unknown>,
    work: Work,
    envelope: Envelope,
    envelopeId: string,
    idText: string,
    receivedAt: number,
  ) {
    this.parts = parts;
    this.route = route;
    this.work = work;
    this.envelope = envelope;
    this.envelopeId = envelopeId;
    this.idText = idText;
    this.receivedAt = receivedAt;
    this.startedAt = performance.now();
  }

  /** The answer to work that gave an output. */
  succeed(output: unknown): Answer {
    this.work.call.onlyWaits = true;
    let payloadText: string;
    try {
      payloadText = this.work.finish(output);
    } catch (cause) {
      return this.fail(cause);
    }
    return this.#reply(payloadText);
  }

  #reply(payloadText: string): Answer {
    const { route } = this;
    const endedAt = performance.now();
    countHandler(route.series, false, (endedAt - this.startedAt) / 1000);
    countSuccess(route.series, (endedAt - this.receivedAt) / 1000);
    return this.told(payloadText, endedAt);
  }

  /** The answer that carries a payload. */
  told(payloadText: string, endedAt: number): Answer {
    const { parts, route, envelope, envelopeId } = this;
    const at = parts.now();
    const id = ulid(at);
    parts.log.debug?.("asap.request.processed", {
      envelope_id: envelopeId,
      response_id: id,
      trace_id: envelope.trace_id,
      payload_type: envelope.payload_type,
      duration_ms: endedAt - this.receivedAt,
    });
    const member = resultMember({
      id,
      timestamp: isoTime(at),
      senderText: parts.senderText,
      payloadType: route.replyType,
      payloadText,
      request: envelope,
      correlationId: envelopeId,
    });
    return response(member, this.idText);
  }

  /** Counts work that was answered with an error, or with an answer that was there. */
  count(failed: boolean): void {
    const seconds = (performance.now() - this.receivedAt) / 1000;
    if (failed) countError(this.route.series, "internal_error", seconds);
    else countSuccess(this.route.series, seconds);
  }

  /** The answer to work that threw, ran out of time, was cancelled, or gave what it must not. */
  fail(cause: unknown): Answer {
    this.work.call.onlyWaits = true;
    const { parts, route, work } = this;
    const code = isAsapError(cause) ? cause.code : undefined;
    try {
      if (code === "asap:task/cancelled" && work.cancelled !== undefined) return this.#reply(work.cancelled());
      work.failed(cause);
    } catch (unsaved) {
      parts.log.error?.("asap.task.unsaved", { task_id: work.call.taskId, error: unsaved });
    }
    const endedAt = performance.now();
    countHandler(route.series, true, (endedAt - this.startedAt) / 1000);
    countError(route.series, "internal_error", (endedAt - this.receivedAt) / 1000);
    parts.log.error?.("asap.handler.failed", {
      payload_type: route.definition.emit,
      task_id: work.call.taskId,
      error: cause,
    });
    return response(isLate(cause) ? errorMember(protocolFault(cause.message, cause)) : genericFailure, this.idText);
  }
}

/** Runs the work; the answer is there at once when the work is done at once. */
export function execute(execution: Execution): Answer | Promise<Answer> {
  let output: unknown;
  let isToCome: boolean;
  try {
    output = execution.work.run();
    isToCome = isPromiseLike(output);
  } catch (cause) {
    return execution.fail(cause);
  }
  return isToCome ? settle(execution, Promise.resolve(output)) : execution.succeed(output);
}

/** Whether a value is a promise, of whatever make. */
export const isPromiseLike = (value: unknown): boolean =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/**
 * Stores the work, runs it and stores how it ended, before anybody is answered. Where the end cannot be stored nobody is
 * answered, and the work is taken up again once its lease is over: whoever asks again gets the answer then. Work that is
 * stored at its end alone is not there then, and runs again for whoever asks again.
 *
 * @throws AsapError `asap:state/unavailable` and other errors that may pass, where the work could not be stored, and did
 * not run then, or where its end could not; `asap:task/interrupted` where another instance has taken it over,
 * `asap:transport/shutting_down` where another one is to.
 */
export async function executeStored(execution: Execution, store: WorkStore): Promise<Answer> {
  const { work, parts, idText } = execution;
  const { call } = work;
  parts.active.add(call);
  try {
    const known = await begun(execution, store);
    if (known !== undefined) return withId(known, idText);
    const answer = call.reason === undefined ? await execute(execution) : execution.fail(call.reason);
    return await ended(execution, store, answer);
  } finally {
    parts.active.delete(call);
  }
}

async function begun(execution: Execution, store: WorkStore): Promise<Answer | undefined> {
  try {
    const known = await store.begin(othersOf(execution));
    if (known !== undefined) execution.count(isErrorResponse(known));
    return known;
  } catch (cause) {
    if (isLate(cause)) return execution.fail(cause);
    if (!isAsapError(cause) || !cause.retryable) return ended(execution, store, execution.fail(cause));
    execution.work.failed(cause);
    execution.count(true);
    throw cause;
  }
}

async function ended(execution: Execution, store: WorkStore, answer: Answer): Promise<Answer> {
  const { work, parts, idText } = execution;
  try {
    const given = await store.end(answer, othersOf(execution));
    return given === answer ? answer : withId(given, idText);
  } catch (cause) {
    if (isLate(cause)) return execution.fail(cause);
    const isElsewhere = isAsapError(cause) && !cause.code.startsWith("asap:state/");
    if (!isElsewhere) parts.log.error?.("asap.task.unsaved", { task_id: work.call.taskId, error: cause });
    throw isAsapError(cause) ? cause : new AsapError("asap:state/unavailable", { cause });
  }
}

const othersOf = (execution: Execution): OtherAnswers => ({
  cancelled: (taskId = execution.work.call.taskId) => execution.told(cancelledText(taskId), performance.now()),
  failed: () => response(genericFailure, execution.idText),
});

const isLate = (cause: unknown): cause is AsapError =>
  isAsapError(cause) && cause.code === "asap:task/deadline_exceeded";

/** Waits for the work until its deadline or until its call is aborted; rejects only where no answer can be made. */
function settle(execution: Execution, output: Promise<unknown>): Promise<Answer> {
  const { call, timeoutMs, store } = execution.work;
  const { active } = execution.parts;
  if (store === undefined) active.add(call);
  return new Promise<Answer>((resolve, reject) => {
    const timer = startTimer(timeoutMs, () =>
      call.abort(new AsapError("asap:task/deadline_exceeded", { data: { timeout_ms: timeoutMs } })),
    );
    let ended = false;
    const end = (failed: boolean, value: unknown) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      if (store === undefined) active.delete(call);
      try {
        resolve(failed ? execution.fail(value) : execution.succeed(value));
      } catch (cause) {
        reject(cause);
      }
    };
    call.onAbort = (reason) => end(true, reason);
    output.then(
      (value) => end(false, value),
      (cause: unknown) => end(true, cause),
    );
  });
}

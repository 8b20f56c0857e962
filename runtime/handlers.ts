import type { MessageDefinition, ProtocolDefinition } from "../generated/contract.js";
import type { TaskCancel, TaskRequest } from "../generated/models.js";
import type { ActiveCalls } from "./active-calls.js";
import { type Call, MessageCall } from "./call.js";
import type { CallFacts, Handler, Refused } from "./dispatch.js";
import { AsapError } from "./error.js";
import type { Work, WorkStore } from "./execution.js";
import { quote } from "./jsonrpc.js";
import type { Log } from "./observe/log.js";
import type { PreparedSkill } from "./skill.js";
import type { StoredTask, TaskEngine } from "./state/engine.js";
import { entryOf, type TaskEntry, type TaskLog, taskOf } from "./state/tasks.js";
import { ulid } from "./ulid.js";
import { progressOf, type UpdateParts } from "./updates.js";
import { issuesOf } from "./validation.js";

/** What the handlers of an agent share. */
export interface HandlerParts {
  readonly log: Log;
  readonly tasks: TaskLog;
  /** Keeps tasks in a store; absent where they live in memory. */
  readonly engine?: TaskEngine | undefined;
  readonly taskTimeoutMs: number;
  readonly active: ActiveCalls;
  readonly updates: UpdateParts | undefined;
  readonly now: () => number;
}

/** Messages longer than this get one fault of a skill's input told, not all. */
const briefAboveCharacters = 65_536;

/** Takes task requests and runs the skill they name. */
export function skillHandler(skills: ReadonlyMap<string, PreparedSkill>, parts: HandlerParts): Handler {
  return {
    prepare(payload: TaskRequest, facts: CallFacts, size: number): Work | Refused {
      const prepared = skills.get(payload.skill_id);
      if (prepared === undefined) return unknownSkill(payload.skill_id, skills);
      const { input } = prepared;
      if (input !== undefined && !input.fits(payload.input)) {
        return {
          code: "asap:task/invalid_input",
          data: {
            error: `Invalid input for skill ${prepared.id}`,
            code: "asap:task/invalid_input",
            validation_errors: issuesOf(input.faults(payload.input, size > briefAboveCharacters), ["payload", "input"]),
          },
        };
      }
      return new SkillWork(prepared, payload, facts, parts);
    },
    async resume(payload: TaskRequest, facts: CallFacts, stored: StoredTask): Promise<Work | undefined> {
      const prepared = skills.get(payload.skill_id);
      const { deadlineMs } = stored.record;
      if (prepared?.skill.resumes !== true || (deadlineMs !== null && deadlineMs <= parts.now())) return undefined;
      return new SkillWork(prepared, payload, facts, parts, stored);
    },
  };
}

/** One task: a skill, its input and the record of how it goes. */
class SkillWork implements Work {
  readonly call: MessageCall;
  readonly timeoutMs: number;
  readonly store: WorkStore | undefined;
  readonly #prepared: PreparedSkill;
  readonly #input: object;
  readonly #record: TaskEntry;
  readonly #parts: HandlerParts;
  #stored: StoredTask | undefined;
  #isReleased = false;

  constructor(
    prepared: PreparedSkill,
    payload: TaskRequest,
    facts: CallFacts,
    parts: HandlerParts,
    stored?: StoredTask,
  ) {
    const { engine } = parts;
    const record = stored === undefined ? newEntry(payload, facts.nowMs) : entryOf(stored.record.task);
    this.call = new MessageCall(record.id, facts, parts.log, record, parts.updates);
    this.timeoutMs = timeoutOf(payload, prepared.skill.timeoutMs ?? parts.taskTimeoutMs);
    this.#prepared = prepared;
    this.#input = payload.input;
    this.#record = record;
    this.#parts = parts;
    this.store = engine && { begin: () => this.#begin(engine, facts, stored), end: (answer) => this.#end(answer) };
  }

  async #begin(engine: TaskEngine, facts: CallFacts, taken: StoredTask | undefined): Promise<string | undefined> {
    const { envelope, envelopeId, owner, key, nowMs } = facts;
    let stored: StoredTask | string | undefined = taken;
    if (stored === undefined) {
      const asked = {
        task: { ...taskOf(this.#record), status: "working" as const },
        owner,
        envelopeId,
        idempotencyKey: key ?? null,
        request: this.#prepared.skill.resumes ? JSON.stringify(envelope) : null,
        deadlineMs: Number.isFinite(this.timeoutMs) ? nowMs + this.timeoutMs : null,
      };
      stored = await engine.begin(asked, this.timeoutMs);
      if (typeof stored === "string") return stored;
    } else this.call.checkpointed = await stored.checkpointed();
    const held = stored;
    held.onLost = (isCancelled) =>
      this.call.abort(new AsapError(isCancelled ? "asap:task/cancelled" : "asap:task/interrupted"));
    held.describe = () => taskOf(this.#record);
    this.call.saveCheckpoint = (data) => held.checkpoint(data);
    this.#stored = held;
    return undefined;
  }

  async #end(answer: string): Promise<void> {
    if (this.#isReleased) await this.#stored?.release();
    else await this.#stored?.end(answer);
  }

  run(): unknown {
    const { tasks } = this.#parts;
    tasks.add(this.#record);
    if (this.#record.status !== "working") tasks.move(this.#record, "working", this.#record.createdAtMs);
    const output = this.#prepared.skill.run(this.#input as never, this.call);
    return isGenerator(output) ? this.#drain(output) : output;
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
    this.#parts.tasks.move(this.#record, "completed", this.#parts.now());
    return `{"task_id":"${this.#record.id}","status":"completed","result":${resultText},"final_state":null,"metrics":null}`;
  }

  cancelled(): string {
    this.#parts.tasks.move(this.#record, "cancelled", this.#parts.now());
    return cancelledText(this.#record.id);
  }

  failed(cause?: unknown): void {
    const isEnd = cause instanceof AsapError && cause.code === "asap:transport/shutting_down";
    this.#isReleased = isEnd && this.#prepared.skill.resumes && this.#stored !== undefined;
    if (this.#isReleased || this.#record.status !== "working") return;
    this.#parts.tasks.move(this.#record, "failed", this.#parts.now());
  }
}

const newEntry = (payload: TaskRequest, nowMs: number): TaskEntry => ({
  id: `task_${ulid(nowMs)}`,
  conversationId: payload.conversation_id,
  parentTaskId: payload.parent_task_id ?? null,
  depth: 0,
  status: "submitted",
  progress: null,
  createdAtMs: nowMs,
  updatedAtMs: nowMs,
});

const cancelledText = (taskId: string): string =>
  `{"task_id":${quote(taskId)},"status":"cancelled","result":null,"final_state":null,"metrics":null}`;

const isGenerator = (value: unknown): value is AsyncGenerator =>
  typeof value === "object" &&
  value !== null &&
  Symbol.asyncIterator in value &&
  typeof (value as { next?: unknown }).next === "function";

/**
 * Takes cancellations: aborts the running task of the same sender that has the id, or that the envelope with that id
 * asked for; a task that another instance runs is cancelled in the store.
 */
export function cancelHandler(parts: HandlerParts): Handler {
  const cancelWork = (facts: CallFacts, taskId: string, run: () => void): Work => ({
    call: new MessageCall(facts.envelopeId, facts, parts.log),
    timeoutMs: parts.taskTimeoutMs,
    run,
    finish: () => cancelledText(taskId),
    failed: () => {},
  });
  const cancelStored = async (engine: TaskEngine, facts: CallFacts, id: string): Promise<Work | Refused> => {
    const found = await engine.cancel(facts.owner, id);
    if (found?.cancelled !== true) return notRunning(id, found?.task.status);
    return cancelWork(facts, found.task.id, () => {});
  };
  return {
    prepare({ task_id, reason }: TaskCancel, facts: CallFacts): Work | Refused | Promise<Work | Refused> {
      const { active, engine, tasks } = parts;
      const { owner } = facts;
      const target = active.find(
        (call) => (call.taskId === task_id || call.envelopeId === task_id) && call.owner === owner,
      );
      if (target === undefined) {
        return engine === undefined
          ? notRunning(task_id, tasks.get(task_id)?.status)
          : cancelStored(engine, facts, task_id);
      }
      return cancelWork(facts, target.taskId, () => {
        const data = { task_id: target.taskId, ...(reason == null ? {} : { reason }) };
        target.abort(new AsapError("asap:task/cancelled", { data }));
      });
    },
  };
}

function notRunning(taskId: string, status: string | undefined): Refused {
  const code = status === undefined ? "asap:task/not_found" : "asap:task/already_completed";
  const details = { task_id: taskId.slice(0, 256), ...(status === undefined ? {} : { current_status: status }) };
  const error = new AsapError(code, { data: details });
  return { code, data: { error: error.message, ...error.toJSON() } };
}

function unknownSkill(skillId: string, skills: ReadonlyMap<string, PreparedSkill>): Refused {
  return {
    code: "asap:task/unknown_skill",
    data: {
      error: `Unknown skill: ${skillId.slice(0, 100)}`,
      code: "asap:task/unknown_skill",
      validation_errors: [
        {
          type: "literal_error",
          loc: ["payload", "skill_id"],
          msg: `Input should be one of ${[...skills.keys()].map((id) => quote(id)).join(", ") || "no skill at all"}`,
        },
      ],
    },
  };
}

/** The deadline the caller asks for, where it is shorter than the agent's own. */
function timeoutOf(payload: TaskRequest, ownMs: number): number {
  const asked = payload.config?.["timeout_seconds"];
  return typeof asked === "number" && asked > 0 ? Math.min(ownMs, asked * 1000) : ownMs;
}

/** JSON text of an object, or of null. */
function objectText(value: unknown): string {
  if (value === null) return "null";
  const text = JSON.stringify(value);
  if (typeof text !== "string" || text.charCodeAt(0) !== 0x7b) {
    throw new AsapError("asap:task/invalid_output", { message: "The output is not a JSON object" });
  }
  return text;
}

/** What a user writes to take messages of one type. */
export type MessageHandler = (payload: never, call: Call) => unknown;

/** Takes messages of one type and answers with what the user's handler returns. */
export function messageHandler(
  definition: MessageDefinition,
  handle: MessageHandler,
  protocol: ProtocolDefinition,
  parts: HandlerParts,
): Handler {
  const replyName = definition.reply ?? "MessageAck";
  const reply = protocol.messages[replyName];
  return {
    prepare(payload: never, facts: CallFacts): Work {
      const { envelopeId } = facts;
      const call = new MessageCall(envelopeId, facts, parts.log);
      return {
        call,
        timeoutMs: parts.taskTimeoutMs,
        run: () => handle(payload, call),
        finish(output) {
          const acknowledged = { original_envelope_id: envelopeId, status: "processed", error: null };
          const value = output ?? (replyName === "MessageAck" ? acknowledged : undefined);
          const text = objectText(value);
          if (reply !== undefined && !reply.validate(value)) {
            throw new AsapError("asap:rpc/internal_error", {
              message: `The handler of ${definition.name} returned what is no ${replyName}`,
              data: { validation_errors: issuesOf(reply.validate.errors) },
            });
          }
          return text;
        },
        failed: () => {},
      };
    },
  };
}

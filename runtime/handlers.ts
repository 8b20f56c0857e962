import type { MessageDefinition, ProtocolDefinition } from "../generated/contract.js";
import type { TaskCancel, TaskRequest } from "../generated/models.js";
import type { ActiveCalls } from "./active-calls.js";
import { type Call, MessageCall } from "./call.js";
import type { CallFacts, Handler, Refused } from "./dispatch.js";
import { AsapError } from "./error.js";
import type { Work } from "./execution.js";
import { quote } from "./jsonrpc.js";
import type { Log } from "./observe/log.js";
import type { PreparedSkill } from "./skill.js";
import type { TaskLog, TaskRecord } from "./state/tasks.js";
import { ulid } from "./ulid.js";
import { progressOf, type UpdateParts } from "./updates.js";
import { issuesOf } from "./validation.js";

/** What the handlers of an agent share. */
export interface HandlerParts {
  readonly log: Log;
  readonly tasks: TaskLog;
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
  };
}

/** One task: a skill, its input and the record of how it goes. */
class SkillWork implements Work {
  readonly call: MessageCall;
  readonly timeoutMs: number;
  readonly #prepared: PreparedSkill;
  readonly #input: object;
  readonly #record: TaskRecord;
  readonly #parts: HandlerParts;

  constructor(prepared: PreparedSkill, payload: TaskRequest, facts: CallFacts, parts: HandlerParts) {
    const { nowMs } = facts;
    const record: TaskRecord = {
      id: `task_${ulid(nowMs)}`,
      conversationId: payload.conversation_id,
      parentTaskId: payload.parent_task_id ?? null,
      status: "submitted",
      progress: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    this.call = new MessageCall(record.id, facts, parts.log, record, parts.updates);
    this.timeoutMs = timeoutOf(payload, prepared.skill.timeoutMs ?? parts.taskTimeoutMs);
    this.#prepared = prepared;
    this.#input = payload.input;
    this.#record = record;
    this.#parts = parts;
  }

  run(): unknown {
    const { tasks } = this.#parts;
    tasks.add(this.#record);
    tasks.move(this.#record, "working", this.#record.createdAtMs);
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

  failed(): void {
    if (this.#record.status === "working") this.#parts.tasks.move(this.#record, "failed", this.#parts.now());
  }
}

const cancelledText = (taskId: string): string =>
  `{"task_id":${quote(taskId)},"status":"cancelled","result":null,"final_state":null,"metrics":null}`;

const isGenerator = (value: unknown): value is AsyncGenerator =>
  typeof value === "object" &&
  value !== null &&
  Symbol.asyncIterator in value &&
  typeof (value as { next?: unknown }).next === "function";

/**
 * Takes cancellations: aborts the running task of the same sender that has the id, or that the envelope with that id
 * asked for.
 */
export function cancelHandler(parts: HandlerParts): Handler {
  return {
    prepare(payload: TaskCancel, facts: CallFacts): Work | Refused {
      const { task_id, reason } = payload;
      const { owner } = facts;
      const target = parts.active.find(
        (call) => (call.taskId === task_id || call.envelopeId === task_id) && call.owner === owner,
      );
      if (target === undefined) return notRunning(task_id, parts.tasks.get(task_id)?.status);
      return {
        call: new MessageCall(facts.envelopeId, facts, parts.log),
        timeoutMs: parts.taskTimeoutMs,
        run() {
          const data = { task_id: target.taskId, ...(reason == null ? {} : { reason }) };
          target.abort(new AsapError("asap:task/cancelled", { data }));
        },
        finish: () => cancelledText(target.taskId),
        failed: () => {},
      };
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

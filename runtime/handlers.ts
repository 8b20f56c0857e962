import type { MessageDefinition, ProtocolDefinition } from "../generated/contract.js";
import type { TaskCancel, TaskRequest } from "../generated/models.js";
import { validateTaskRequest } from "../generated/validators/task-request.js";
import { type Call, MessageCall } from "./call.js";
import type { AskedBy, CallFacts, Handler, Refused } from "./dispatch.js";
import { AsapError, isAsapError } from "./error.js";
import { cancelledText, type Work } from "./execution.js";
import { quote } from "./jsonrpc.js";
import { objectText } from "./object-text.js";
import type { PreparedSkill } from "./skill.js";
import { type HandlerParts, SkillWork, type TaskStart } from "./skill-work.js";
import type { TaskEngine } from "./state/engine.js";
import { isId, longestId } from "./state/records.js";
import type { StoredTask } from "./state/stored-task.js";
import { newTaskId } from "./task-entry.js";
import { issuesOf } from "./validation.js";

/** Messages longer than this get one fault of a skill's input told, not all. */
const briefAboveCharacters = 65_536;

/** Takes task requests and runs the skill they name. */
export function skillHandler(skills: ReadonlyMap<string, PreparedSkill>, parts: HandlerParts): Handler {
  return {
    prepare(payload: TaskRequest, facts: CallFacts, size: number): Work | Refused | Promise<Work | Refused> {
      const prepared = skills.get(payload.skill_id);
      if (prepared === undefined) return unknownSkill(payload.skill_id, skills);
      const { engine } = parts;
      const unfit = invalidInput(prepared, payload, size) ?? (engine && unstorable(payload, facts));
      if (unfit !== undefined) return unfit;
      if (engine === undefined || payload.parent_task_id == null) return begin(prepared, payload, facts, parts);
      return nested(engine, payload.parent_task_id, facts, parts, (depth) =>
        begin(prepared, payload, facts, parts, { depth }),
      );
    },
    async wasTaken(_payload: TaskRequest, { envelope, owner, key }: AskedBy) {
      return (await parts.engine?.wasAsked(owner, envelope.id, key)) === true;
    },
    resume(payload: unknown, facts: CallFacts, stored: StoredTask): Work | "never" | undefined {
      if (!validateTaskRequest(payload)) return "never";
      const prepared = skills.get(payload.skill_id);
      if (prepared === undefined) return undefined;
      if (!prepared.skill.resumes || prepared.input?.fits(payload.input) === false) return "never";
      return new SkillWork(prepared, payload, facts, parts, { stored });
    },
  };
}

/** Begins a task; where somebody wants to know of it, it is found out who, first. */
export function begin(
  prepared: PreparedSkill,
  payload: TaskRequest,
  facts: CallFacts,
  parts: HandlerParts,
  start?: TaskStart,
): Work | Refused | Promise<Work | Refused> {
  const { webhooks } = parts;
  const { config } = payload;
  if (webhooks?.concerns(config) !== true) return new SkillWork(prepared, payload, facts, parts, start);
  facts.checkRoom?.();
  const id = newTaskId(facts.nowMs);
  const before = start?.data === undefined ? undefined : (payload.parent_task_id ?? undefined);
  return webhooks.begin(id, config, before).then(
    (teller) => new SkillWork(prepared, payload, facts, parts, { ...start, id, teller }),
    (cause: unknown) => {
      if (isAsapError(cause) && !cause.retryable) {
        parts.log.info?.("asap.webhook.callback_refused", { error: cause });
        return refusal(uniform(cause));
      }
      throw cause;
    },
  );
}

/** A refused callback as its sender is told of it: not which inner names and addresses there are. */
const uniform = (cause: AsapError): AsapError => {
  if (cause.code !== "asap:transport/webhook_url_rejected" || isOfSpelling(cause.data["rule"])) return cause;
  const reason = "its address may not be reached";
  return new AsapError(cause.code, {
    message: `Webhook URL rejected: ${reason}`,
    data: { url: cause.data["url"], reason },
  });
};

/** Whether a rule of a target is one about how the URL is written, which its sender knows. */
const isOfSpelling = (rule: unknown): boolean =>
  ["url", "scheme", "userinfo", "host", "spelling", "port", "name"].includes(String(rule));

/**
 * Why a skill does not take an input.
 *
 * @param size Characters of the message that carried it.
 */
export function invalidInput({ id, input }: PreparedSkill, payload: TaskRequest, size: number): Refused | undefined {
  if (input === undefined || input.fits(payload.input)) return undefined;
  return {
    code: "asap:task/invalid_input",
    data: {
      error: `Invalid input for skill ${id}`,
      code: "asap:task/invalid_input",
      validation_errors: issuesOf(input.faults(payload.input, size > briefAboveCharacters), ["payload", "input"]),
    },
  };
}

/** Why a task cannot be stored: what it would be found by is no id. */
export function unstorable({ conversation_id }: TaskRequest, { envelope, key }: CallFacts): Refused | undefined {
  const ids = [
    [["id"], envelope.id || undefined],
    [["idempotency_key"], key],
    [["payload", "conversation_id"], conversation_id || undefined],
  ] as const;
  const unfit = ids.find(([, id]) => id !== undefined && !isId(id));
  if (unfit === undefined) return undefined;
  const msg = `Input should be at most ${longestId} bytes of well-formed text without NUL`;
  return {
    code: "asap:protocol/invalid_payload",
    data: {
      error: "The task cannot be stored",
      code: "asap:protocol/invalid_payload",
      validation_errors: [{ type: "value_error", loc: unfit[0], msg }],
    },
  };
}

/**
 * A task that says which one it is part of: one deeper than that, where its owner has such a task in the store; otherwise
 * at the top, since the parent may be a task of another agent.
 */
async function nested(
  engine: TaskEngine,
  parentId: string,
  { owner }: CallFacts,
  { maxTaskDepth }: HandlerParts,
  make: (depth: number) => Work | Refused | Promise<Work | Refused>,
): Promise<Work | Refused> {
  const parent = await engine.owned(owner, parentId);
  const depth = parent === undefined ? 0 : (parent.task.depth ?? 0) + 1;
  return depth > maxTaskDepth ? tooDeep(parentId, depth, maxTaskDepth) : make(depth);
}

/** Why a task that would be nested too deep is refused. */
export const tooDeep = (parentId: string, depth: number, maxDepth: number): Refused =>
  refusal(
    new AsapError("asap:task/too_deep", {
      message: `The task would be nested ${depth} deep; the agent allows ${maxDepth}.`,
      data: { parent_task_id: parentId.slice(0, 256), depth, max_depth: maxDepth },
    }),
  );

/** The refusal that tells an error. */
export const refusal = (error: AsapError): Refused => ({
  code: error.code,
  data: { error: error.message, ...error.toJSON() },
});

/**
 * Takes cancellations: aborts the running task of the same sender that has the id, or that the envelope with that id
 * asked for; a task that another instance runs is cancelled in the store.
 */
export function cancelHandler(parts: HandlerParts): Handler {
  const cancelWork = (facts: CallFacts, taskId: string, run: () => void): Work => ({
    call: new MessageCall(facts.envelopeId, facts, parts.log),
    timeoutMs: parts.taskTimeoutMs,
    isUrgent: true,
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
    async wasTaken({ task_id }: TaskCancel, { owner }: AskedBy) {
      return (await parts.engine?.meant(owner, task_id))?.task.status === "cancelled";
    },
    prepare({ task_id, reason }: TaskCancel, facts: CallFacts): Work | Refused | Promise<Work | Refused> {
      const { active, engine, tasks } = parts;
      const { owner } = facts;
      const target = active.find(
        (call) => (call.taskId === task_id || call.envelopeId === task_id) && call.owner === owner && !call.onlyWaits,
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
  return refusal(new AsapError(code, { data: details }));
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

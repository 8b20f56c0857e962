import type { ArtifactNotify, MessageSend } from "../generated/models.js";
import { terminalStates } from "../generated/states.js";
import { MessageCall } from "./call.js";
import type { AskedBy, CallFacts, Handler, Refused } from "./dispatch.js";
import { AsapError } from "./error.js";
import type { Work } from "./execution.js";
import { refusal } from "./handlers.js";
import { quote } from "./jsonrpc.js";
import type { HandlerParts } from "./skill-work.js";
import type { TaskEngine } from "./state/engine.js";
import { isRecorded, mostMessages, recordMessage } from "./state/messages.js";
import type { TaskRecord } from "./state/task-store.js";

/** What became of a message, and why where it was rejected. */
type Outcome = readonly ["received" | "processed"] | readonly ["rejected", string];

/** Work whose reply is a MessageAck. */
function acknowledging(
  facts: CallFacts,
  parts: HandlerParts,
  isUrgent: boolean,
  run: () => Outcome | Promise<Outcome>,
): Work {
  return {
    call: new MessageCall(facts.envelopeId, facts, parts.log),
    timeoutMs: parts.taskTimeoutMs,
    isUrgent,
    run,
    finish(outcome) {
      const [status, error] = outcome as Outcome;
      const errorText = error === undefined ? "null" : quote(error);
      return `{"original_envelope_id":${quote(facts.envelopeId)},"status":"${status}","error":${errorText}}`;
    },
    failed: () => {},
  };
}

const notFound = (taskId: string): Refused =>
  refusal(new AsapError("asap:task/not_found", { data: { task_id: taskId.slice(0, 256) } }));

/**
 * Takes messages about tasks of whoever sent them; `task_id` may be the id of the task or of the envelope that asked for
 * it. One for a task that waits for input is its input and acknowledged as `processed`. With a store any message is kept
 * (see `messagesOf`) and acknowledged as `received`; an instance that waits finds what another one took. Acknowledged as
 * `rejected` is one for a task that has ended or has too many messages and, without a store, one for a task that runs but
 * does not wait.
 */
export function messageSendHandler(parts: HandlerParts): Handler {
  const { engine, active, now } = parts;
  const running = (owner: string, id: string): MessageCall | undefined =>
    active.find(
      (call) =>
        (call.taskId === id || call.envelopeId === id) && call.owner === owner && call.isTask && !call.onlyWaits,
    );
  const keep = async (stored: TaskEngine, message: MessageSend, facts: CallFacts): Promise<Work | Refused> => {
    const { owner, envelope } = facts;
    const record = await stored.meant(owner, message.task_id);
    if (record === undefined) return notFound(message.task_id);
    const { id } = record.task;
    return acknowledging(facts, parts, true, async () => {
      const number = await keepMessage(stored, record, "MessageSend", facts, now());
      if (typeof number !== "number") return number;
      const isInput = running(owner, id)?.inputWait?.offer({ message, envelope }, number) === true;
      return [isInput ? "processed" : "received"];
    });
  };
  return {
    async wasTaken({ task_id }: MessageSend, asked: AskedBy) {
      return engine !== undefined && (await wasKept(engine, task_id, "MessageSend", asked));
    },
    prepare(message: MessageSend, facts: CallFacts): Work | Refused | Promise<Work | Refused> {
      if (engine !== undefined) return keep(engine, message, facts);
      const { owner, envelope } = facts;
      const target = running(owner, message.task_id);
      if (target === undefined) return notFound(message.task_id);
      return acknowledging(facts, parts, true, () =>
        target.inputWait?.offer({ message, envelope }) === true
          ? ["processed"]
          : ["rejected", "The task does not wait for input"],
      );
    },
  };
}

/**
 * Takes notices of artifacts of tasks of whoever sent them, and keeps them among the messages about the task (see
 * `messagesOf`); acknowledged as `received`, or as `rejected` where the task has ended or has too many messages.
 */
export function artifactHandler(engine: TaskEngine, parts: HandlerParts): Handler {
  return {
    wasTaken: ({ task_id }: ArtifactNotify, asked: AskedBy) => wasKept(engine, task_id, "ArtifactNotify", asked),
    async prepare(artifact: ArtifactNotify, facts: CallFacts): Promise<Work | Refused> {
      const record = await engine.meant(facts.owner, artifact.task_id);
      if (record === undefined) return notFound(artifact.task_id);
      return acknowledging(facts, parts, false, async () => {
        const number = await keepMessage(engine, record, "ArtifactNotify", facts, parts.now());
        if (typeof number !== "number" && number[0] !== "received") return number;
        await parts.webhooks?.artifact(record.task, artifact);
        return ["received"];
      });
    },
  };
}

async function wasKept(engine: TaskEngine, taskId: string, name: string, { owner, envelope }: AskedBy) {
  const record = await engine.meant(owner, taskId);
  return record !== undefined && isRecorded(engine.options.store, record.task.id, name, envelope);
}

/** Keeps a message about a task that has not ended; gives its number, or what became of it instead. */
async function keepMessage(
  { options }: TaskEngine,
  { task }: TaskRecord,
  name: string,
  { envelope }: CallFacts,
  nowMs: number,
): Promise<number | Outcome> {
  if (terminalStates.has(task.status)) {
    const isKnown = await isRecorded(options.store, task.id, name, envelope);
    return isKnown ? ["received"] : ["rejected", "The task has ended"];
  }
  const recorded = await recordMessage(options.store, task.id, name, envelope, nowMs);
  if (recorded === "full") return ["rejected", `The task has ${mostMessages} messages`];
  return recorded === "known" ? ["received"] : recorded;
}

import type { ArtifactNotify, MessageSend } from "../generated/models.js";
import { MessageCall } from "./call.js";
import type { CallFacts, Handler, Refused } from "./dispatch.js";
import { AsapError } from "./error.js";
import type { Work } from "./execution.js";
import { refusal } from "./handlers.js";
import { quote } from "./jsonrpc.js";
import type { HandlerParts } from "./skill-work.js";
import type { TaskEngine } from "./state/engine.js";
import { recordMessage } from "./state/messages.js";

/** What became of a message, and why where it was rejected. */
type Outcome = readonly ["received" | "processed"] | readonly ["rejected", string];

/** Work whose reply is a MessageAck. */
function acknowledging(facts: CallFacts, parts: HandlerParts, run: () => Outcome | Promise<Outcome>): Work {
  return {
    call: new MessageCall(facts.envelopeId, facts, parts.log),
    timeoutMs: parts.taskTimeoutMs,
    isUrgent: true,
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
 * (see `messagesOf`) and acknowledged as `received`; an instance that waits finds what another one took. Without a store
 * a message for a task that runs but does not wait is acknowledged as `rejected`.
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
    return acknowledging(facts, parts, async () => {
      const version = await recordMessage(stored.options.store, id, "MessageSend", envelope, now());
      const isInput = running(owner, id)?.inputWait?.offer({ message, envelope }, version) === true;
      return [isInput ? "processed" : "received"];
    });
  };
  return {
    prepare(message: MessageSend, facts: CallFacts): Work | Refused | Promise<Work | Refused> {
      if (engine !== undefined) return keep(engine, message, facts);
      const { owner, envelope } = facts;
      const target = running(owner, message.task_id);
      if (target === undefined) return notFound(message.task_id);
      return acknowledging(facts, parts, () =>
        target.inputWait?.offer({ message, envelope }) === true
          ? ["processed"]
          : ["rejected", "The task does not wait for input"],
      );
    },
  };
}

/**
 * Takes notices of artifacts of tasks of whoever sent them, and keeps them among the messages about the task (see
 * `messagesOf`); acknowledged as `received`.
 */
export function artifactHandler(engine: TaskEngine, parts: HandlerParts): Handler {
  return {
    async prepare({ task_id }: ArtifactNotify, facts: CallFacts): Promise<Work | Refused> {
      const record = await engine.meant(facts.owner, task_id);
      if (record === undefined) return notFound(task_id);
      return acknowledging(facts, parts, async () => {
        await recordMessage(engine.options.store, record.task.id, "ArtifactNotify", facts.envelope, parts.now());
        return ["received"];
      });
    },
  };
}

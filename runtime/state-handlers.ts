import type { StateQuery, Task, TaskResponse } from "../generated/models.js";
import { MessageCall } from "./call.js";
import type { CallFacts, Handler, Refused } from "./dispatch.js";
import { AsapError } from "./error.js";
import type { Work } from "./execution.js";
import type { HandlerParts } from "./handlers.js";
import type { TaskEngine } from "./state/engine.js";

/** Takes questions for the state of a task; only whoever asked for the task is answered. */
export function stateQueryHandler(engine: TaskEngine, parts: HandlerParts): Handler {
  const { snapshots } = engine.options.store;
  return {
    async prepare({ task_id, version }: StateQuery, facts: CallFacts): Promise<Work | Refused> {
      const record = await engine.owned(facts.owner, task_id);
      if (record === undefined)
        return refused(new AsapError("asap:task/not_found", { data: { task_id: shown(task_id) } }));
      const snapshot = await snapshots.get(task_id, version ?? undefined);
      if (snapshot === undefined && version != null) {
        return refused(new AsapError("asap:task/snapshot_not_found", { data: { task_id: shown(task_id), version } }));
      }
      const about = snapshot && {
        snapshot_id: snapshot.id,
        version: snapshot.version,
        checkpoint: snapshot.checkpoint ?? false,
        created_at: snapshot.created_at,
      };
      return told(facts, parts, record.task, about ?? null, snapshot?.data ?? null);
    },
  };
}

function told(
  facts: CallFacts,
  parts: HandlerParts,
  task: Task,
  result: TaskResponse["result"],
  finalState: TaskResponse["final_state"],
): Work {
  const response = { task_id: task.id, status: task.status, result, final_state: finalState, metrics: null };
  return {
    call: new MessageCall(facts.envelopeId, facts, parts.log),
    timeoutMs: parts.taskTimeoutMs,
    run: () => undefined,
    finish: () => JSON.stringify(response),
    failed: () => {},
  };
}

const shown = (id: string): string => id.slice(0, 256);

const refused = (error: AsapError): Refused => ({
  code: error.code,
  data: { error: error.message, ...error.toJSON() },
});

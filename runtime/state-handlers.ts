import type {
  Envelope,
  StateQuery,
  StateRestore,
  StateSnapshot,
  Task,
  TaskRequest,
  TaskResponse,
} from "../generated/models.js";
import { terminalStates } from "../generated/states.js";
import { validateEnvelope } from "../generated/validators/envelope.js";
import { validateTaskRequest } from "../generated/validators/task-request.js";
import { MessageCall } from "./call.js";
import type { AskedBy, CallFacts, Handler, Refused } from "./dispatch.js";
import { AsapError } from "./error.js";
import type { Work } from "./execution.js";
import { begin, invalidInput, refusal, tooDeep, unstorable } from "./handlers.js";
import { readRequest } from "./resume.js";
import type { PreparedSkill } from "./skill.js";
import type { HandlerParts } from "./skill-work.js";
import type { TaskEngine } from "./state/engine.js";
import type { SnapshotStore } from "./state/snapshot-store.js";
import { versionOfCheckpoint } from "./state/stored-task.js";
import { illegalMove } from "./state/task-rules.js";
import type { TaskRecord } from "./state/task-store.js";

/** Takes questions for the state of a task; only whoever asked for the task is answered. */
export function stateQueryHandler(engine: TaskEngine, parts: HandlerParts): Handler {
  const { snapshots } = engine.options.store;
  return {
    async prepare({ task_id, version }: StateQuery, facts: CallFacts): Promise<Work | Refused> {
      const record = await engine.owned(facts.owner, task_id);
      if (record === undefined)
        return refusal(new AsapError("asap:task/not_found", { data: { task_id: shown(task_id) } }));
      const snapshot = await snapshots.get(task_id, version ?? undefined);
      if (snapshot === undefined && version != null) {
        return refusal(new AsapError("asap:task/snapshot_not_found", { data: { task_id: shown(task_id), version } }));
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

/**
 * Takes up a task again from one of its snapshots, for whoever asked for the task. Since no task leaves its end
 * (`spec/states.json`), it is a new task that runs: part of the old one (`parent_task_id`), with the input of the old one,
 * the data of the snapshot as `call.checkpointed`, and the StateRestore as the envelope that asked for it. The reply is
 * the TaskResponse of that run. Refused are `asap:task/not_found`, `asap:task/snapshot_not_found`,
 * `asap:protocol/invalid_state` for a task that is not at its end, `asap:task/invalid_input` where the skill takes
 * another input by now, `asap:task/not_resumable` for one whose skill does not
 * resume or is gone, and `asap:task/too_deep`.
 */
export function stateRestoreHandler(
  engine: TaskEngine,
  skills: ReadonlyMap<string, PreparedSkill>,
  parts: HandlerParts,
): Handler {
  const { snapshots } = engine.options.store;
  return {
    wasTaken: (_payload: StateRestore, { envelope, owner, key }: AskedBy) => engine.wasAsked(owner, envelope.id, key),
    async prepare({ task_id, snapshot_id }: StateRestore, facts: CallFacts): Promise<Work | Refused> {
      const record = await engine.owned(facts.owner, task_id);
      const named = { task_id: shown(task_id) };
      if (record === undefined) return refusal(new AsapError("asap:task/not_found", { data: named }));
      const snapshot = await snapshotById(snapshots, task_id, snapshot_id);
      if (snapshot === undefined) {
        const data = { ...named, snapshot_id: shown(snapshot_id) };
        return refusal(new AsapError("asap:task/snapshot_not_found", { data }));
      }
      const { request, task } = record;
      const { status, depth: parentDepth = 0 } = task;
      if (!terminalStates.has(status)) return refusal(illegalMove(task_id, status, "working"));
      const envelope = again(record, facts.envelope);
      const payload = envelope?.payload as TaskRequest | undefined;
      const prepared = payload && skills.get(payload.skill_id);
      if (envelope === undefined || payload === undefined || prepared?.skill.resumes !== true) {
        return refusal(new AsapError("asap:task/not_resumable", { data: named }));
      }
      const unfit = invalidInput(prepared, payload, request?.length ?? 0) ?? unstorable(payload, facts);
      if (unfit !== undefined) return unfit;
      const depth = parentDepth + 1;
      if (depth > parts.maxTaskDepth) return tooDeep(task_id, depth, parts.maxTaskDepth);
      return begin(prepared, payload, { ...facts, envelope }, parts, { depth, data: snapshot.data });
    },
  };
}

async function snapshotById(
  snapshots: SnapshotStore,
  taskId: string,
  snapshotId: string,
): Promise<StateSnapshot | undefined> {
  const named = versionOfCheckpoint(snapshotId);
  const versions = named === undefined ? await snapshots.listVersions(taskId) : [named];
  for (const version of versions.toReversed()) {
    const snapshot = await snapshots.get(taskId, version);
    if (snapshot?.id === snapshotId) return snapshot;
  }
  return undefined;
}

/** The request that asked for a task, as if the StateRestore had carried it; undefined where it is not known. */
function again({ task, request }: TaskRecord, restore: Envelope): Envelope | undefined {
  const asked = readRequest(request);
  if (!validateEnvelope(asked) || !validateTaskRequest(asked.payload)) return undefined;
  const payload = { ...asked.payload, parent_task_id: task.id };
  return { ...restore, payload_type: asked.payload_type, payload };
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

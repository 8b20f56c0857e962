import { validateEnvelope } from "../generated/validators/envelope.js";
import type { Handler } from "./dispatch.js";
import { AsapError } from "./error.js";
import { Execution, type ExecutionParts, executeStored, type Route } from "./execution.js";
import { errorMember, isoTime, protocolFault, response } from "./jsonrpc.js";
import type { StoredTask } from "./state/stored-task.js";

/**
 * Takes up a stored task that nobody works on any more; ends it as failed where it cannot go on; leaves it to other
 * instances, until its deadline, where this one does not know its skill.
 *
 * @param route How tasks are taken; undefined for an agent without skills.
 */
export async function resumeTask(
  stored: StoredTask,
  route: Route<Handler> | undefined,
  parts: ExecutionParts,
): Promise<void> {
  const { task, request, owner, envelopeId, idempotencyKey, deadlineMs } = stored.record;
  const startedAt = performance.now();
  const nowMs = parts.now();
  const envelope = readRequest(request);
  if (!validateEnvelope(envelope) || (deadlineMs !== null && deadlineMs <= nowMs)) return interrupt(stored, nowMs);
  const id = envelope.id ?? envelopeId ?? task.id;
  const key = idempotencyKey ?? undefined;
  const facts = { envelope, envelopeId: id, principal: undefined, identity: undefined, owner, key, nowMs };
  const work = await route?.handler.resume?.(envelope.payload as never, { ...facts, updates: undefined }, stored);
  if (route === undefined || work === undefined) return stored.passOn();
  if (work === "never" || work.store === undefined) return interrupt(stored, nowMs);
  if (parts.active.isClosed) work.call.abort(new AsapError("asap:transport/shutting_down"));
  await executeStored(new Execution(parts, route, work, envelope, id, "null", startedAt), work.store);
}

async function interrupt(stored: StoredTask, nowMs: number): Promise<void> {
  const { task } = stored.record;
  const cause = new AsapError("asap:task/interrupted", { data: { task_id: task.id } });
  stored.describe = () => ({ ...task, status: "failed", updated_at: isoTime(nowMs) });
  const answer = response(errorMember(protocolFault(cause.message, cause)), "null");
  await stored.end(answer, { cancelled: () => answer, failed: () => answer });
}

/** The envelope that asked for a stored task; undefined where it is not there or cannot be read. */
export function readRequest(request: string | null): unknown {
  try {
    return request === null ? undefined : JSON.parse(request);
  } catch {
    return undefined;
  }
}

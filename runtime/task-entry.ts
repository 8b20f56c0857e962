import type { Envelope, TaskRequest } from "../generated/models.js";
import type { TaskStart } from "./skill-work.js";
import type { TaskEntry } from "./state/tasks.js";
import { ulid } from "./ulid.js";

/** Id of a task that is asked for now. */
export const newTaskId = (nowMs: number): string => `task_${ulid(nowMs)}`;

/** The record of a task that is asked for now. */
export const newEntry = (payload: TaskRequest, nowMs: number, start?: TaskStart): TaskEntry => ({
  id: start?.id ?? newTaskId(nowMs),
  conversationId: payload.conversation_id,
  parentTaskId: payload.parent_task_id ?? null,
  depth: start?.depth ?? 0,
  status: "submitted",
  progress: null,
  createdAtMs: nowMs,
  updatedAtMs: nowMs,
});

/** The deadline the caller asks for, where it is shorter than the agent's own. */
export function timeoutOf(payload: TaskRequest, ownMs: number): number {
  const asked = payload.config?.["timeout_seconds"];
  return typeof asked === "number" && asked > 0 ? Math.min(ownMs, asked * 1000) : ownMs;
}

/** JSON text of the envelope that asked for a task, without the secret of its callback: the subscription has that. */
export function requestText(envelope: Envelope): string {
  const { config } = envelope.payload as { readonly config?: TaskRequest["config"] };
  if (config?.["callback_secret"] == null) return JSON.stringify(envelope);
  const { callback_secret: _, ...kept } = config;
  return JSON.stringify({ ...envelope, payload: { ...envelope.payload, config: kept } });
}

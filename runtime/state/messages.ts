import type { Envelope } from "../../generated/models.js";
import { validateEnvelope } from "../../generated/validators/envelope.js";
import { ulid } from "../ulid.js";
import type { StateStore } from "./state-store.js";

/** Messages that one instance can number in a millisecond. */
const numbersPerMs = 1_024;
let lastNumber = 0;

/** A number for a message: it grows with time, and two instances hardly ever draw the same. */
function nextNumber(nowMs: number): number {
  const drawn = Math.floor(nowMs) * numbersPerMs + Math.floor(Math.random() * numbersPerMs);
  lastNumber = Math.max(drawn, lastNumber + 1);
  return lastNumber;
}

/**
 * Where the messages about a task are kept: as snapshots of `<task id>/messages`, beside those of the task itself, so
 * that neither a StateQuery nor a task that is taken up meets them among its own. Each holds the name of the message and
 * its envelope; `asap state show <task id>/messages` lists them.
 */
export const messagesOf = (taskId: string): string => `${taskId}/messages`;

/**
 * Keeps a message about a task.
 *
 * @param name Name of the message type, such as `MessageSend`.
 * @param nowMs Current time, in milliseconds since 1970.
 * @returns Its number.
 * @throws AsapError as the store does.
 */
export async function recordMessage(
  { snapshots }: StateStore,
  taskId: string,
  name: string,
  envelope: Envelope,
  nowMs: number,
): Promise<number> {
  const task_id = messagesOf(taskId);
  let version = nextNumber(nowMs);
  while ((await snapshots.get(task_id, version)) !== undefined) version = nextNumber(nowMs);
  const data = { message: name, envelope };
  const created_at = new Date(nowMs).toISOString();
  await snapshots.save({ id: `msg_${ulid(nowMs)}`, task_id, version, data, checkpoint: false, created_at });
  return version;
}

/**
 * The envelope of a message that was kept.
 *
 * @param name Name of the message type.
 * @returns Undefined for a message of another type.
 * @throws AsapError as the store does.
 */
export async function recordedMessage(
  { snapshots }: StateStore,
  taskId: string,
  version: number,
  name: string,
): Promise<Envelope | undefined> {
  const data = (await snapshots.get(messagesOf(taskId), version))?.data;
  const envelope: unknown = data?.["message"] === name ? data["envelope"] : undefined;
  return validateEnvelope(envelope) ? envelope : undefined;
}

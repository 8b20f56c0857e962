import type { Envelope } from "../../generated/models.js";
import { validateEnvelope } from "../../generated/validators/envelope.js";
import { ulid } from "../ulid.js";
import type { StateStore } from "./state-store.js";

/** Most messages that are kept about a task. */
export const mostMessages = 1_000;

/** Numbers of messages in a millisecond; which of them a message gets is told by the id of its envelope. */
const numbersPerMs = 1_024;
/** How long a number is reserved for the message that is written under it, in milliseconds. */
const reservedMs = 600_000;
let lastMs = 0;

/** The lowest number of messages of a moment. */
export const firstNumber = (atMs: number): number => Math.floor(atMs) * numbersPerMs;

/** A number for a message: it grows with time, and no other one has it. */
async function freeNumber({ nonces }: StateStore, key: string, taken: readonly number[], mark: number, nowMs: number) {
  for (;;) {
    lastMs = Math.max(Math.floor(nowMs), lastMs + 1);
    const number = firstNumber(lastMs) + mark;
    if (!taken.includes(number) && (await nonces.use(`${key} ${number}`, reservedMs))) return number;
  }
}

/** FNV-1a of an id, as far as a number shows it; by chance where there is no id. */
function markOf(id: string | null | undefined): number {
  if (!id) return Math.floor(Math.random() * numbersPerMs);
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % numbersPerMs;
}

/**
 * Where the messages about a task are kept: as snapshots of `<task id>/messages`, beside those of the task itself, so
 * that neither a StateQuery nor a task that is taken up meets them among its own. Each holds the name of the message and
 * its envelope; `asap state show <task id>/messages` lists them.
 */
export const messagesOf = (taskId: string): string => `${taskId}/messages`;

/**
 * Keeps a message about a task, unless one of the same type with the same envelope id is kept.
 *
 * @param name Name of the message type, such as `MessageSend`.
 * @param nowMs Current time, in milliseconds since 1970.
 * @returns Its number; `known` for a repeat, `full` where {@link mostMessages} are kept.
 * @throws AsapError as the store does.
 */
export async function recordMessage(
  store: StateStore,
  taskId: string,
  name: string,
  envelope: Envelope,
  nowMs: number,
): Promise<number | "known" | "full"> {
  const task_id = messagesOf(taskId);
  const versions = await store.snapshots.listVersions(task_id);
  if (await isAmong(versions, store, taskId, name, envelope)) return "known";
  if (versions.length >= mostMessages) return "full";
  const version = await freeNumber(store, task_id, versions, markOf(envelope.id), nowMs);
  const data = { message: name, envelope };
  const created_at = new Date(nowMs).toISOString();
  await store.snapshots.save({ id: `msg_${ulid(nowMs)}`, task_id, version, data, checkpoint: false, created_at });
  return version;
}

/** Whether a message about a task of the same type and with the same envelope id is kept. */
export async function isRecorded(store: StateStore, taskId: string, name: string, envelope: Envelope) {
  if (!envelope.id) return false;
  return isAmong(await store.snapshots.listVersions(messagesOf(taskId)), store, taskId, name, envelope);
}

async function isAmong(
  versions: readonly number[],
  store: StateStore,
  taskId: string,
  name: string,
  { id }: Envelope,
): Promise<boolean> {
  if (!id) return false;
  const mark = markOf(id);
  for (const version of versions.filter((each) => each % numbersPerMs === mark)) {
    if ((await recordedMessage(store, taskId, version, name))?.id === id) return true;
  }
  return false;
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

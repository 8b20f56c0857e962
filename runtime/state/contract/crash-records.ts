import type { StateSnapshot, Task, UsageEvent } from "../../../generated/models.js";
import type { Lease, NewTask } from "../task-store.js";

/** What a process of a crash case does until it is killed: it writes, it holds tasks, or it claims them. */
export type Role = "write" | "hold" | "claim";

/** What a process of a crash case says: how far it is, what it wrote, or what it is about to delete. */
export type Said =
  | { readonly kind: "opening" | "open" }
  | { readonly kind: "snapshot"; readonly id: string; readonly version: number; readonly write: number }
  | { readonly kind: "deleting" | "deleted"; readonly id: string }
  | { readonly kind: "usage"; readonly id: string; readonly count: number }
  | { readonly kind: "task"; readonly id: string; readonly version: number }
  | { readonly kind: "nonce"; readonly id: string }
  | { readonly kind: "leased"; readonly id: string; readonly version: number; readonly lease: Lease | null };

/** A message to who started the process. */
export type Message = Said | { readonly kind: "failed"; readonly text: string; readonly stack: string };

/** A message to the process: that something it said was heard, or that it goes on or stops. */
export type Word = "heard" | "go" | "stop";

/** How long the lease of a holder that will be killed holds, in milliseconds. */
export const heldMs = 1_000;

/** How long the lease of a claimer holds, in milliseconds: longer than any case runs. */
export const claimedMs = 600_000;

const time = "2026-01-02T03:04:05+00:00";

/** Who asks for the tasks. */
export const owner = "urn:asap:agent:client";

/** The agent that works on the tasks. */
export const worker = "urn:asap:agent:worker";

/** A snapshot that tells how it was written: `write` times, with a text of `size` characters. */
export const snapshotOf = (id: string, version: number, write: number, size: number): StateSnapshot => ({
  id: `${id}-${version}`,
  task_id: id,
  version,
  data: { id, write, size, text: "x".repeat(size) },
  checkpoint: true,
  created_at: time,
});

/** One of `count` records of use that are written at once. */
export const eventOf = (id: string, count: number): UsageEvent => ({
  task_id: id,
  agent_id: "urn:asap:agent:server",
  consumer_id: owner,
  metrics: { tokens_in: count },
  timestamp: time,
});

/** A task as it is in the first, second or third version of its record. */
export const taskAt = (id: string, version: 1 | 2 | 3): Task => ({
  id,
  conversation_id: "conversation",
  status: ({ 1: "submitted", 2: "working", 3: "completed" } as const)[version],
  created_at: time,
  updated_at: time,
});

/** A task to create. */
export const newTaskOf = (id: string): NewTask => ({
  task: taskAt(id, 1),
  agent: worker,
  owner,
  envelopeId: `envelope-${id}`,
  idempotencyKey: `key-${id}`,
  request: `"${id}"`,
  answer: null,
  deadlineMs: null,
});

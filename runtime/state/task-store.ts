import type { Task, TaskStatus } from "../../generated/models.js";
import type { NewDelivery } from "../webhooks/delivery.js";
import type { Page, PageRequest } from "./page.js";

/** Who works on a task, until when. */
export interface Lease {
  /** Instance of the agent that holds it. */
  readonly holder: string;
  /** Until when, in milliseconds since 1970 by the clock of the store. */
  readonly untilMs: number;
}

/** A lease that is wanted. */
export interface LeaseRequest {
  readonly holder: string;
  /** How long it holds from now on by the clock of the store, in milliseconds. */
  readonly forMs: number;
}

/** A task as it is stored. */
export interface TaskRecord {
  readonly task: Task;
  /** Id of the agent that works on it; empty for a task from before stores told agents apart, which no agent takes up. */
  readonly agent: string;
  /** Who asked for it. */
  readonly owner: string;
  /** 1 when it is created; one more with every change and with every new holder of its lease. */
  readonly version: number;
  /** Id of the envelope that asked for it; null where it had none. */
  readonly envelopeId: string | null;
  /** Idempotency key it was asked for with; null without one. */
  readonly idempotencyKey: string | null;
  /** Envelope that asked for it, as JSON text, while it is needed to take the task up again. */
  readonly request: string | null;
  /** Answer that was given, as JSON text; null while there is none. */
  readonly answer: string | null;
  /** From when on the task is too late, in milliseconds since 1970; null for never. */
  readonly deadlineMs: number | null;
  /** Null for a task that nobody works on. */
  readonly lease: Lease | null;
}

/** A task to create. */
export type NewTask = Omit<TaskRecord, "version" | "lease"> & {
  /** Lease of who creates it. Default: none. */
  readonly lease?: LeaseRequest;
  /** Webhook deliveries that are queued if, and only if, the task is created; for a backend with `webhooks`. */
  readonly deliveries?: readonly NewDelivery[];
};

/** What of a task changes; members that are absent stay. The status goes where `spec/states.json` lets it go. */
export interface TaskChange {
  readonly task?: Task;
  readonly request?: null;
  readonly answer?: string;
  /** Takes or renews the lease, or gives it up. */
  readonly lease?: LeaseRequest | null;
  /**
   * Webhook deliveries that are queued if, and only if, the change is made; for a backend with `webhooks`. They are taken
   * however many wait: a task that was begun must be able to end.
   */
  readonly deliveries?: readonly NewDelivery[];
}

/** Which tasks are meant: those that fit every member given. */
export interface TaskFilter {
  readonly status?: readonly TaskStatus[];
  readonly agent?: string;
  readonly owner?: string;
  readonly conversationId?: string;
}

/**
 * Keeps tasks for the engines that run them; agents may share one store, each with tasks of its own. Rejects as a
 * {@link SnapshotStore} does.
 */
export interface TaskStore {
  /**
   * Creates a task, unless one of the same agent and owner was asked for by the same envelope or with the same key.
   *
   * @returns `created` and the record, or `exists` and the record that is there.
   * @throws AsapError `asap:state/conflict` where the id is taken by another task, `asap:state/too_large`,
   * `asap:webhook/queue_full`.
   */
  create(task: NewTask): Promise<{ readonly outcome: "created" | "exists"; readonly record: TaskRecord }>;
  /** A task by its id; undefined where there is none. */
  get(id: string): Promise<TaskRecord | undefined>;
  /** The task of an agent that an envelope or a key of an owner asked for; undefined where there is none. */
  find(
    agent: string,
    owner: string,
    asked: { readonly envelopeId?: string; readonly idempotencyKey?: string },
  ): Promise<TaskRecord | undefined>;
  /**
   * Changes a task if it is still what it was.
   *
   * @param version Version it must have.
   * @returns The record after the change; undefined where the version is another, or the task is gone.
   * @throws AsapError `asap:protocol/invalid_state` for a change of status that the state machine does not allow,
   * `asap:state/invalid_record` for a task of another id, `asap:state/too_large`, `asap:webhook/queue_full`.
   */
  change(id: string, version: number, change: TaskChange): Promise<TaskRecord | undefined>;
  /**
   * Takes over tasks of an agent that are not at their end and that nobody works on: without a lease, or with one that has
   * run out. Those that have waited longest come first; no task is given to two callers. One that is
   * damaged is put off for as long as the lease, and the others are given.
   *
   * @param limit Most tasks.
   * @throws AsapError `asap:state/corrupt` where there are damaged ones alone.
   */
  claim(agent: string, lease: LeaseRequest, limit: number): Promise<readonly TaskRecord[]>;
  /**
   * Takes a record over from another store as it is, in place of one with the same id.
   *
   * @throws AsapError `asap:state/conflict` where another task of the agent and owner was asked for by the same envelope
   * or with the same key.
   */
  put(record: TaskRecord): Promise<void>;
  /** Tasks that fit, by the time of their making, the latest first, then by id. */
  list(filter?: TaskFilter, page?: PageRequest): Promise<Page<TaskRecord>>;
  /**
   * Deletes tasks at their end that last changed before a moment.
   *
   * @param beforeMs Milliseconds since 1970, that moment not included.
   * @returns How many there were.
   */
  purge(beforeMs: number): Promise<number>;
}

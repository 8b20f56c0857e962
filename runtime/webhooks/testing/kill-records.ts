import type { NewDelivery } from "../delivery.js";

/** What a process is killed at. */
export type KillCall = "enqueue" | "claim" | "settle" | "replay";

/** Where a process kills itself. */
export interface KillStep {
  readonly call: KillCall;
  /**
   * Before the store is asked (`before`), in its transaction before COMMIT (`in`), after COMMIT before the call returns
   * (`committed`), once it has returned (`after`). A claim that gives nothing does not count, nor does a transaction that
   * queues no delivery or writes no attempt.
   */
  readonly at: "before" | "in" | "committed" | "after";
  /** Which of those that count, from 1. */
  readonly time: number;
}

/** What a sender is told: what it does, and where it is killed. */
export interface KillOrder {
  /** Place of the store, as `openState` takes it. */
  readonly location: string;
  /** Where it kills itself; undefined for one that others kill. */
  readonly step: KillStep | undefined;
  /** What it queues before it sends. */
  readonly enqueue: readonly NewDelivery[];
  /** Dead letters that it queues again before it sends. */
  readonly replay: readonly string[];
}

/** Agent of the store. */
export const killedAgent = "urn:asap:agent:killed";

/** How long what a killed process took is its own, in milliseconds. */
export const killedLeaseMs = 30_000;

/** What an agent is told: the request that it is asked, and where it is killed. */
export interface AgentKillOrder {
  /** Place of the store, as `openState` takes it. */
  readonly location: string;
  readonly step: KillStep;
  /** JSON text of the request. */
  readonly request: string;
}

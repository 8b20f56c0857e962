import type { UsageAggregate, UsageEvent } from "../../generated/models.js";
import type { Page, PageRequest } from "./page.js";

/** A record of use as it is stored. */
export interface UsageRecord {
  /** Made when it was recorded. */
  readonly id: string;
  /** Its time is in UTC, with `+00:00`. */
  readonly event: UsageEvent;
}

/** Which records of use are meant: those that fit every member given. */
export interface UsageFilter {
  readonly agentId?: string;
  readonly consumerId?: string;
  readonly taskId?: string;
  /** First moment, in milliseconds since 1970, that one included. */
  readonly fromMs?: number;
  /** Last moment, in milliseconds since 1970, that one included. */
  readonly toMs?: number;
}

/**
 * Keeps records of use. Rejects as a `SnapshotStore` does.
 *
 * @see ASAP 1.1, section 14
 */
export interface MeteringStore {
  /**
   * Records use: all of the events, or none.
   *
   * @throws AsapError `asap:state/invalid_record` for an event that does not fit its schema.
   */
  record(...events: readonly UsageEvent[]): Promise<void>;
  /** Takes records over from another store, all of them or none; one with the same id is replaced. */
  put(...records: readonly UsageRecord[]): Promise<void>;
  /** Records that fit, by time, then by id. */
  query(filter?: UsageFilter, page?: PageRequest): Promise<Page<UsageRecord>>;
  /**
   * Adds up the events of an agent that fit.
   *
   * @param period Given back as it is: sums cover what the filter says.
   */
  aggregate(agentId: string, period: string, filter?: Omit<UsageFilter, "agentId">): Promise<UsageAggregate>;
  /**
   * Deletes records from before a moment.
   *
   * @param beforeMs Milliseconds since 1970, that moment not included.
   * @returns How many there were.
   */
  purge(beforeMs: number): Promise<number>;
}

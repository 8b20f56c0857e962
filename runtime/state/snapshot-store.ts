import type { StateSnapshot } from "../../generated/models.js";
import type { Page, PageRequest } from "./page.js";

/**
 * Keeps snapshots of tasks, each by its task and version.
 *
 * Every method rejects with AsapError `asap:state/unavailable` where the store is not reached or cannot write,
 * `asap:state/corrupt` where what it holds cannot be read, `asap:state/closed` after `close`.
 *
 * @see ASAP 1.1, section 14
 */
export interface SnapshotStore {
  /**
   * Saves a snapshot in place of an earlier one of the same task and version. Once the promise resolves, the end of the
   * process costs nothing of it.
   *
   * @throws AsapError `asap:state/invalid_record` for a snapshot that does not fit its schema, `asap:state/too_large`.
   */
  save(snapshot: StateSnapshot): Promise<void>;
  /**
   * A snapshot of a task; undefined where there is none.
   *
   * @param version Default: the highest there is.
   */
  get(taskId: string, version?: number): Promise<StateSnapshot | undefined>;
  /** Versions of a task, ascending; none for an unknown task. */
  listVersions(taskId: string): Promise<readonly number[]>;
  /**
   * Deletes a snapshot, or all of a task.
   *
   * @param version Default: all.
   * @returns Whether there was any.
   */
  delete(taskId: string, version?: number): Promise<boolean>;
  /** Every snapshot, by task id in the order of UTF-8 bytes, then by version. */
  list(page?: PageRequest): Promise<Page<StateSnapshot>>;
}

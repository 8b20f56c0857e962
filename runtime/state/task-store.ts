import type { Task } from "../../generated/models.js";

/** Keeps tasks beyond the life of the process. */
export interface TaskStore {
  /** Saves a task, new or changed; when this returns, the end of the process costs nothing of it. */
  save(task: Task): void;
  /** A task by its id, or undefined when there is none. */
  load(id: string): Task | undefined;
  /** Lets go of the store. */
  close(): void;
}

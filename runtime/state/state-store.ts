import type { WebhookStore } from "../webhooks/webhook-store.js";
import type { MeteringStore } from "./metering-store.js";
import type { NonceStore } from "./nonce-store.js";
import type { SnapshotStore } from "./snapshot-store.js";
import type { TaskStore } from "./task-store.js";

/** One backend for all that an agent keeps. */
export interface StateStore {
  /** Kind of backend: `memory`, `sqlite`, `postgres`, `redis`, or a name of one's own. */
  readonly backend: string;
  readonly snapshots: SnapshotStore;
  readonly metering: MeteringStore;
  readonly tasks: TaskStore;
  readonly nonces: NonceStore;
  /** Subscriptions and deliveries, where the backend keeps them: deliveries of a change are written with the task. */
  readonly webhooks?: WebhookStore;
  /** Finishes what is under way and lets go of files and connections; a second call does nothing. */
  close(): Promise<void>;
}

/** Stores for what agents keep: tasks, snapshots, records of use and nonces. Needs Node. */
export { type MemoryStateOptions, memoryState } from "./state/memory.js";
export type { MeteringStore, UsageFilter, UsageRecord } from "./state/metering-store.js";
export { type MovedKind, type MoveOptions, type MoveProgress, moveState, type StateKind } from "./state/move.js";
export type { NonceStore } from "./state/nonce-store.js";
export { type OpenStateOptions, openState, type StateEnvironment, stateLocation } from "./state/open-state.js";
export type { Page, PageRequest } from "./state/page.js";
export { type PostgresStateOptions, postgresState } from "./state/postgres/open.js";
export { type RedisStateOptions, redisState } from "./state/redis/open.js";
export type { SnapshotStore } from "./state/snapshot-store.js";
export type { SqliteDatabase, SqliteStatement } from "./state/sqlite/driver.js";
export { type SqliteStateOptions, sqliteState } from "./state/sqlite/open.js";
export type { StateStore } from "./state/state-store.js";
export type {
  Lease,
  LeaseRequest,
  NewTask,
  TaskChange,
  TaskFilter,
  TaskRecord,
  TaskStore,
} from "./state/task-store.js";

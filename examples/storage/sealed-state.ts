import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AsapError } from "asap-kit";
import type { SnapshotStore, StateStore, TaskRecord, TaskStore } from "asap-kit/state";
import { validateStateSnapshot } from "asap-kit/validators/state-snapshot";

/** Seals texts with AES-256-GCM, each to the place where it belongs, and opens them. */
interface Seal {
  seal(text: string, place: string): string;
  /** @throws AsapError `asap:state/corrupt` for what was not sealed with this key for this place. */
  open(sealed: string, place: string): string;
}

function sealOf(key: Uint8Array): Seal {
  return {
    seal(text, place) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64");
    },
    open(sealed, place) {
      try {
        const bytes = Buffer.from(sealed, "base64");
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAAD(Buffer.from(place));
        decipher.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
      } catch (cause) {
        const data = { backend: "sealed", reason: "a record was not sealed with this key" };
        throw new AsapError("asap:state/corrupt", { data, cause });
      }
    },
  };
}

/**
 * Keeps what tasks were asked, what they answered and what they saved sealed in another store. Ids, states and times
 * stay as they are, so that the other store can find records by them.
 *
 * @param inner The other store; it is closed with this one.
 * @param key 32 bytes.
 */
export function sealedState(inner: StateStore, key: Uint8Array): StateStore {
  const seal = sealOf(key);
  return {
    backend: "sealed",
    snapshots: sealedSnapshots(inner.snapshots, seal),
    metering: inner.metering,
    tasks: sealedTasks(inner.tasks, seal),
    nonces: inner.nonces,
    close: () => inner.close(),
  };
}

function sealedSnapshots(inner: SnapshotStore, { seal, open }: Seal): SnapshotStore {
  type Snapshot = Parameters<SnapshotStore["save"]>[0];
  const placeOf = ({ task_id, version }: Snapshot) => JSON.stringify(["snapshot", task_id, version]);
  const opened = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    data: JSON.parse(open(String(snapshot.data["sealed"]), placeOf(snapshot))),
  });
  return {
    async save(snapshot) {
      // What does not fit is for the other store to refuse.
      if (!validateStateSnapshot(snapshot)) return inner.save(snapshot);
      return inner.save({ ...snapshot, data: { sealed: seal(JSON.stringify(snapshot.data), placeOf(snapshot)) } });
    },
    async get(taskId, version) {
      const snapshot = await inner.get(taskId, version);
      return snapshot && opened(snapshot);
    },
    listVersions: (taskId) => inner.listVersions(taskId),
    delete: (taskId, version) => inner.delete(taskId, version),
    async list(page) {
      const { items, ...rest } = await inner.list(page);
      return { items: items.map(opened), ...rest };
    },
  };
}

function sealedTasks(inner: TaskStore, { seal, open }: Seal): TaskStore {
  const place = (id: string, member: "request" | "answer") => JSON.stringify(["task", id, member]);
  const through = <Record extends Pick<TaskRecord, "task" | "request" | "answer">>(
    record: Record,
    pass: (text: string, place: string) => string,
  ): Record => {
    const { task, request, answer } = record;
    return {
      ...record,
      request: request === null ? null : pass(request, place(task.id, "request")),
      answer: answer === null ? null : pass(answer, place(task.id, "answer")),
    };
  };
  const opened = (record: TaskRecord): TaskRecord => through(record, open);
  return {
    async create(task) {
      const { outcome, record } = await inner.create(through(task, seal));
      return { outcome, record: opened(record) };
    },
    async get(id) {
      const record = await inner.get(id);
      return record && opened(record);
    },
    async find(agent, owner, asked) {
      const record = await inner.find(agent, owner, asked);
      return record && opened(record);
    },
    async change(id, version, { answer, ...change }) {
      const sealed = answer === undefined ? {} : { answer: seal(answer, place(id, "answer")) };
      const record = await inner.change(id, version, { ...change, ...sealed });
      return record && opened(record);
    },
    claim: async (agent, lease, limit) => (await inner.claim(agent, lease, limit)).map(opened),
    put: async (record) => inner.put(through(record, seal)),
    async list(filter, page) {
      const { items, ...rest } = await inner.list(filter, page);
      return { items: items.map(opened), ...rest };
    },
    purge: (beforeMs) => inner.purge(beforeMs),
  };
}

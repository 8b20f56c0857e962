import { byBytes, cursorOf, pageOf, pageSize, readCursor } from "../../state/page.js";
import { checkedSubscription, subscriptionFits } from "../records.js";
import type { SubscriptionRecord, SubscriptionStore } from "../subscription-store.js";

/** Subscriptions of a store in memory. */
export function memorySubscriptions(open: () => void): SubscriptionStore {
  const records = new Map<string, SubscriptionRecord>();
  let revision = 0;
  const changed = (...taskIds: readonly (string | null | undefined)[]) => {
    if (taskIds.includes(null)) revision += 1;
  };
  return {
    async put(record) {
      open();
      checkedSubscription(record);
      const known = records.get(record.id);
      if ((known?.version ?? 0) !== record.version - 1) return false;
      records.set(record.id, structuredClone(record));
      changed(record.taskId, known?.taskId);
      return true;
    },
    async get(id) {
      open();
      return structuredClone(records.get(id));
    },
    async list(filter = {}, { after, limit } = {}) {
      open();
      const last = readCursor(after, 2);
      const order = (one: readonly (string | number)[], other: readonly (string | number)[]) =>
        Number(one[0]) - Number(other[0]) || byBytes(String(one[1]), String(other[1]));
      const placeOf = ({ createdMs, id }: SubscriptionRecord) => [createdMs, id] as const;
      const rows = [...records.values()]
        .filter((record) => subscriptionFits(record, filter))
        .filter((record) => last === undefined || order(placeOf(record), last) > 0)
        .sort((one, other) => order(placeOf(one), placeOf(other)));
      return pageOf(
        rows,
        pageSize(limit),
        (record) => structuredClone(record),
        (record) => cursorOf(...placeOf(record)),
      );
    },
    async remove(id) {
      open();
      changed(records.get(id)?.taskId);
      return records.delete(id);
    },
    async prune(beforeMs) {
      open();
      const old = [...records.values()].filter(({ taskId, createdMs }) => taskId !== null && createdMs < beforeMs);
      for (const { id } of old) records.delete(id);
      return old.length;
    },
    async restore(taken) {
      open();
      for (const record of taken) checkedSubscription(record);
      for (const record of taken) {
        changed(record.taskId, records.get(record.id)?.taskId);
        records.set(record.id, structuredClone(record));
      }
    },
    async revision() {
      open();
      return String(revision);
    },
  };
}

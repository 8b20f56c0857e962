import { validateUsageEvent } from "../../../generated/validators/usage-event.js";
import { ulid } from "../../ulid.js";
import type { MeteringStore, UsageFilter, UsageRecord } from "../metering-store.js";
import { byBytes, cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { checkedEvent, checkedId, corrupt, isStorable, stored, storedMs } from "../records.js";
import { backend } from "./faults.js";
import { after, from, joined, type Keys, type Part, pairsOf, readParts, through } from "./keys.js";
import type { RedisLink } from "./link.js";
import { pageOfUsageScript, purgeUsageScript, putUsageScript, stride, sumOfUsageScript } from "./scripts.js";

/** Where to look for records that fit a filter. */
interface Search {
  /** Name of the index. */
  readonly index: string;
  /** Parts that its members begin with. */
  readonly parts: readonly string[];
  /** Lowest and highest place in it. */
  readonly low: string;
  readonly high: string;
  /** JSON object of what is to be looked at in each event. */
  readonly filter: string;
  /** Whether that is nothing. */
  readonly isWhole: boolean;
}

/** Indexes by a member of the events, the one that finds the fewest first. */
const indexes = [
  ["usage:task", "task_id"],
  ["usage:consumer", "consumer_id"],
  ["usage:agent", "agent_id"],
] as const;

function searchOf({ agentId, consumerId, taskId, fromMs, toMs }: UsageFilter): Search | undefined {
  const wanted = new Map(
    Object.entries({ task_id: taskId, consumer_id: consumerId, agent_id: agentId }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  if (![...wanted.values()].every(isStorable)) return undefined;
  const [index, member] = indexes.find(([, name]) => wanted.has(name)) ?? ["usage:time", ""];
  const first = wanted.get(member);
  wanted.delete(member);
  const parts = first === undefined ? [] : [first];
  return {
    index,
    parts,
    low: from(joined(...parts, fromMs === undefined ? "" : storedMs(fromMs))),
    high: toMs !== undefined ? through(...parts, storedMs(toMs)) : first === undefined ? "+" : through(first),
    filter: JSON.stringify(Object.fromEntries(wanted)),
    isWhole: wanted.size === 0,
  };
}

function recordOf([id, text]: readonly [string, string | null]): UsageRecord {
  const event = text === null ? undefined : stored(backend, text);
  if (validateUsageEvent(event)) return { id, event: checkedEvent(event) };
  throw corrupt(backend, "a record of use does not fit its schema");
}

/** Records of use: rows in a hash by id, and indexes by time, and by agent, task or consumer and then time. */
export function redisMetering(link: RedisLink, keys: Keys): MeteringStore {
  const all = keys("usage", "usage:time", "usage:agent", "usage:task", "usage:consumer");
  const put = (records: readonly UsageRecord[]) =>
    link.work(async () => {
      const rows = new Map(
        records.map(({ id, event }) => [checkedId("UsageEvent", "id", id), JSON.stringify(checkedEvent(event))]),
      );
      if (rows.size > 0) await link.run(putUsageScript, all, [JSON.stringify([...rows])]);
    });
  return {
    record: (...events) => put(events.map((event) => ({ id: ulid(), event }))),
    put: (...records) => put(records),
    query: (filter = {}, { after: cursor, limit } = {}) =>
      link.work(async () => {
        const size = pageSize(limit);
        const last = readCursor(cursor, 2)?.map(String);
        const search = searchOf(filter);
        if (search === undefined) return { items: [] };
        const { index, parts, high, isWhole } = search;
        const place = last && after(joined(...parts, ...last));
        const low = place !== undefined && byBytes(place.slice(1), search.low.slice(1)) >= 0 ? place : search.low;
        const rows = await readParts(size + 1, low, async (next, most): Promise<Part<UsageRecord>> => {
          const looked = isWhole ? most : stride;
          const part = (await link.run(pageOfUsageScript, keys("usage", index), [
            ...[next, high, most, looked, search.filter],
          ])) as Part<string | null>;
          return [part[0], part[1], pairsOf<string, string | null>(part[2]).map(recordOf)];
        });
        return pageOf(
          rows,
          size,
          (record) => record,
          ({ id, event }) => cursorOf(event.timestamp, id),
        );
      }),
    aggregate: (agentId, period, filter = {}) =>
      link.work(async () => {
        const total = [0, 0, 0, 0];
        const search = searchOf({ ...filter, agentId });
        for (let low = search?.low; low !== undefined && search !== undefined; ) {
          const [last, more, sums] = (await link.run(sumOfUsageScript, keys("usage", search.index), [
            ...[low, search.high, stride, search.filter],
          ])) as Part<string>;
          for (const [at, sum] of sums.entries()) total[at] = (total[at] ?? 0) + Number(sum);
          low = more === 1 ? after(last) : undefined;
        }
        const [total_tasks = 0, total_tokens = 0, total_duration = 0, total_api_calls = 0] = total;
        return { agent_id: agentId, period, total_tokens, total_duration, total_tasks, total_api_calls };
      }),
    purge: (beforeMs) =>
      link.work(async () => {
        const high = after(storedMs(beforeMs));
        for (let count = 0; ; ) {
          const gone = Number(await link.run(purgeUsageScript, all, [high, stride]));
          count += gone;
          if (gone < stride) return count;
        }
      }),
  };
}

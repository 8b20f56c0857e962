import { cursorOf, pageOf, pageSize, readCursor } from "../page.js";
import { corrupt, isStorable, type SnapshotRow, snapshotOf, snapshotRow, stored } from "../records.js";
import type { SnapshotStore } from "../snapshot-store.js";
import { backend } from "./faults.js";
import { gathering } from "./gather.js";
import { after, from, joined, type Keys, type Part, pairsOf, readParts, through } from "./keys.js";
import type { RedisLink } from "./link.js";
import {
  deleteSnapshotsScript,
  lastSnapshotsScript,
  membersScript,
  pageOfSnapshotsScript,
  saveSnapshotsScript,
} from "./scripts.js";

const bytes = Buffer.alloc(8);

/** A version as 16 digits that compare as versions do: the bytes of its double, in hexadecimal. */
function digitsOf(version: number): string {
  bytes.writeDoubleBE(version);
  return bytes.toString("hex");
}

const memberOf = (taskId: string, version: number): string => joined(taskId, digitsOf(version));
const versionIn = (member: string): number => Buffer.from(member.slice(-16), "hex").readDoubleBE();

/** What is stored: a JSON list of the short members, a line break, the JSON text of the state. */
const textOf = ({ id, checkpoint, created_at, data }: SnapshotRow): string =>
  `${JSON.stringify([id, checkpoint, created_at])}\n${data}`;

function rowOf(member: string, text: string | null): SnapshotRow {
  const end = text?.indexOf("\n") ?? -1;
  const short = text === null || end < 0 ? undefined : stored(backend, text.slice(0, end));
  if (!Array.isArray(short) || text === null) throw corrupt(backend, "a snapshot is damaged");
  const [id, checkpoint, created_at] = short;
  return {
    task_id: member.slice(0, -17),
    version: versionIn(member),
    id,
    checkpoint,
    created_at,
    data: text.slice(end + 1),
  };
}

/** A member and its row, or the bounds of a range. */
type Place = readonly [string, string];

/** What is found there. */
type Found = readonly [member: string, text: string | null] | null;

/** Bounds of what is saved or read in one go. */
const bounds = { most: 128, mostBytes: 1_048_576, sizeOf: ([, text]: Place) => text.length };

/** Snapshots: rows in a hash by task and version, and an index of the same. */
export function redisSnapshots(link: RedisLink, keys: Keys, maxBytes: number): SnapshotStore {
  const both = keys("snapshots", "snapshots:order");
  const order = keys("snapshots:order");
  const range = (taskId: string, version?: number): Place => {
    if (version === undefined) return [from(joined(taskId, "")), through(taskId)];
    const member = from(memberOf(taskId, version));
    return [member, member];
  };
  const save = gathering<Place, void>(bounds, async (places) => {
    await link.run(saveSnapshotsScript, both, places.flat());
    return places.map(() => undefined);
  });
  const last = gathering<Place, Found>(bounds, async (places) => {
    return (await link.run(lastSnapshotsScript, both, places.flat())) as readonly Found[];
  });
  return {
    save: (snapshot) =>
      link.work(async () => {
        const row = snapshotRow(snapshot, maxBytes);
        await save([memberOf(row.task_id, row.version), textOf(row)]);
      }),
    get: (taskId, version) =>
      link.work(async () => {
        if (!isStorable(taskId)) return undefined;
        const found = await last(range(taskId, version));
        return found === null ? undefined : snapshotOf(backend, rowOf(...found));
      }),
    listVersions: (taskId) =>
      link.work(async () => {
        if (!isStorable(taskId)) return [];
        return ((await link.run(membersScript, order, range(taskId))) as string[]).map(versionIn);
      }),
    delete: (taskId, version) =>
      link.work(async () => {
        if (!isStorable(taskId)) return false;
        return Number(await link.run(deleteSnapshotsScript, both, range(taskId, version))) > 0;
      }),
    list: ({ after: cursor, limit } = {}) =>
      link.work(async () => {
        const size = pageSize(limit);
        const [lastTask, lastVersion] = readCursor(cursor, 2) ?? [];
        const low = lastTask === undefined ? "-" : after(memberOf(String(lastTask), Number(lastVersion)));
        const rows = await readParts(size + 1, low, async (next, most): Promise<Part<SnapshotRow>> => {
          const part = (await link.run(pageOfSnapshotsScript, both, [next, "+", most])) as Part<string | null>;
          return [part[0], part[1], pairsOf<string, string | null>(part[2]).map((pair) => rowOf(...pair))];
        });
        return pageOf(
          rows,
          size,
          (row) => snapshotOf(backend, row),
          ({ task_id, version }) => cursorOf(task_id, version),
        );
      }),
  };
}

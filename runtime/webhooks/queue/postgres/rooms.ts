import { AsapError } from "../../../error.js";
import type { Database } from "../../../state/postgres/database.js";
import type { NewDelivery } from "../../delivery.js";
import { urlFull } from "../url-room.js";
import { type Room, roomOf, shareOf } from "./room.js";
import { recordName } from "./rows.js";

/** URLs whose room an instance remembers: those it queued for last. Once it forgot one, others are counted at once. */
const mostUrls = 10_000;

/** What comes into the queue: deliveries, or how many where those are in the queue's own tables. */
export type Entering = number | readonly Pick<NewDelivery, "id" | "url">[];

/** The room of a queue, and of each URL in it. */
export interface Rooms {
  /**
   * Does work that adds deliveries.
   *
   * @param isBounded Whether a full queue refuses them, be it full for one URL; where it does not they count all the same.
   * @throws AsapError `asap:webhook/queue_full`, and as the work does.
   */
  enter<Result>(entering: Entering, work: () => Promise<Result>, isBounded: boolean): Promise<Result>;
  /** Tells that there may be room again for some URLs. */
  freed(urls: Iterable<string>): void;
}

/**
 * Bounds of a queue. No row holds the number of deliveries of a URL, as whoever queues would have to wait for it: an
 * instance lets in a sixteenth of the bound before it counts a URL for the first time, so that several instances may
 * exceed the bound by as much each.
 */
export function roomsOf({ table, write }: Database, maxPending: number, maxPendingPerUrl: number): Rooms {
  type Count = { readonly n: unknown };
  const deliveries = table("webhook_deliveries");
  const all = write<Count>(
    recordName,
    `SELECT count(*) AS n FROM (SELECT FROM ${deliveries} LIMIT $1::bigint) counted`,
  );
  const ofUrl = write<Count>(
    recordName,
    `SELECT count(*) AS n FROM (SELECT FROM ${deliveries} WHERE url = $1 LIMIT $2::bigint) counted`,
  );
  const there = write<Count>(
    recordName,
    `SELECT count(*) AS n FROM unnest($1::text[]) AS given (id) WHERE EXISTS (SELECT FROM ${deliveries} d WHERE d.id = given.id)
       OR EXISTS (SELECT FROM ${table("webhook_dead")} d WHERE d.id = given.id)`,
  );
  const numberOf = async (answer: ReturnType<typeof all>) => Number((await answer).rows[0]?.n);
  const known = (ids: readonly string[]) => numberOf(there(ids));
  const whole = roomOf({
    most: maxPending,
    count: () => numberOf(all(maxPending)),
    known,
    credit: 0,
    refusal: (pending) => new AsapError("asap:webhook/queue_full", { data: { pending, max_pending: maxPending } }),
  });
  const rooms = new Map<string, Room>();
  let credit = shareOf(maxPendingPerUrl);
  const roomFor = (url: string): Room => {
    const room =
      rooms.get(url) ??
      roomOf({
        most: maxPendingPerUrl,
        count: () => numberOf(ofUrl(url, maxPendingPerUrl)),
        known,
        credit,
        refusal: (pending) => urlFull(pending, maxPendingPerUrl),
      });
    rooms.delete(url);
    rooms.set(url, room);
    if (rooms.size > mostUrls) {
      rooms.delete(rooms.keys().next().value as string);
      credit = 0;
    }
    return room;
  };
  const into = <Result>(room: Room, ids: readonly string[], work: () => Promise<Result>, isBounded: boolean) =>
    isBounded ? room.admit(ids.length, work, ids) : room.take(ids.length, work);

  return {
    enter(entering, work, isBounded) {
      if (typeof entering === "number") return isBounded ? whole.admit(entering, work) : whole.take(entering, work);
      const idsByUrl = new Map<string, string[]>();
      for (const { id, url } of entering) {
        const ids = idsByUrl.get(url);
        if (ids === undefined) idsByUrl.set(url, [id]);
        else ids.push(id);
      }
      let next = work;
      for (const url of [...idsByUrl.keys()].sort().reverse()) {
        const inner = next;
        next = async () => {
          // Thousands of rooms entered in one turn would be more than the stack holds.
          await undefined;
          return into(roomFor(url), idsByUrl.get(url) ?? [], inner, isBounded);
        };
      }
      return into(
        whole,
        entering.map(({ id }) => id),
        next,
        isBounded,
      );
    },
    freed(urls) {
      whole.freed();
      for (const url of urls) rooms.get(url)?.freed();
    },
  };
}

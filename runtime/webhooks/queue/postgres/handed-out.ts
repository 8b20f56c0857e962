import type { ClaimRequest } from "../../delivery-queue.js";

/** Most URLs that are asked about at a claim: those that were handed out last, as many as a worker has lanes. */
const mostUrls = 10_000;

/** URLs that have less room than others, and how much. */
export interface UrlRooms {
  readonly urls: readonly string[];
  readonly rooms: readonly number[];
}

/** Knows which URLs this instance handed out lately; their room alone may be less than that of others. */
export class HandedOut {
  readonly #urls = new Set<string>();

  /** Notes URLs that were claimed. */
  add(urls: Iterable<string>): void {
    for (const url of urls) {
      this.#urls.delete(url);
      this.#urls.add(url);
      if (this.#urls.size > mostUrls) this.#urls.delete(this.#urls.values().next().value as string);
    }
  }

  /** The URLs of which a claim takes less than of others. */
  rooms({ room, perEndpoint }: Pick<ClaimRequest, "room" | "perEndpoint">): UrlRooms {
    const [urls, rooms]: [string[], number[]] = [[], []];
    if (room === undefined) return { urls, rooms };
    for (const url of this.#urls) {
      const most = room(url);
      if (most >= perEndpoint) continue;
      urls.push(url);
      rooms.push(Math.max(0, Math.floor(most)));
    }
    return { urls, rooms };
  }
}

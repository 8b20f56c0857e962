import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAsapError } from "asap-kit";
import { openState } from "asap-kit/state";

/** A place of the example's own in a store that processes share. */
export interface Place {
  /** What `openState` takes. */
  readonly location: string;
  /** Removes what the example left there. */
  remove(): Promise<void>;
}

const mark = `asap_example_${randomBytes(6).toString("hex")}`;

function placeOn(server: string): Place {
  const url = new URL(server);
  if (url.protocol.startsWith("redis")) {
    url.searchParams.set("prefix", mark);
    return { location: url.href, remove: () => removeKeys(server) };
  }
  url.searchParams.set("schema", mark);
  return { location: url.href, remove: () => removeSchema(server) };
}

async function removeSchema(server: string): Promise<void> {
  const { Client } = await import("pg");
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query("SET client_min_messages TO warning");
  await client.query(`DROP SCHEMA IF EXISTS "${mark}" CASCADE`);
  await client.end();
}

async function removeKeys(server: string): Promise<void> {
  const { createClient } = await import("redis");
  const client = createClient({ url: server });
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: `{${mark}}:*`, COUNT: 1_000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
  client.destroy();
}

async function placeInFile(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "asap-failover-"));
  return {
    location: `sqlite:${join(folder, "state.db")}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The store that `ASAP_STORAGE` names, as it is or in a schema or prefix of the example's own. */
async function namedPlace(location: string): Promise<Place> {
  if (location === "sqlite:") return placeInFile();
  return /^(?:sqlite|file):/i.test(location) ? { location, remove: async () => {} } : placeOn(location);
}

/**
 * A place in the store that `ASAP_STORAGE` names, or else on the PostgreSQL or Redis of this host, or else in a file.
 *
 * @returns undefined where there is no store that processes share.
 */
export async function findPlace(): Promise<Place | undefined> {
  const named = process.env["ASAP_STORAGE"];
  if (named) return namedPlace(named);
  for (const make of [
    () => placeOn("postgres://postgres@127.0.0.1:5432/test"),
    () => placeOn("redis://127.0.0.1:6379"),
    placeInFile,
  ]) {
    const place = await make();
    try {
      await (await openState(place.location)).close();
      return place;
    } catch (cause) {
      if (!isAsapError(cause)) throw cause;
      console.log(`not there: ${cause.message}`);
    }
  }
  return undefined;
}

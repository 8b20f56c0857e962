import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isServerExpected, removePlace, schemaOf, serverUrl } from "../state/postgres/testing/server.js";
import { removePrefix, testUrl } from "../state/redis/testing/redis-place.js";
import { hasRedis, hasSqlite } from "./services.js";

/** A place that a store can be opened at by its text. */
export interface StatePlace {
  /** Text for `openState`. */
  readonly location: string;
  remove(): Promise<void>;
}

/** A backend that keeps what it is given, and places of its own for a test. */
export interface PlaceKind {
  readonly name: string;
  readonly isThere: boolean;
  fresh(): StatePlace;
}

function withParameter(url: string, name: string, value: string): string {
  const at = new URL(url);
  at.searchParams.set(name, value);
  return at.href;
}

/** A file of SQLite. */
export const filePlace: PlaceKind = {
  name: "SQLite",
  isThere: hasSqlite,
  fresh() {
    const folder = mkdtempSync(join(tmpdir(), "asap-place-"));
    return {
      location: `sqlite:${join(folder, "state.db")}`,
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};

/** A schema of PostgreSQL. */
export const schemaPlace: PlaceKind = {
  name: "PostgreSQL",
  isThere: isServerExpected,
  fresh() {
    const place = randomUUID().replaceAll("-", "");
    return { location: withParameter(serverUrl, "schema", schemaOf(place)), remove: () => removePlace(place) };
  },
};

/** A prefix of Redis. */
export const prefixPlace: PlaceKind = {
  name: "Redis",
  isThere: hasRedis,
  fresh() {
    const prefix = `asap-test-${randomUUID()}`;
    return { location: withParameter(testUrl, "prefix", prefix), remove: () => removePrefix(prefix) };
  },
};

/** Every backend that keeps what it is given. */
export const placeKinds: readonly PlaceKind[] = [filePlace, schemaPlace, prefixPlace];

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import "../testing/forks-run-sources.js";
import { open } from "../testing/crash-place.js";
import { hasSqlite } from "../testing/services.js";
import { killedWriter } from "./contract/crash.js";
import { type CrashCount, checkCrashed } from "./contract/crash-check.js";
import type { Said } from "./contract/crash-records.js";
import { isServerExpected, removePlace, schemaOf, serverUrl } from "./postgres/testing/server.js";

const kills = 8 * Number(process.env["ASAP_SOAK"] ?? 1);
/** How many writers in turn are killed at one place before the next place. */
const killsOfPlace = 8;

const module = new URL("../testing/crash-place.js", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "asap-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A place to write to. */
interface Place {
  readonly location: string;
  remove(): Promise<void>;
}

function filePlace(): Place {
  const path = join(folder, `${randomUUID()}.db`);
  return {
    location: `sqlite:${path}`,
    async remove() {
      for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    },
  };
}

function serverPlace(): Place {
  const place = randomUUID().replaceAll("-", "");
  const url = new URL(serverUrl);
  url.searchParams.set("schema", schemaOf(place));
  return { location: url.href, remove: () => removePlace(place) };
}

const subjects = [
  { name: "SQLite, durability full", isThere: hasSqlite, durability: "full", fresh: filePlace },
  { name: "SQLite, durability normal", isThere: hasSqlite, durability: "normal", fresh: filePlace },
  { name: "PostgreSQL", isThere: isServerExpected, durability: "-", fresh: serverPlace },
];

for (const { name, isThere, durability, fresh } of subjects) {
  describe.skipIf(!isThere)(`a writer to ${name} that is killed at any moment`, () => {
    test(`${kills} times: what was acknowledged is there, the rest whole or not at all`, {
      timeout: 600_000,
    }, async () => {
      let acknowledged = 0;
      let besides = 0;
      for (let killed = 0; killed < kills; ) {
        const { location, remove } = fresh();
        const place = `${durability} ${location}`;
        const said: Said[] = [];
        let count: CrashCount = { acknowledged: 0, besides: 0 };
        try {
          for (const last = Math.min(killed + killsOfPlace, kills); killed < last; killed += 1) {
            said.push(...(await killedWriter({ module, place }, `w${killed}`, Math.random() < 0.2)));
            const store = await open(place);
            count = await checkCrashed(store, said);
            await store.close();
          }
        } finally {
          await remove();
        }
        acknowledged += count.acknowledged;
        besides += count.besides;
      }
      const found = `${acknowledged} acknowledged records all there, ${besides} others whole`;
      process.stdout.write(`crash: ${name}: killed ${kills} times, ${found}\n`);
      expect(acknowledged).toBeGreaterThan(kills);
    });
  });
}

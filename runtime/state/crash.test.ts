import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundledProgram, bundleProgram } from "../testing/bundled-program.js";
import { hasSqlite } from "../testing/services.js";
import { openState } from "./open-state.js";
import { isServerExpected, onServer, removePlace, schemaOf, serverUrl } from "./postgres/testing/server.js";
import { type CrashCount, checkCrashed } from "./testing/crash-check.js";
import type { Said } from "./testing/crash-records.js";

const kills = 8 * Number(process.env["ASAP_SOAK"] ?? 1);
/** How many writers in turn are killed at one place before the next place. */
const killsOfPlace = 8;
const longestMs = 200;

let program: BundledProgram;

beforeAll(async () => {
  program = await bundleProgram("runtime/state/testing/crash-writer.ts");
});
afterAll(() => program.remove());

/** A place to write to. */
interface Place {
  readonly location: string;
  /** Resolves when nothing of a killed writer is under way any more. */
  settle(): Promise<void>;
  remove(): Promise<void>;
}

function filePlace(): Place {
  const path = join(program.folder, `${randomUUID()}.db`);
  return {
    location: `sqlite:${path}`,
    settle: async () => {},
    async remove() {
      for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    },
  };
}

function serverPlace(): Place {
  const place = randomUUID().replaceAll("-", "");
  const url = new URL(serverUrl);
  url.searchParams.set("schema", schemaOf(place));
  url.searchParams.set("application_name", place);
  return {
    location: url.href,
    async settle() {
      const sessions = () => onServer(`SELECT 1 FROM pg_stat_activity WHERE application_name = '${place}'`);
      while ((await sessions()).length > 0) await wait(5);
    },
    remove: () => removePlace(place),
  };
}

/** Runs a writer, kills it at a random moment, and gives what it said. */
async function killedWriter(location: string, durability: string, name: string): Promise<readonly Said[]> {
  const words = [program.path, location, durability, name];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  const closed = new Promise((resolve) => child.once("close", resolve));
  const lines: string[] = [];
  const isReady = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      resolve();
    });
  });
  const isEarly = Math.random() < 0.2;
  if (!isEarly) await Promise.race([isReady, ended]);
  await wait(Math.random() * longestMs);
  child.kill("SIGKILL");
  expect(await ended).toBe("SIGKILL");
  await closed;
  return lines.filter((line) => line !== "ready" && isWhole(line)).map((line): Said => JSON.parse(line));
}

/** The last line may be cut off. */
const isWhole = (line: string): boolean => line.startsWith("{") && line.endsWith("}");

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
        const place = fresh();
        const said: Said[] = [];
        let count: CrashCount = { acknowledged: 0, besides: 0 };
        try {
          for (const last = Math.min(killed + killsOfPlace, kills); killed < last; killed += 1) {
            said.push(...(await killedWriter(place.location, durability, `w${killed}`)));
            await place.settle();
            const store = await openState(place.location);
            count = await checkCrashed(store, said);
            await store.close();
          }
        } finally {
          await place.remove();
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

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Counts up in a file by reading and writing it, which loses counts where two do it at once. */
const counter = `
import { readFile, writeFile } from "node:fs/promises";
import { locked } from "./token-lock.mjs";
const [folder, rounds] = process.argv.slice(2);
const file = folder + "/count";
for (let round = 0; round < Number(rounds); round += 1) {
  await locked(folder + "/count.lock", (reason) => new Error(reason), async () => {
    await writeFile(file, String(Number(await readFile(file, "utf8")) + 1));
  });
}
`;

/** Takes the lock, says so, and keeps it. */
const holder = `
import { locked } from "./token-lock.mjs";
await locked(process.argv[2] + "/count.lock", (reason) => new Error(reason), async () => {
  process.stdout.write("held");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asap-lock-"));
  await build({
    entryPoints: [fileURLToPath(new URL("token-lock.ts", import.meta.url))],
    outfile: join(folder, "token-lock.mjs"),
    format: "esm",
    platform: "node",
  });
  await writeFile(join(folder, "counter.mjs"), counter);
  await writeFile(join(folder, "holder.mjs"), holder);
  await writeFile(join(folder, "count"), "0");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (file: string, ...words: string[]): ChildProcess =>
  spawn(process.execPath, [join(folder, file), folder, ...words], { stdio: ["ignore", "pipe", "inherit"] });

test("processes take turns, also after one was killed with the lock in its hands", async () => {
  const killed = run("holder.mjs");
  await once(killed.stdout as NodeJS.ReadableStream, "data");
  killed.kill("SIGKILL");
  await once(killed, "close");
  expect(await readdir(folder)).toContain("count.lock");

  const counters = Array.from({ length: 3 }, () => run("counter.mjs", "40"));
  const codes = await Promise.all(counters.map(async (child) => (await once(child, "close"))[0] as number));
  expect(codes).toEqual([0, 0, 0]);
  expect(await readFile(join(folder, "count"), "utf8")).toBe("120");
  expect(await readdir(folder)).not.toContain("count.lock");
});

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { driveHttp } from "../testing/http-load.js";
import { bePart, compare, measure, pin, type Subject, startSubject } from "../testing/measured-process.js";
import { serve } from "../transport/node.js";
import { sqliteState } from "./sqlite/open.js";

const connections = 50;
const id = "urn:asap:agent:bench";

interface Facts {
  readonly port: number;
}

/** An open agent whose tasks live in memory, or in a SQLite file that loses nothing when the machine stops. */
async function serveEcho(isStored: boolean): Promise<Facts> {
  const any = { type: "object" } as const;
  const echo = skill({ description: "Echo", input: any, output: any, run: (input) => ({ echoed: input }) });
  const options = { id, skills: { echo } };
  if (!isStored) return { port: (await serve(createAgent(options), { port: 0, rateLimit: "off" })).port };
  const path = join(mkdtempSync(join(tmpdir(), "asap-engine-bench-")), "tasks.db");
  const state = await sqliteState({ path, durability: "full" });
  return { port: (await serve(createAgent({ ...options, state }), { port: 0, rateLimit: "off" })).port };
}

async function echoes(label: string, unique: boolean): Promise<boolean> {
  const memory = await startSubject<Facts>(import.meta.url, "memory");
  const sqlite = await startSubject<Facts>(import.meta.url, "sqlite");
  for (const { pid } of [memory, sqlite]) pin(pid, 0);
  const side = (name: string, subject: Subject<Facts>) => ({
    name,
    measure: () => measure(subject, () => driveHttp({ port: subject.facts.port, unique }), connections),
  });
  const holds = await compare(
    `${label}, ${connections} connections`,
    [side("in memory", memory), side("in sqlite", sqlite)],
    0.5,
  );
  for (const subject of [memory, sqlite]) subject.stop();
  return holds;
}

const [kind] = process.argv.slice(2);
if (kind === "memory" || kind === "sqlite") bePart(await serveEcho(kind === "sqlite"));
else {
  pin(process.pid, 1);
  const held = [await echoes("stored echo, fixed body", false), await echoes("stored echo, unique ids", true)];
  process.exitCode = held.every(Boolean) ? 0 : 1;
}

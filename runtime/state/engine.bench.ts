import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { driveHttp } from "../testing/http-load.js";
import { bePart, compare, measure, pin, type Subject, startSubject } from "../testing/measured-process.js";
import { serve } from "../transport/node.js";
import { memoryState } from "./memory.js";
import { sqliteState } from "./sqlite/open.js";

const connections = 50;
const id = "urn:asap:agent:bench";

interface Facts {
  readonly port: number;
}

/** Where tasks live: nowhere but in the process, in a store in memory, in a SQLite file that survives a loss of power. */
type Kind = "process" | "memory" | "sqlite";

async function stateOf(kind: Kind) {
  if (kind === "process") return {};
  if (kind === "memory") return { state: memoryState() };
  const path = join(mkdtempSync(join(tmpdir(), "asap-engine-bench-")), "tasks.db");
  return { state: await sqliteState({ path, durability: "full" }) };
}

/** An open agent with one skill. */
async function serveEcho(kind: Kind): Promise<Facts> {
  const any = { type: "object" } as const;
  const echo = skill({ description: "Echo", input: any, output: any, pure: true, run: (input) => ({ echoed: input }) });
  const agent = createAgent({ id, skills: { echo }, ...(await stateOf(kind)) });
  return { port: (await serve(agent, { port: 0, rateLimit: "off" })).port };
}

async function echoes(base: Kind, label: string, unique: boolean): Promise<boolean> {
  const memory = await startSubject<Facts>(import.meta.url, base);
  const sqlite = await startSubject<Facts>(import.meta.url, "sqlite");
  for (const { pid } of [memory, sqlite]) pin(pid, 0);
  const side = (name: string, subject: Subject<Facts>) => ({
    name,
    measure: () => measure(subject, () => driveHttp({ port: subject.facts.port, unique }), connections),
  });
  const holds = await compare(
    `${label}, ${connections} connections`,
    [side(base === "process" ? "no store" : "store in memory", memory), side("store in sqlite", sqlite)],
    0.5,
  );
  for (const subject of [memory, sqlite]) subject.stop();
  return holds;
}

const [kind] = process.argv.slice(2);
if (kind === "process" || kind === "memory" || kind === "sqlite") bePart(await serveEcho(kind));
else {
  pin(process.pid, 1);
  const held: boolean[] = [];
  for (const base of ["process", "memory"] as const) {
    held.push(await echoes(base, "stored echo, fixed body", false));
    held.push(await echoes(base, "stored echo, unique ids", true));
  }
  process.exitCode = held.every(Boolean) ? 0 : 1;
}

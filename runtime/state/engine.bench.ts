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
const kinds = { process: "no store", memory: "store in memory", sqlite: "store in sqlite" } as const;
type Kind = keyof typeof kinds;

/** Whether tasks are stored once, or before and after they run. */
type Purity = "pure" | "impure";

async function stateOf(kind: Kind) {
  if (kind === "process") return {};
  if (kind === "memory") return { state: memoryState() };
  const path = join(mkdtempSync(join(tmpdir(), "asap-engine-bench-")), "tasks.db");
  return { state: await sqliteState({ path, durability: "full" }) };
}

/** An open agent with one skill. */
async function serveEcho(kind: Kind, purity: Purity): Promise<Facts> {
  const any = { type: "object" } as const;
  const pure = purity === "pure";
  const echo = skill({ description: "Echo", input: any, output: any, pure, run: (input) => ({ echoed: input }) });
  const agent = createAgent({ id, skills: { echo }, ...(await stateOf(kind)) });
  return { port: (await serve(agent, { port: 0, rateLimit: "off" })).port };
}

interface Comparison {
  readonly base: Kind;
  readonly purity: Purity;
  readonly unique: boolean;
  /** Ratio it is held to. Default: none. */
  readonly atLeast?: number;
}

const comparisons: readonly Comparison[] = [
  { base: "memory", purity: "pure", unique: false, atLeast: 0.5 },
  { base: "memory", purity: "pure", unique: true, atLeast: 0.5 },
  { base: "memory", purity: "impure", unique: true, atLeast: 0.5 },
  { base: "process", purity: "pure", unique: true },
  { base: "process", purity: "impure", unique: true },
];

async function echoes({ base, purity, unique, atLeast }: Comparison): Promise<boolean> {
  const start = (kind: Kind) => startSubject<Facts>(import.meta.url, `${kind} ${purity}`);
  const subjects = [await start(base), await start("sqlite")] as const;
  for (const { pid } of subjects) pin(pid, 0);
  const side = (kind: Kind, subject: Subject<Facts>) => ({
    name: kinds[kind],
    measure: () => measure(subject, () => driveHttp({ port: subject.facts.port, unique }), connections),
  });
  const body = unique ? "unique ids" : "fixed body";
  const holds = await compare(
    `stored ${purity} echo against ${kinds[base]}, ${body}, ${connections} connections`,
    [side(base, subjects[0]), side("sqlite", subjects[1])],
    atLeast,
  );
  for (const subject of subjects) subject.stop();
  return holds;
}

const isKind = (word: string): word is Kind => Object.hasOwn(kinds, word);

const [kind = "", purity = ""] = process.argv[2]?.split(" ") ?? [];
if (isKind(kind)) bePart(await serveEcho(kind, purity === "pure" ? "pure" : "impure"));
else {
  pin(process.pid, 1);
  const held: boolean[] = [];
  for (const each of comparisons) held.push(await echoes(each));
  process.exitCode = held.every(Boolean) ? 0 : 1;
}

import { readFileSync } from "node:fs";
import { cases, type Report } from "../index.js";
import type { Row } from "./matrix.js";
import { failedIn } from "./matrix.js";
import type { KnownMutant } from "./registry.js";

/** What came of every mutant when the whole suite judged it. */
export const kills = JSON.parse(readFileSync(new URL("./kills.json", import.meta.url), "utf8")) as readonly Row[];

const rows = new Map(kills.map((row) => [row.id, row]));
const watching = new Set(cases.filter(({ watches }) => watches === true).map(({ id }) => id));

/** Ids of the MUSTs that every agent meets quickly. */
export const core: readonly string[] = cases
  .filter(({ level, tags }) => level === "MUST" && tags?.includes("core") === true)
  .map(({ id }) => id);

/** Ids of cases that are refused in many ways, over HTTP and at upgrades, for those that watch. */
const showing: readonly string[] = cases
  .filter(({ tags, watches }) => tags?.includes("slow") !== true && watches !== true)
  .filter(({ area, id }) => ["errors", "http"].includes(area) || id.startsWith("auth.websocket."))
  .map(({ id }) => id);

/** What a small run found, and what it must find. */
export interface Meeting {
  readonly reason: string | undefined;
  readonly found: readonly string[];
  readonly expected: readonly string[];
}

/**
 * Has a mutant judged by the cases that must kill it and by the core of the suite. What it must find is what the whole
 * suite found, as far as the same cases ran; what is seen in passing depends on what else is sent, and counts where it
 * must kill the mutant. An agent with a rate limit is judged by no fewer than in the matrix, which are few, and one that a
 * watching case must see also by those that show errors to it.
 */
export async function meet(mutant: KnownMutant): Promise<Meeting> {
  const must = new Set(mutant.kills);
  const isWatched = mutant.kills.some((id) => watching.has(id));
  const chosen = new Set([...mutant.kills, ...core, ...(isWatched ? showing : [])]);
  const only = mutant.group === "limited" ? undefined : [...chosen];
  const report: Report = await mutant.judge(only);
  const isOf = (id: string) => only?.includes(id) ?? true;
  const counts = (id: string) => must.has(id) || (!mutant.spreads && !watching.has(id) && isOf(id));
  return {
    reason: report.reason,
    found: failedIn(report).filter(counts),
    expected: rows.get(mutant.id)?.failed.filter(counts) ?? ["nothing, for it is not in kills.json"],
  };
}

import { readFile } from "node:fs/promises";

/** What shows that a case can fail: agents, clients and documents that are wrong on purpose, and with which it does. */
export interface Kills {
  /** How many of them fail the case. */
  readonly count: number;
  /** What is wrong with some of them, those first that are there for this case. */
  readonly mutants: readonly string[];
}

/**
 * Reads what shows that a case can fail, from conformance/kills.tsv of the package this file is part of.
 *
 * @returns undefined for a case that the file does not name, and where the file is not there
 */
export async function killsOf(id: string): Promise<Kills | undefined> {
  for (const root of ["../", "../../"]) {
    const text = await readFile(new URL(`${root}conformance/kills.tsv`, import.meta.url), "utf8").catch(() => null);
    const line = text?.split("\n").find((one) => one.startsWith(`${id}\t`));
    if (line === undefined) continue;
    const [, count, ...mutants] = line.split("\t");
    return { count: Number(count), mutants };
  }
  return undefined;
}

import type { Command } from "commander";
import type { JudgeOptions, Level, Profile, Selection, Tag } from "../../conformance/index.js";
import { nearest } from "../registry/nearest.js";
import { another, oneOf } from "./choice.js";
import { type CliIo, exitCodes } from "./output.js";

/** Options that choose among the cases an agent is judged by. */
export interface SelectionOptions {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly level?: Level;
  readonly tag?: readonly Tag[];
  readonly profile?: readonly Profile[];
  readonly list?: boolean;
  readonly explain?: string;
}

/** A parser for one of a few words, which may be given again. */
function someOf<Word extends string>(...words: readonly Word[]) {
  const parse = oneOf(...words);
  return (value: string, earlier: readonly Word[] = []): readonly Word[] => [...earlier, parse(value)];
}

/** Adds the options that choose cases, list them and explain one. */
export function addSelectionOptions(command: Command): Command {
  return command
    .option(
      "--only <name>",
      "run cases of this id, area or requirement; * stands for anything; may be given again",
      another,
    )
    .option("--skip <name>", "leave out cases named in the same way; may be given again", another)
    .option("--level <level>", "run cases of this level alone: MUST or SHOULD", oneOf<Level>("MUST", "SHOULD"))
    .option(
      "--tag <tag>",
      "run cases with this tag: core, generated, hostile or slow; may be given again",
      someOf<Tag>("core", "generated", "hostile", "slow"),
    )
    .option(
      "--profile <name>",
      "judge this profile alone, which the agent must have: core, discovery, registry, websocket, auth, state or webhooks; may be given again",
      someOf<Profile>("core", "discovery", "registry", "websocket", "auth", "state", "webhooks"),
    )
    .option("--list", "print the chosen cases, and run nothing")
    .option("--explain <id>", "print what a case holds, needs and sends, and run nothing");
}

/** What the options choose; a name that stands for no case is an error. */
export async function selectionOf(
  command: Command,
  options: SelectionOptions,
): Promise<Pick<JudgeOptions, "only" | "skip" | "level" | "tags" | "profiles">> {
  const { cases, unmatched } = await import("../../conformance/index.js");
  const { only = [], skip = [], level, tag = [], profile = [] } = options;
  for (const [flag, names] of [
    ["--only", only],
    ["--skip", skip],
  ] as const) {
    const [unknown] = unmatched(cases, names);
    if (unknown !== undefined) command.error(`${flag} ${unknown}: ${noCase(unknown, namesOf(cases))}`);
  }
  return { only, skip, ...(level !== undefined && { level }), tags: tag, profiles: profile };
}

/** Prints the chosen cases: one line each, or as JSON. */
export async function printCases(selection: Selection, json: boolean, io: CliIo): Promise<number> {
  const { listCases } = await import("../../conformance/index.js");
  const list = listCases(selection);
  if (json) {
    await io.print(JSON.stringify(list, null, 2));
    return exitCodes.ok;
  }
  const width = Math.max(0, ...list.map(({ id }) => id.length));
  const lines = list.map(
    ({ id, level, profile, requirements, title }) =>
      `${id.padEnd(width)}  ${level.padEnd(6)}  ${profile.padEnd(9)}  ${title} (${requirements.join(", ")})`,
  );
  await io.print([...lines, `${list.length} cases`].join("\n"));
  return exitCodes.ok;
}

/** Prints all that can be told of a case without running it. */
export async function printExplained(command: Command, id: string, json: boolean, io: CliIo): Promise<number> {
  const { cases, documentCases, explainCase, renderExplained } = await import("../../conformance/index.js");
  const one = await explainCase(id);
  const document = documentCases.find((each) => each.id === id);
  if (document !== undefined)
    command.error(`--explain ${id}: that is a case of conformance ${document.area.replace(/-document$/, "")}`);
  if (one === undefined) {
    const ids = cases.map((each) => each.id);
    return command.error(`--explain ${id}: ${noCase(id, ids)}`);
  }
  await io.print(json ? JSON.stringify(one, null, 2) : renderExplained(one));
  return exitCodes.ok;
}

function namesOf(cases: readonly { id: string; area: string; requirements: readonly string[] }[]): string[] {
  return [...new Set(cases.flatMap(({ id, area, requirements }) => [id, area, ...requirements]))];
}

function noCase(name: string, known: readonly string[]): string {
  const [like] = name.includes("*") ? [] : nearest(name, known);
  return `no case is called that${like === undefined ? "" : `; did you mean ${like}?`}`;
}

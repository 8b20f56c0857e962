import type { Area, Case, Level, Step } from "./case.js";
import { cases } from "./cases/index.js";
import { type Kills, killsOf } from "./kills.js";
import { type Profile, profileOf } from "./profiles.js";
import { readable } from "./record.js";
import type { Rule } from "./report.js";
import { loadRules } from "./rules.js";
import { sampleContext } from "./sample-context.js";
import { type Selection, selectCases } from "./select.js";
import { opcodes } from "./socket-frames.js";
import type { SocketAction } from "./websocket.js";
import { bytesOf, type WireRequest } from "./wire.js";

/** A case as a list shows it. */
export interface ListedCase {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly area: Area;
  readonly profile: Profile;
  readonly tags: readonly string[];
  /** Ids from spec/requirements.json. */
  readonly requirements: readonly string[];
}

/** One thing that a case sends, for sample values. */
export interface ExplainedStep {
  /** What it is, in words. */
  readonly words: string;
  /** The bytes as text, with what is not printable escaped; cut to what a reader can use. */
  readonly sent: string;
  /** What is said over the WebSocket that it opens, in order. */
  readonly said?: readonly string[];
}

/** A case with all that can be told of it without running it. */
export interface ExplainedCase extends ListedCase {
  readonly rules: readonly Rule[];
  /** What there must be for it to concern an agent, in words. */
  readonly prerequisites: readonly string[];
  /** When it is run, and how. */
  readonly runs: string;
  readonly steps: readonly ExplainedStep[];
  /** What shows that it can fail; absent where that is not known. */
  readonly kills?: Kills;
}

/** The cases that a selection names, as data. */
export const listCases = (selection: Selection = {}): readonly ListedCase[] =>
  selectCases(cases, selection).map(listed);

/**
 * All that can be told of a case without running it, with sample values in place of those of a run.
 *
 * @returns undefined where no case is called that
 */
export async function explainCase(id: string): Promise<ExplainedCase | undefined> {
  const one = cases.find((each) => each.id === id);
  if (one === undefined) return undefined;
  const { rule } = await loadRules();
  const kills = await killsOf(id);
  return {
    ...listed(one),
    rules: one.requirements.map(rule),
    prerequisites: (one.prerequisites ?? []).map(({ words }) => words),
    runs: runsOf(one),
    steps: one.steps(sampleContext).map(explainStep),
    ...(kills === undefined ? {} : { kills }),
  };
}

/** An explained case as text for people. */
export function renderExplained(one: ExplainedCase): string {
  const { id, title, level, area, profile, tags, rules, prerequisites, runs, steps, kills } = one;
  const block = (name: string, lines: readonly string[]) => (lines.length === 0 ? [] : ["", name, ...lines]);
  const sent = steps.flatMap(({ words, sent: text, said = [] }, at) => [
    `  ${at + 1}. ${words}`,
    ...indented(text, 5),
    ...said.flatMap((line) => indented(`then ${line}`, 5)),
  ]);
  const lines = [
    `${id}: ${title}`,
    `${level}, area ${area}, profile ${profile}${tags.length === 0 ? "" : `, tags ${tags.join(", ")}`}; ${runs}`,
    ...block(
      "Rules",
      rules.map((rule) => `  ${rule.id} ${rule.text}${rule.source === "" ? "" : ` [${rule.source}]`}`),
    ),
    ...block(
      "Applies where",
      prerequisites.map((words) => `  ${words}`),
    ),
    ...block("Sends, with values of a run in place of these samples", sent),
    ...(kills === undefined ? [] : block("Seen to fail on agents that are wrong on purpose", mutantLines(kills))),
  ];
  return lines.join("\n");
}

function mutantLines({ count, mutants }: Kills): string[] {
  const more = count - mutants.length;
  return [...mutants, ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`);
}

const listed = ({ id, title, level, area, tags = [], requirements }: Case): ListedCase => ({
  id,
  title,
  level,
  area,
  profile: profileOf(area),
  tags,
  requirements,
});

function runsOf({ phase = "main", watches = false }: Case): string {
  if (watches) return "sends nothing and looks at every exchange of the run";
  if (phase === "main") return "runs beside others";
  if (phase === "end") return "runs alone, when everything else is judged, since the agent is asked to end";
  return phase === "first" ? "runs alone, before the others" : "runs alone, after the others";
}

function explainStep(step: Step): ExplainedStep {
  const request = typeof step === "function" ? step([]) : step;
  const bytes = bytesOf(request, new URL(sampleContext.baseUrl), {});
  const sent = readable(bytes, bytes.length).trimEnd();
  const said = request.socket?.map(actionWords);
  return { words: wordsOf(request, typeof step === "function"), sent, ...(said === undefined ? {} : { said }) };
}

function wordsOf({ method, path, raw, share, socket, callback, patience }: WireRequest, depends: boolean): string {
  const parts = [raw === undefined ? `${method} ${path}` : "bytes that are written as they are"];
  if (socket !== undefined) parts.push("opens a WebSocket");
  if (depends) parts.push("made from the answers before it");
  if (share !== undefined) parts.push("sent once in a run, for all cases that look at it");
  if (callback !== undefined) parts.push("then waits for what is posted to its callback");
  if (patience !== undefined) parts.push("sent again until the answer is the one to wait for");
  return parts.join(", ");
}

const kinds = new Map<number, string>(Object.entries(opcodes).map(([name, opcode]) => [opcode, name]));

function actionWords(action: SocketAction): string {
  if ("await" in action) return `waits for ${action.await}`;
  if ("stop" in action) return "has the agent asked to end, as by SIGTERM";
  if ("reply" in action) return "sends a message that depends on what came before";
  const { opcode = opcodes.text, fin = true, masked = true, rsv = 0, data = "" } = action.send;
  const bytes = Buffer.from(data);
  const marks = [fin ? "" : ", not final", masked ? "" : ", without mask", rsv === 0 ? "" : `, reserved bits ${rsv}`];
  return `sends a ${kinds.get(opcode) ?? `frame ${opcode}`} frame${marks.join("")}: ${readable(bytes, bytes.length)}`;
}

const indented = (text: string, by: number): string[] => text.split("\n").map((line) => " ".repeat(by) + line);

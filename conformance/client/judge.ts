import { setMaxListeners } from "node:events";
import { conclude, suiteOf } from "../conclude.js";
import { inParallel } from "../parallel.js";
import type { CaseResult, Report } from "../report.js";
import { loadRules, type Rules } from "../rules.js";
import { type Hide, hideReport } from "../secrets.js";
import { clientCases, isDeclined, type PlannedClientCase } from "./cases.js";
import { chooseCases, unknownNames } from "./choose.js";
import { clientSettingsOf, type JudgeClientOptions } from "./options.js";
import { hiderOf, shownCommand } from "./record.js";
import { resultsOf } from "./result.js";
import { runScenario, type ScenarioRun } from "./run-scenario.js";
import { declined, type Scenario } from "./scenario.js";

/**
 * Judges a client: for each scenario starts the command beside a peer of its own, and tells what is wrong with what the
 * client sent. Never throws for what the client does; a command that cannot be started makes a report whose outcome is
 * `could-not-run`.
 *
 * @throws TypeError for a command without a program, RangeError for an option out of range or a name that names no case
 */
export async function judgeClient(options: JudgeClientOptions): Promise<Report> {
  const settings = clientSettingsOf(options);
  const unknown = unknownNames(clientCases, [...settings.only, ...settings.skip]);
  if (unknown.length > 0) throw new RangeError(`no case, scenario or requirement is called ${unknown.join(", ")}`);
  const { command, env, cwd, timeoutMs, concurrency, reruns } = settings;
  const rules = await loadRules();
  const startedAt = Date.now();
  const began = performance.now();
  const hide = hiderOf(command, env);
  const name = shownCommand(command, hide);
  const planned = chooseCases(clientCases, settings);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  setMaxListeners(0, signal);
  const results = new Map<PlannedClientCase, CaseResult>();
  const notes: string[] = [];
  let unstarted: string | undefined;
  const tell = (one: PlannedClientCase, result: CaseResult) => {
    results.set(one, result);
    options.onCase?.(result, results.size, planned.length);
  };

  const scenarios = [...new Set(planned.map(({ scenario }) => scenario))];
  const run = async (scenario: Scenario) => {
    const own = planned.filter((one) => one.scenario === scenario);
    if (signal.aborted) return;
    const again = `asap conformance client --only 'client.${scenario.name}.*' -- ${name}`;
    const runs: { run: ScenarioRun; atMs: number }[] = [];
    let judged: ReturnType<typeof resultsOf> = [];
    do {
      const atMs = Math.round(performance.now() - began);
      runs.push({ run: await runScenario(scenario, { command, env, cwd, timeoutMs, signal }), atMs });
      if (signal.aborted) return;
      judged = resultsOf(own, runs, { rule: rules.rule, again });
    } while (runs.length <= reruns && wantsAnother(runs, judged));
    for (const [at, { run: one }] of runs.entries()) {
      if (at === 0 && "unstarted" in one) {
        unstarted ??= one.unstarted;
        stop.abort();
        return;
      }
      if ("session" in one) notes.push(...notesOn(scenario, one));
    }
    for (const [one, result] of judged) tell(one, result);
  };
  await inParallel(scenarios, concurrency, run);

  const reason =
    unstarted === undefined
      ? options.signal?.aborted === true
        ? "the run was stopped"
        : undefined
      : `the command cannot be started: ${unstarted}`;
  for (const one of planned) {
    if (results.has(one) || unstarted !== undefined) continue;
    tell(one, { ...bare(one, rules), outcome: "error", reason: "the run was stopped", elapsedMs: 0 });
  }
  const report = conclude({
    mode: "client",
    suite: suiteOf(rules.version),
    target: { name, agentId: null, agentVersion: null },
    startedAt,
    durationMs: performance.now() - began,
    all: clientCases,
    planned,
    results: planned.flatMap((one) => results.get(one) ?? []),
    notes: [...new Set(notes)].toSorted(),
    ...(reason === undefined ? {} : { reason: hide(reason) }),
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
  });
  return hideReport(report, hide);
}

/** A scenario is run again when something of it did not pass and its time was not used up. */
function wantsAnother(runs: readonly { run: ScenarioRun }[], judged: ReturnType<typeof resultsOf>): boolean {
  const last = runs.at(-1)?.run;
  if (last === undefined || !("session" in last) || last.session.end.timedOut) return false;
  return judged.some(([, { outcome }]) => outcome === "fail" || outcome === "warn");
}

function notesOn({ name }: Scenario, run: { session: Parameters<typeof isDeclined>[0]; hide: Hide }): string[] {
  return [
    ...(isDeclined(run.session) ? [`The client declined the scenario ${name} (exit code ${declined}).`] : []),
    ...(run.session.end.leftBehind
      ? [`The client left processes of the scenario ${name} behind; they were ended.`]
      : []),
  ];
}

function bare(one: PlannedClientCase, { rule }: Rules): Omit<CaseResult, "outcome" | "elapsedMs"> {
  const { id, title, area, profile, level, tags, requirements } = one;
  return { id, title, area, profile, level, tags, rules: requirements.map(rule) };
}

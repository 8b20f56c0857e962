// The step of action.yml: starts the agent if asked to, runs asap conformance, and tells the job what came of it.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { relative, resolve } from "node:path";
import { isTaken, signalGroup, startAgent, stopGroup, untilReady } from "./agent.mjs";
import { asapProgram, asapWords, readInputs, reportFiles, WrongInput } from "./inputs.mjs";

const maxAnnotations = 50;
const maxSummary = 1_000_000;
const say = (text) => process.stdout.write(`${text}\n`);
const escapeData = (text) => String(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text) => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** Why an entry of the baseline is a finding, by its state. */
const outdated = {
  stale: "passes now; take it out of the baseline",
  expired: "is past its last day",
  unknown: "is no case of this suite",
};

let agent;
let asap;
let isStopping = false;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(name, async () => {
    const groups = [asap, agent].filter((group) => group?.pid !== undefined);
    if (isStopping) {
      for (const { pid } of groups) signalGroup(pid, "SIGKILL");
      process.exit(130);
    }
    isStopping = true;
    await Promise.all(groups.map(stopGroup));
    process.exit(130);
  });
process.exitCode = await main();

async function main() {
  let inputs;
  try {
    const [major, minor] = process.versions.node.split(".").map(Number);
    if (major < 20 || (major === 20 && minor < 19)) throw new WrongInput("Node.js 20.19 or later is needed");
    if (process.platform === "win32") throw new WrongInput("the action runs on Linux and macOS");
    inputs = readInputs(process.env);
  } catch (cause) {
    if (!(cause instanceof WrongInput)) throw cause;
    return withoutReport(cause.message, 64);
  }
  const { cwd, reports, token, start, url, readyUrl, readyMs } = inputs;
  if (token !== "") say(`::add-mask::${escapeData(token)}`);
  mkdirSync(reports, { recursive: true });
  for (const file of Object.values(reportFiles)) rmSync(resolve(reports, file), { force: true });
  const log = resolve(reports, "agent.log");
  try {
    if (start.length > 0) {
      const watched = readyUrl || `${url}/.well-known/asap/manifest.json`;
      if (await isTaken(watched))
        return withoutReport(
          `something answers at ${watched} before the agent is started; it would be judged in its place`,
          2,
        );
      agent = startAgent(start, { cwd, log, env: withoutInputs() });
      const reason = await untilReady(watched, readyMs, agent.ended);
      if (reason !== null) {
        quoted("what the agent wrote", readFileSync(log, "utf8").slice(-20_000));
        return withoutReport(reason, 2);
      }
    }
    const code = await runAsap(inputs);
    return tell(inputs, code);
  } finally {
    if (agent !== undefined) await stopGroup(agent);
    agent = undefined;
  }
}

/** The environment without the inputs, one of which may be a secret. */
function withoutInputs() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("INPUT_")));
}

/** Runs asap with its output in the log, where it cannot speak to the runner. */
async function runAsap(inputs) {
  const [program, ...first] = asapProgram(inputs);
  const { token, mode, cwd } = inputs;
  const env = withoutInputs();
  const words = asapWords(inputs);
  if (token !== "" && mode === "server") {
    env.ASAP_ACTION_TOKEN = token;
    words.splice(2, 0, "--token-env", "ASAP_ACTION_TOKEN");
  }
  const end = randomUUID();
  say(`::stop-commands::${end}`);
  const stdio = ["ignore", "inherit", "inherit"];
  const child = spawn(program, [...first, ...words], { cwd, env, stdio, detached: true });
  const ended = new Promise((done) => {
    child.once("error", (cause) => {
      say(`asap could not be started: ${cause.message}`);
      done(2);
    });
    child.once("exit", (status) => done(status ?? 2));
  });
  asap = { pid: child.pid, ended };
  const code = await ended;
  asap = undefined;
  say(`\n::${end}::`);
  return code;
}

/** Shows text of others in the log, where it cannot speak to the runner. */
function quoted(title, text) {
  const end = randomUUID();
  say(`::group::${title}\n::stop-commands::${end}\n${text}\n::${end}::\n::endgroup::`);
}

/** Tells the job what a report says. */
function tell(inputs, code) {
  const { reports } = inputs;
  const path = (format) => resolve(reports, reportFiles[format]);
  if (!existsSync(path("json")))
    return withoutReport(`asap ended with ${code} and without a report`, code === 0 ? 2 : code);
  const report = JSON.parse(readFileSync(path("json"), "utf8"));
  for (const line of annotationsOf(report, inputs)) say(line);
  summarize(readFileSync(path("markdown"), "utf8"));
  setOutputs({
    outcome: { 0: "conforms", 1: "findings" }[code] ?? "could-not-run",
    "exit-code": code,
    reports,
    ...Object.fromEntries(
      Object.keys(reportFiles).map((format) => [format, existsSync(path(format)) ? path(format) : ""]),
    ),
  });
  return code;
}

/** Workflow commands that show findings; those of documents at their lines. */
function annotationsOf({ cases, outcome, reason, baseline = [] }, inputs) {
  const { strict, workspace, cwd } = inputs;
  const severity = ({ outcome, level }) => {
    if (outcome === "fail" || outcome === "error" || (outcome === "flaky" && level === "MUST")) return "error";
    return outcome === "warn" || outcome === "flaky" ? (strict ? "error" : "warning") : null;
  };
  const lines = cases.flatMap((one) => {
    const kind = severity(one);
    if (kind === null) return [];
    const rules = one.rules.map(({ id, text }) => `${id}: ${text}`).join(" ");
    const places = one.places ?? [undefined];
    return places.map((place) => {
      const found = place?.found ?? one.found ?? one.reason ?? "";
      const expected = one.expected === undefined ? "" : `expected ${one.expected}, `;
      const properties = { ...at(place, workspace, cwd), title: one.id };
      const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
      return `::${kind} ${list.join(",")}::${escapeData(`${one.title}: ${expected}found ${found}. ${rules}`)}`;
    });
  });
  const told = baseline
    .filter(({ state }) => Object.hasOwn(outdated, state))
    .map((entry) => outdatedLine(entry, inputs));
  lines.unshift(...told);
  const cut = lines.length - maxAnnotations;
  return [
    ...(outcome === "could-not-run" ? [`::error title=no verdict::${escapeData(reason ?? "")}`] : []),
    ...lines.slice(0, maxAnnotations),
    ...(cut > 0 ? [`::notice::${cut} more findings are in the summary and in the reports`] : []),
  ];
}

function outdatedLine({ id, state, reason, expires }, { baseline, workspace, cwd }) {
  const file = baseline === "" ? "" : `file=${escapeProperty(relative(workspace, resolve(cwd, baseline)))},`;
  return `::error ${file}title=${escapeProperty(`baseline: ${id}`)}::${escapeData(`${id} ${outdated[state]} (${expires}, ${reason})`)}`;
}

function at(place, workspace, cwd) {
  if (place === undefined || /^https?:\/\//i.test(place.file) || place.file === "stdin") return {};
  return { file: relative(workspace, resolve(cwd, place.file)), line: place.line, col: place.column };
}

/** The end of a run that has no report. */
function withoutReport(reason, code) {
  say(`::error title=no verdict::${escapeData(reason)}`);
  summarize(
    `## ASAP conformance: n/a\n\nNo verdict: ${reason.replace(/[<>&`|*_[\]\\]/g, (char) => `&#${char.charCodeAt(0)};`)}\n`,
  );
  setOutputs({ outcome: "could-not-run", "exit-code": code });
  return code;
}

function summarize(text) {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file)
    appendFileSync(file, Buffer.byteLength(text) > maxSummary ? `${text.slice(0, maxSummary / 4)}\n` : `${text}\n`);
}

function setOutputs(values) {
  const file = process.env.GITHUB_OUTPUT;
  if (!file) return;
  const end = randomUUID();
  for (const [name, value] of Object.entries(values)) appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
}

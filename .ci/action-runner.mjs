// Runs action.yml as GitHub's runner would: expressions by GitHub's own evaluator, scripts by bash, files for outputs and
// for the summary, workflow commands read from the log. GitHub's own parser says whether actions and workflows are valid.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { build } from "esbuild";
import { parse } from "yaml";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const action = parse(readFileSync(join(root, "action.yml"), "utf8"));

/** Replaces every expression of a text by its value. */
function filledIn(text, contexts) {
  return String(text).replace(/\$\{\{(.*?)\}\}/gs, (_, expression) => {
    const { tokens } = new Lexer(expression).lex();
    const parsed = new Parser(tokens, Object.keys(contexts), []).parse();
    return new Evaluator(parsed, dictionary(contexts)).evaluate().coerceString();
  });
}

const dictionary = (members) =>
  new data.Dictionary(
    ...Object.entries(members).map(([key, value]) => ({
      key,
      value: typeof value === "object" ? dictionary(value) : new data.StringData(String(value)),
    })),
  );

/** Runs the steps of the action in a folder, and tells what they left behind; `started` is given each shell. */
export async function runAction(given, workspace, started = () => {}) {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(action.inputs, name));
  if (unknown.length > 0) throw new Error(`the action has no input ${unknown.join(", ")}`);
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: value = "" }]) => [name, given[name] ?? value]),
  );
  const folder = mkdtempSync(join(tmpdir(), "asap-action-"));
  const files = Object.fromEntries(["output", "summary", "script"].map((name) => [name, join(folder, name)]));
  const steps = {};
  let [code, log] = [0, ""];
  try {
    writeFileSync(files.summary, "");
    for (const step of action.runs.steps) {
      writeFileSync(files.output, "");
      writeFileSync(files.script, filledIn(step.run, { inputs, steps }));
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, value]) => [name, filledIn(value, { inputs, steps })]),
      );
      const end = await bash(
        files.script,
        workspace,
        {
          GITHUB_ACTIONS: "true",
          GITHUB_ACTION_PATH: root,
          GITHUB_OUTPUT: files.output,
          GITHUB_STEP_SUMMARY: files.summary,
          GITHUB_WORKSPACE: workspace,
          ...env,
        },
        started,
      );
      log += end.log;
      steps[step.id] = { outputs: outputsIn(readFileSync(files.output, "utf8")) };
      code = end.code;
      if (code !== 0) break;
    }
    const outputs = Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => [name, filledIn(value, { inputs, steps })]),
    );
    return { code, log, outputs, summary: readFileSync(files.summary, "utf8"), commands: commandsIn(log) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bash(script, cwd, env, started) {
  const { ASAP_TEST_REPORT: _, ...own } = process.env;
  const child = spawn("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", script], {
    cwd,
    env: { ...own, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, log }));
  });
}

/** The outputs in the file of a step: `name<<END`, lines, `END`. */
function outputsIn(text) {
  return Object.fromEntries(
    [...text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [name, value]),
  );
}

/** The workflow commands of a log; those between stop-commands and its end do not count. */
function commandsIn(log) {
  const found = [];
  let stopped = null;
  for (const line of log.split("\n")) {
    const [, name, properties = "", message = ""] = /^::([\w-]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
    if (stopped !== null) {
      if (line === `::${stopped}::`) stopped = null;
    } else if (name === "stop-commands") {
      stopped = message;
    } else if (name !== undefined) {
      const list = properties.split(",").filter(Boolean);
      const members = Object.fromEntries(list.map((each) => each.split("=").map(plainOf)));
      found.push({ name, ...members, message: plainOf(message) });
    }
  }
  return found;
}

const plainOf = (text) =>
  text.replace(/%(0D|0A|3A|2C|25)/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));

/** GitHub's parser of actions and workflows, which asks for a bundler. */
export async function githubParser() {
  const contents = `
    export { parseAction } from "@actions/workflow-parser/actions/action-parser";
    export { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    logLevel: "error",
  });
  const folder = mkdtempSync(join(tmpdir(), "asap-parser-"));
  const file = join(folder, "parser.cjs");
  writeFileSync(file, outputFiles[0].contents);
  const { default: parser } = await import(pathToFileURL(file).href);
  rmSync(folder, { recursive: true });
  const trace = new parser.NoOperationTraceWriter();
  const errorsOf = ({ context }) => context.errors.getErrors().map(({ message }) => message);
  return {
    actionErrors: (name, content) => errorsOf(parser.parseAction({ name, content }, trace)),
    async workflowErrors(name, content) {
      const result = parser.parseWorkflow({ name, content }, trace);
      if (result.value !== undefined) await parser.convertWorkflowTemplate(result.context, result.value);
      return errorsOf(result);
    },
  };
}

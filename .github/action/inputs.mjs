// What the workflow asked for. Inputs come as INPUT_ variables and become words for programs; no shell reads them.
import { resolve } from "node:path";

/** What the caller got wrong. */
export class WrongInput extends Error {}

/** Files of a report folder, by the format of `asap conformance`. */
export const reportFiles = {
  json: "report.json",
  html: "report.html",
  junit: "junit.xml",
  sarif: "report.sarif",
  markdown: "summary.md",
  badge: "badge.svg",
  "badge-json": "badge.json",
};

const modes = ["server", "client", "registry", "manifest"];

/** Reads and checks the inputs. */
export function readInputs(env) {
  const text = (name) => (env[`INPUT_${name.toUpperCase().replaceAll("-", "_")}`] ?? "").trim();
  const mode = text("mode");
  if (!modes.includes(mode))
    throw new WrongInput(`mode must be one of ${modes.join(", ")}, not ${JSON.stringify(mode)}`);
  const strict = text("strict") || "false";
  if (strict !== "true" && strict !== "false") throw new WrongInput("strict must be true or false");
  const seconds = Number(text("ready-timeout") || "60");
  if (!(seconds > 0 && seconds <= 3600)) throw new WrongInput("ready-timeout must be a number of seconds up to 3600");
  const workspace = env.GITHUB_WORKSPACE || process.cwd();
  const cwd = resolve(workspace, text("working-directory"));
  const inputs = {
    mode,
    cwd,
    workspace,
    url: text("url").replace(/\/+$/, ""),
    path: text("path"),
    command: words("command", text("command")),
    start: words("start", text("start")),
    readyUrl: text("ready-url"),
    readyMs: seconds * 1000,
    token: text("token"),
    profiles: text("profiles")
      .split(/[\s,]+/)
      .filter(Boolean),
    form: text("form"),
    baseline: text("baseline"),
    strict: strict === "true",
    reports: resolve(cwd, text("reports") || "asap-conformance"),
    args: words("args", text("args")),
    asap: text("asap"),
    version: text("version") || "latest",
  };
  check(inputs);
  return inputs;
}

function check({ mode, url, path, command, start, readyUrl, version, asap }) {
  const needed = {
    server: url !== "",
    client: command.length > 0,
    registry: path !== "" || url !== "",
    manifest: path !== "" || url !== "",
  };
  const wanted = { server: "url", client: "command", registry: "path or url", manifest: "path or url" };
  if (!needed[mode]) throw new WrongInput(`mode ${mode} needs the input ${wanted[mode]}`);
  if (path !== "" && url !== "") throw new WrongInput("path and url do not go together");
  for (const [name, given] of [
    ["url", url],
    ["ready-url", readyUrl],
  ])
    if (given !== "" && !(/^https?:\/\//i.test(given) && URL.canParse(given)))
      throw new WrongInput(`${name} is not an http or https URL`);
  if (start.length > 0 && readyUrl === "" && url === "") throw new WrongInput("start needs the input url or ready-url");
  if (asap === "" && !/^[\w^~][\w.^~+-]*$/.test(version))
    throw new WrongInput("version must be a version or a tag of asap-kit");
}

/** The words of a command line. Quotes keep words together and `\` takes the sign after it; nothing else has a meaning. */
export function words(name, line) {
  const found = [];
  let word = null;
  let quote = "";
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at];
    if (char === "\\" && quote !== "'" && at + 1 < line.length) {
      at += 1;
      word = (word ?? "") + line[at];
    } else if (quote !== "") {
      if (char === quote) quote = "";
      else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== null) found.push(word);
      word = null;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== "") throw new WrongInput(`${name} has a quote ${quote} without its end`);
  return word === null ? found : [...found, word];
}

/** The program that is asap, and its first words. */
export function asapProgram({ asap, version, cwd }) {
  if (asap === "") return ["npx", "--yes", "--package", `asap-kit@${version}`, "asap"];
  const path = resolve(cwd, asap);
  return /\.[cm]?js$/.test(path) ? [process.execPath, path] : [path];
}

/** The words after the name of the program. */
export function asapWords(inputs) {
  const { mode, url, path, command, profiles, form, baseline, strict, reports, args } = inputs;
  const options = [
    ...(mode === "server" ? profiles.flatMap((profile) => ["--profile", profile]) : []),
    ...(mode === "registry" && form !== "" ? ["--form", form] : []),
    ...(baseline === "" ? [] : ["--baseline", baseline]),
    ...(strict ? ["--strict"] : []),
    ...Object.entries(reportFiles).flatMap(([format, file]) => ["--report", `${format}=${resolve(reports, file)}`]),
    ...args,
  ];
  if (mode === "client") return ["conformance", mode, ...options, "--", ...command];
  return ["conformance", mode, ...options, "--", mode === "server" ? url : path || url];
}

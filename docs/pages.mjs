// Writes the pages that are made from the program itself: errors.md from spec/errors.json, registry-rules.md from the
// rules of the registry validator, conformance-scenarios.md from the scenarios for clients, requirements.md from
// spec/requirements.json and the cases of conformance, cli.md from the help texts; and conformance/kills.tsv, which
// `asap conformance server --explain` reads.
// Needs a build. With --check it writes nothing and fails when a page is not current.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cases, clientCases, documentCases, scenarioList } from "../dist/conformance/index.js";
import { commands } from "../dist/runtime/cli/commands.js";
import { registryRules } from "../dist/runtime/registry.js";
import { killsTable, mutantsPage } from "./mutants-page.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const row = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)];

const pages = {
  "errors.md": errorsPage,
  "registry-rules.md": rulesPage,
  "cli.md": commandsPage,
  "conformance-scenarios.md": scenariosPage,
  "conformance-mutants.md": () => mutantsPage(table),
  "requirements.md": requirementsPage,
  "../conformance/kills.tsv": () => killsTable(),
};
const check = process.argv.includes("--check");
for (const [name, make] of Object.entries(pages)) {
  const text = `${make().join("\n").trimEnd()}\n`;
  const current = existsSync(here(name)) && readFileSync(here(name), "utf8") === text;
  if (check && !current) {
    console.error(`docs/${name} is not current; run \`npm run generate\``);
    process.exitCode = 1;
  }
  if (!check && !current) writeFileSync(here(name), text);
}

function errorsPage() {
  const areas = {
    rpc: "JSON-RPC",
    protocol: "Envelope and payload",
    task: "Tasks and skills",
    transport: "Transport",
    auth: "Authentication",
    discovery: "Discovery and registry",
    config: "Configuration",
  };
  const sections = new Map();
  for (const error of Object.values(JSON.parse(readFileSync(here("../spec/errors.json"), "utf8")))) {
    const area = error.code.split(":")[1].split("/")[0];
    sections.set(area, [...(sections.get(area) ?? []), error]);
  }
  const cells = (error) => [
    `\`${error.code}\``,
    error.jsonrpc,
    error.http,
    error.retryable ? "yes" : "no",
    error.description,
    error.details.map((name) => `\`${name}\``).join(", "),
  ];
  const head = ["Code", "JSON-RPC", "HTTP", "Retry", "Means", "Details"];
  return [
    "# Errors",
    "",
    "<!-- Made from spec/errors.json by docs/pages.mjs; change the former and run `npm run generate`. -->",
    "",
    "Every failure that asap-kit reports is an `AsapError` whose `code` is one of these. The code is stable; the message",
    "is for people. *JSON-RPC* and *HTTP* are the code and the status that belong to the error when it reaches the wire",
    "or is handed on by an agent that called another. *Retry* says that the same request may succeed later. *Details*",
    "names members that `data` can have.",
    "",
    ...[...sections].flatMap(([area, list]) => [`## ${areas[area] ?? area}`, "", ...table(head, list.map(cells)), ""]),
  ];
}

function rulesPage() {
  return [
    "# Rules for registries",
    "",
    "<!-- Made from runtime/registry/rules.ts by docs/pages.mjs; change the former and run `npm run generate`. -->",
    "",
    "What `asap registry validate` looks for. An error makes the registry invalid, a warning does not.",
    "",
    ...table(
      ["Rule", "Severity", "Holds when", "How to mend it"],
      Object.entries(registryRules).map(([id, rule]) => [`\`${id}\``, rule.severity, rule.summary, rule.help]),
    ),
  ];
}

function scenariosPage() {
  const section = ({ name, title, profile, summary, env }) => [
    `## ${name}`,
    "",
    `${title}; profile \`${profile}\`.`,
    "",
    summary,
    "",
    ...(env.length === 0
      ? []
      : [
          ...table(
            ["Variable", "Holds"],
            env.map((one) => [`\`${one.name}\``, one.summary]),
          ),
          "",
        ]),
    ...table(
      ["Case", "Level", "Holds when it passes", "Requirements"],
      clientCases
        .filter(({ area }) => area === name)
        .map((one) => [`\`${one.id}\``, one.level, one.title, one.requirements.join(", ")]),
    ),
    "",
  ];
  return [
    "# Scenarios for clients",
    "",
    "<!-- Made from conformance/client/scenarios by docs/pages.mjs; change those and run `npm run generate`. -->",
    "",
    "What a client must do when `asap conformance client` starts it, by the name in `ASAP_CONFORMANCE_SCENARIO`, and what is",
    "looked at then. [Conformance of a client](conformance-clients.md) says how such a program is written. Messages are sent over",
    "HTTP unless the profile is `websocket`, although the manifest of the agent offers a WebSocket too.",
    "",
    ...scenarioList().flatMap(section),
  ];
}

function requirementsPage() {
  const { areas, requirements } = JSON.parse(readFileSync(here("../spec/requirements.json"), "utf8"));
  const kinds = [
    ["agents", cases],
    ["clients", clientCases],
    ["documents", documentCases],
  ];
  const told = (ids) => {
    const named = ids.slice(0, 3).map((id) => `\`${id}\``);
    return ids.length > 3 ? `${named.join(", ")} and ${ids.length - 3} more` : named.join(", ");
  };
  const coverOf = ({ id, status, unit = [] }) => {
    const parts = kinds.flatMap(([kind, list]) => {
      const ids = list.filter((one) => one.requirements.includes(id)).map((one) => one.id);
      return ids.length === 0 ? [] : [`${kind}: ${told(ids)}`];
    });
    if (parts.length > 0) return parts.join("; ");
    return unit.length > 0 ? `unit: ${told(unit)}` : status;
  };
  const covers = new Map(requirements.map((one) => [one, coverOf(one)]));
  const count = (test) => requirements.filter(test).length;
  const isUnit = (one) => covers.get(one).startsWith("unit: ");
  const isOpen = (one) => covers.get(one) === one.status;
  const levels = ["MUST", "SHOULD", "MAY"];
  const summary = levels.map((level) => {
    const of = (test) => count((one) => one.level === level && test(one));
    return [level, of(() => true), of((one) => !isUnit(one) && !isOpen(one)), of(isUnit), of(isOpen)];
  });
  return [
    "# Requirements",
    "",
    "<!-- Made from spec/requirements.json and the cases of conformance by docs/pages.mjs; run `npm run generate`. -->",
    "",
    "Every rule of ASAP 1.1, where it comes from (a section of the wire document or of an RFC, or the plan) and what holds it.",
    "*agents*, *clients* and *documents* are cases of the [conformance suite](conformance.md), which any implementation can be judged by.",
    "*unit* are tests of this package, for rules that do not show on the wire of one agent or client: what a library must",
    "offer, and waits of half a minute. `asap conformance server --explain <case>` tells more of a case.",
    "",
    ...table(["Level", "Rules", "Held by cases", "Held by unit tests", "Planned"], summary),
    "",
    ...Object.entries(areas).flatMap(([area, title]) => [
      `## ${title.replace(/\.$/, "")}`,
      "",
      ...table(
        ["Rule", "Level", "Text", "From", "Held by"],
        requirements
          .filter((one) => one.area === area)
          .map((one) => [one.id, one.level, one.text, one.source, covers.get(one)]),
      ),
      "",
    ]),
  ];
}

function commandsPage() {
  return [
    "# Command line",
    "",
    "<!-- Made from the help texts by docs/pages.mjs; change those and run `npm run generate`. -->",
    "",
    "`asap` prints results on standard output and everything else on standard error. `--json` makes results machine",
    "readable. `NO_COLOR` turns colours off; they are off anyway when the output is not a terminal.",
    "",
    ...table(
      ["Exit code", "Means"],
      [
        ["0", "done, nothing wrong"],
        ["1", "done, and there are findings: a fault, a difference, a failed case"],
        ["2", "could not be done: a file that cannot be read, an agent that cannot be reached"],
        ["64", "the command line is wrong; the nearest right word is named"],
      ],
    ),
    "",
    "In a project that depends on asap-kit, run it with `npx asap`.",
    "",
    ...["```text", help([]), "```", ""],
    ...commands.flatMap(({ path }) => [`## asap ${path.join(" ")}`, "", "```text", help(path), "```", ""]),
  ];
}

function help(path) {
  const env = { ...process.env, NO_COLOR: "1" };
  const asap = here("../dist/runtime/cli/main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [asap, ...path, "--help"], { encoding: "utf8", env });
  if (status !== 0) throw new Error(`asap ${path.join(" ")} --help ended with ${status}\n${stderr}`);
  return stdout.trimEnd();
}

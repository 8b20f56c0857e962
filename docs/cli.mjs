// Writes docs/cli.md from the help of the built command line. With --check it fails when the page is not current.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { commands } from "../dist/runtime/cli/commands.js";

const page = fileURLToPath(new URL("cli.md", import.meta.url));
const asap = fileURLToPath(new URL("../dist/runtime/cli/main.js", import.meta.url));

const text = [
  "# Command line",
  "",
  "<!-- Made from the help texts by docs/cli.mjs; change those and run `npm run generate`. -->",
  "",
  "`asap` prints results on standard output and everything else on standard error. `--json` makes results machine",
  "readable. `NO_COLOR` turns colours off; they are off anyway when the output is not a terminal.",
  "",
  "| Exit code | Means |",
  "| --- | --- |",
  "| 0 | done, nothing wrong |",
  "| 1 | done, and there are findings: a fault, a difference, a failed case |",
  "| 2 | could not be done: a file that cannot be read, an agent that cannot be reached |",
  "| 64 | the command line is wrong; the nearest right word is named |",
  "",
  "In a project that depends on asap-kit, run it with `npx asap`.",
  "",
  "```text",
  help([]),
  "```",
  "",
  ...commands.flatMap(({ path }) => [`## asap ${path.join(" ")}`, "", "```text", help(path), "```", ""]),
].join("\n");

if (process.argv.includes("--check")) {
  if (readFileSync(page, "utf8") !== text) {
    console.error("docs/cli.md is not what the command line says of itself; run `npm run generate`");
    process.exit(1);
  }
} else {
  writeFileSync(page, text);
}

function help(path) {
  const env = { ...process.env, NO_COLOR: "1", COLUMNS: "100" };
  const { status, stdout } = spawnSync(process.execPath, [asap, ...path, "--help"], { encoding: "utf8", env });
  if (status !== 0) {
    console.error(`asap ${path.join(" ")} --help ended with ${status}`);
    process.exit(1);
  }
  return stdout.trimEnd();
}

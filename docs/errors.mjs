// Writes docs/errors.md from spec/errors.json. With --check it writes nothing and fails when the page is not current.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("errors.md", import.meta.url));
const errors = JSON.parse(readFileSync(new URL("../spec/errors.json", import.meta.url), "utf8"));

const areas = {
  rpc: "JSON-RPC",
  protocol: "Envelope and payload",
  task: "Tasks and skills",
  transport: "Transport",
  auth: "Authentication",
  discovery: "Discovery and registry",
  config: "Configuration",
};

const cell = (text) => String(text).replaceAll("|", "\\|");
const row = (cells) => `| ${cells.map(cell).join(" | ")} |`;

const sections = new Map();
for (const error of Object.values(errors)) {
  const area = error.code.split(":")[1].split("/")[0];
  sections.set(area, [...(sections.get(area) ?? []), error]);
}

const text = [
  "# Errors",
  "",
  "<!-- Made from spec/errors.json by docs/errors.mjs; change the former and run `npm run generate`. -->",
  "",
  "Every failure that asap-kit reports is an `AsapError` whose `code` is one of these. The code is stable; the message",
  "is for people. *JSON-RPC* and *HTTP* are the code and the status an agent answers with when the error reaches the",
  "wire; errors that a client finds on its own side carry them too, so that an agent which calls another can pass them",
  "on. *Retry* says that the same request may succeed later. *Details* names the members of `data`.",
  "",
  ...[...sections].flatMap(([area, list]) => [
    `## ${areas[area] ?? area}`,
    "",
    row(["Code", "JSON-RPC", "HTTP", "Retry", "Means", "Details"]),
    row(["---", "---", "---", "---", "---", "---"]),
    ...list.map((error) =>
      row([
        `\`${error.code}\``,
        error.jsonrpc,
        error.http,
        error.retryable ? "yes" : "no",
        error.description,
        error.details.map((name) => `\`${name}\``).join(", "),
      ]),
    ),
    "",
  ]),
].join("\n");

if (process.argv.includes("--check")) {
  if (readFileSync(page, "utf8") !== text) {
    console.error("docs/errors.md is not what spec/errors.json says; run `npm run generate`");
    process.exit(1);
  }
} else {
  writeFileSync(page, text);
}

import { readFileSync } from "node:fs";
import { cases, clientCases, documentCases } from "../dist/conformance/index.js";
import { clientMutants } from "../dist/conformance/mutants/clients/index.js";

const most = 3;
const read = () => JSON.parse(readFileSync(new URL("../conformance/mutants/kills.json", import.meta.url), "utf8"));

/** Lines of conformance/kills.tsv: case, how many mutants it fails on, and what is wrong with the first of them. */
export function killsTable() {
  const byCase = new Map();
  for (const row of read()) for (const id of row.failed) byCase.set(id, [...(byCase.get(id) ?? []), row]);
  const line = ([id, rows]) => {
    const own = rows.filter(({ kills }) => kills.includes(id));
    const told = [...own, ...rows.filter((one) => !own.includes(one))].slice(0, most);
    return [id, rows.length, ...told.map(({ name }) => name.replace(/\s+/g, " "))].join("\t");
  };
  return [...byCase].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(line);
}

/**
 * The page of the kill matrix, made from conformance/mutants/kills.json and the list of wrong clients.
 *
 * @param table makes the lines of a table from its head and its rows
 */
export function mutantsPage(table) {
  const kept = read();
  const rows = [...kept, ...clientMutants.map(clientRow)];
  const all = [...cases, ...documentCases, ...clientCases.map(({ id }) => ({ id, area: "client" }))];
  const killing = new Set(rows.flatMap(({ failed }) => failed));
  const sections = new Map();
  for (const row of rows) sections.set(sectionOf(row), [...(sections.get(sectionOf(row)) ?? []), row]);
  const counted = (name, own, mutants) => {
    const able = own.filter(({ id }) => killing.has(id)).length;
    return [name, mutants, own.length, able, own.length - able];
  };
  const areas = [...new Set(all.map(({ area }) => area))].map((area) =>
    counted(
      area,
      all.filter((one) => one.area === area),
      rows.filter(({ kills }) => kills[0]?.split(".")[0] === area).length,
    ),
  );
  return [
    "# Mutants",
    "",
    "<!-- Made from conformance/mutants/kills.json and conformance/mutants/clients by docs/pages.mjs; run `npm run mutants`, then",
    "`npm run generate`. -->",
    "",
    "A mutant is our own agent, or a document, made wrong on purpose in one way. The whole suite judges each of them. The",
    "cases in the column *Killed by* must fail with it. Of the other MUSTs only those in the last column may, and there may",
    "be no case that fails with no mutant: a check that was never seen to fail proves nothing. In CI each mutant meets the",
    "cases that must kill it and the quick core of the suite; `npm run mutants` runs the whole suite against all of them,",
    "prints the matrix and writes it to `conformance/mutants/kills.json`.",
    "",
    "A wrong client is our own client with a relay between it and the agent of the suite, which changes, drops, repeats or",
    "makes up what passes. Its scenario judges it, in CI too, and what fails must be just what stands here.",
    "",
    ...table(
      ["Area", "Mutants", "Cases", "Seen to fail", "Never seen to fail"],
      [...areas, counted("all", all, rows.length)],
    ),
    "",
    ...[...sections].flatMap(([section, list]) => [
      `## ${section}`,
      "",
      ...table(["Mutant", "What is wrong", "Killed by", "Fails too"], list.map(cells)),
      "",
    ]),
  ];
}

const clientRow = ({ id, name, kills, also = [] }) => ({
  id: `client/${id}`,
  name,
  kills,
  failed: [...kills, ...also],
  also: [],
});

const sectionOf = ({ id }) => id.split("/")[0];

function cells({ id, name, kills, failed, also }) {
  const others = failed.filter((one) => !kills.includes(one));
  const why = also.flatMap(({ because }) => because ?? []).join("; ");
  return [
    `\`${id.split("/")[1]}\``,
    name,
    listed(kills),
    [listed(others), why].filter((text) => text !== "").join(": "),
  ];
}

const listed = (ids) =>
  ids.length > most ? `\`${ids[0]}\` and ${ids.length - 1} more` : ids.map((id) => `\`${id}\``).join(", ");

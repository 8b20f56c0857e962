import { createHash } from "node:crypto";
import type { CaseOutcome, CaseResult, Counts, ProfileResult, Report } from "../report.js";
import { caseRow, escaped, styleOf } from "./html-case.js";
import { script } from "./html-script.js";
import { style } from "./html-style.js";
import {
  conclusionOf,
  entryText,
  findingCount,
  findingsOf,
  many,
  noVerdict,
  outcomeNames,
  outdatedIn,
  profileNames,
  type ReportOptions,
  tallyOf,
} from "./verdict.js";

const digest = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const profileStyles = { holds: "pass", broken: "fail", "not-declared": "na", "not-judged": "error" } as const;

/**
 * The report as one HTML page that loads nothing: filter by outcome, profile and level, search, the bytes of each finding,
 * dark and light. A policy in the page lets run only its own script; without scripts it is still whole.
 */
export function renderHtml(report: Report, options: ReportOptions = {}): string {
  const policy = `default-src 'none'; style-src ${digest(style)}; script-src ${digest(script)}; base-uri 'none'; form-action 'none'`;
  const findings = findingsOf(report);
  const known = report.cases.filter(({ outcome }) => outcome === "known");
  const first = new Set([...findings, ...known]);
  const ordered = [...first, ...report.cases.filter((result) => !first.has(result))];
  const outdated = outdatedIn(report).map(entryText);
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>ASAP conformance of ${escaped(report.target.name)}</title>`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    headOf(report),
    "<main>",
    verdictOf(report, options),
    report.profiles.length === 0
      ? ""
      : `<h2>Profiles</h2><ul class="profiles">${report.profiles.map(profileCard).join("")}</ul>`,
    listOf("Baseline", outdated),
    listOf("Notes", report.notes),
    '<h2 id="cases-head">Cases</h2>',
    toolsOf(report, first.size > 0),
    `<section class="cases" aria-labelledby="cases-head">${ordered.map(caseRow).join("\n")}<p id="none" class="none soft">${report.cases.length === 0 ? "No case was run." : "No case fits."}</p></section>`,
    "</main>",
    footOf(report),
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function headOf({ target, suite, startedAt, durationMs, waitedMs }: Report): string {
  const facts: readonly (readonly [string, string | null])[] = [
    ["Agent", target.agentId],
    ["Version", target.agentVersion],
    ["Protocol", suite.protocol],
    ["Suite", `${suite.name} ${suite.version}`],
    ["Run", startedAt.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC")],
    [
      "Took",
      `${(durationMs / 1000).toFixed(1)} s${waitedMs > 0 ? `, ${(waitedMs / 1000).toFixed(1)} s of it waiting` : ""}`,
    ],
  ];
  const rows = facts.flatMap(([name, value]) =>
    value === null ? [] : [`<div><dt>${name}</dt><dd>${escaped(value)}</dd></div>`],
  );
  const title = `<h1>ASAP conformance of ${escaped(target.name)}</h1>`;
  return `<header><div>${title}<dl class="facts">${rows.join("")}</dl></div><button type="button" id="theme" class="live">Dark</button></header>`;
}

function verdictOf(report: Report, options: ReportOptions): string {
  const conclusion = conclusionOf(report, options);
  const [kind, word] = {
    conforms: ["pass", "Conforms"],
    findings: ["fail", many(Math.max(1, findingCount(report, options)), "finding")],
    "not-judged": ["error", "n/a"],
  }[conclusion] as [string, string];
  const why = conclusion === "not-judged" ? `<p>No verdict: ${escaped(noVerdict(report))}</p>` : "";
  return `<section class="card verdict o-${kind}" aria-label="Verdict"><strong>${word}</strong>${why}<p class="soft">${tallyOf(report)}</p>${barOf(report.counts)}</section>`;
}

const shares: readonly (readonly [CaseOutcome, (counts: Counts) => number])[] = [
  ["fail", ({ fail }) => fail],
  ["error", ({ error }) => error],
  ["flaky", ({ flaky }) => flaky],
  ["warn", ({ warn }) => warn],
  ["known", ({ known }) => known],
  ["pass", ({ pass }) => pass],
  ["not-applicable", ({ notApplicable }) => notApplicable],
];

/** How the cases ended as a bar; a share that is there has a width. The widths are attributes of SVG: styles are not let in. */
function barOf(counts: Counts): string {
  const parts = shares.map(([outcome, of]) => [outcome, of(counts)] as const).filter(([, count]) => count > 0);
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return "";
  let x = 0;
  const bars = parts.map(([outcome, count]) => {
    const width = (count / total) * 1000;
    const bar = `<rect class="o-${styleOf(outcome)}" x="${x.toFixed(1)}" width="${Math.max(4, width - 2).toFixed(1)}" height="10"/>`;
    x += width;
    return bar;
  });
  return `<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${bars.join("")}</svg>`;
}

function profileCard({ profile, verdict, because, counts }: ProfileResult): string {
  const tally = shares
    .map(([outcome, of]) => [outcomeNames[outcome], of(counts)] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  return [
    `<li class="card o-${profileStyles[verdict]}"><div class="top">${profile}<span class="pill">${profileNames[verdict]}</span></div>`,
    barOf(counts),
    `<p>${tally.length === 0 ? "no cases" : tally.join(", ")}</p>`,
    `<p class="soft">${escaped(because)}</p></li>`,
  ].join("");
}

const listOf = (title: string, texts: readonly string[]): string =>
  texts.length === 0
    ? ""
    : `<h2>${title}</h2><ul class="list">${texts.map((text) => `<li>${escaped(text)}</li>`).join("")}</ul>`;

function toolsOf({ cases }: Report, onlyFindings: boolean): string {
  const of = (outcome: CaseOutcome) => cases.filter((result) => result.outcome === outcome).length;
  const chips = shares
    .filter(([outcome]) => of(outcome) > 0)
    .map(([outcome]) => {
      const isPressed = onlyFindings && outcome !== "pass" && outcome !== "not-applicable";
      return `<button type="button" class="o-${styleOf(outcome)}" value="${outcome}" aria-pressed="${isPressed}">${outcomeNames[outcome]} <span>${of(outcome)}</span></button>`;
    });
  const choice = (id: string, label: string, values: readonly string[]) =>
    `<select id="${id}" aria-label="${label}"><option value="">${label}: all</option>${values.map((value) => `<option>${escaped(value)}</option>`).join("")}</select>`;
  const distinct = (value: (result: CaseResult) => string) => [...new Set(cases.map(value))];
  return [
    '<div class="tools" role="search" aria-label="Filter the cases"><div class="row">',
    '<input id="search" type="search" placeholder="Search ids, rules and bytes ( / )" aria-label="Search the cases" autocomplete="off" spellcheck="false">',
    choice(
      "profile",
      "Profile",
      distinct(({ profile }) => profile),
    ),
    choice(
      "level",
      "Level",
      distinct(({ level }) => level),
    ),
    '<button type="button" id="all">Show all</button></div>',
    `<div class="row chips" role="group" aria-label="Outcomes">${chips.join("")}<span class="shown" id="shown" role="status"></span></div></div>`,
  ].join("");
}

const footOf = ({ suite, schemaVersion, mode }: Report): string =>
  `<footer>Report of ${suite.name} ${escaped(suite.version)}, mode ${mode}, spec ${escaped(suite.specHash)}, schema ${schemaVersion}.</footer>`;

import { isAbsolute, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CaseResult, Place, Report, Rule } from "../report.js";
import { evidenceText, plain } from "./evidence.js";
import { conclusionOf, entryText, noVerdict, outdatedIn, type ReportOptions, severityOf } from "./verdict.js";

const maxMessage = 4000;
const baselineRule = "baseline-current";

interface Descriptor {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  readonly level: "error" | "warning";
}

const isUrl = (source: string): boolean => /^[a-z][a-z\d+.-]+:\/\//i.test(source);

/** A file below the working directory relative to it, another file as its URL, a URL as it is. */
function artifactOf(source: string): { uri: string; uriBaseId?: string } {
  if (isUrl(source)) return { uri: URL.canParse(source) ? new URL(source).href : encodeURI(plain(source)) };
  const path = resolve(source);
  const below = relative(process.cwd(), path);
  if (below === "" || below.startsWith("..") || isAbsolute(below)) return { uri: pathToFileURL(path).href };
  return { uri: below.split(/[\\/]/).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

type Spot = Pick<Place, "file" | "line" | "column">;

const physical = ({ file, line, column }: Spot) => ({
  artifactLocation: artifactOf(file),
  region: { startLine: line, startColumn: column },
});

const locationOf = (id: string, spot: Spot | undefined) => ({
  ...(spot === undefined ? {} : { physicalLocation: physical(spot) }),
  logicalLocations: [{ fullyQualifiedName: id, kind: "case" }],
});

/** Where the document begins that a report is about; undefined for what is judged over the wire. */
const documentOf = ({ mode, target }: Report): Spot | undefined =>
  mode === "registry" || mode === "manifest" ? { file: target.name, line: 1, column: 1 } : undefined;

/**
 * The report as SARIF 2.1.0: the requirements as rules, and a result for each finding, with `note` for one that the baseline
 * knows of. A fault in a document has its place, or that of the document; one on the wire has the name of its case.
 *
 * @param options strict also makes errors of warnings
 */
export function renderSarif(report: Report, options: ReportOptions = {}): string {
  const rules = rulesOf(report);
  const position = new Map(rules.map(({ id }, at) => [id, at]));
  const document = documentOf(report);
  const told = report.cases.filter((result) => severityOf(result) !== null || result.outcome === "known");
  const results = told
    .filter(({ outcome }) => outcome !== "error")
    .flatMap((result) => resultsOf(result, position, document, options));
  const outdated = outdatedIn(report).map((entry) => ({
    ruleId: baselineRule,
    ruleIndex: position.get(baselineRule),
    kind: "fail",
    level: "error",
    message: { text: plain(entryText(entry)) },
    locations: [locationOf(entry.id, document)],
    partialFingerprints: { "asapConformance/v1": `${baselineRule}|${entry.id}|${entry.state}` },
  }));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: driverOf(report, rules) },
        automationDetails: { id: `asap-conformance/${report.mode}/` },
        invocations: [invocationOf(report, told, options)],
        columnKind: "utf16CodeUnits",
        results: [...results, ...outdated],
        properties: { target: report.target, counts: report.counts, profiles: report.profiles },
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function rulesOf(report: Report): readonly Descriptor[] {
  const found = new Map<string, Descriptor>();
  const add = ({ id, text, source }: Rule, level: Descriptor["level"]) => {
    const earlier = found.get(id);
    found.set(id, { id, text, source, level: earlier?.level === "error" ? "error" : level });
  };
  for (const { rules, level } of report.cases)
    for (const rule of rules) add(rule, level === "MUST" ? "error" : "warning");
  if (outdatedIn(report).length > 0)
    add({ id: baselineRule, text: "The baseline names cases that fail, and no others.", source: "" }, "error");
  return [...found.values()];
}

const driverOf = ({ suite }: Report, rules: readonly Descriptor[]) => ({
  name: "asap conformance",
  version: suite.version,
  rules: rules.map(({ id, text, source, level }) => ({
    id,
    shortDescription: { text: plain(text) },
    help: { text: plain(source === "" ? text : `${text} Section: ${source}.`) },
    defaultConfiguration: { level },
    properties: { source, protocol: suite.protocol },
  })),
});

function invocationOf(report: Report, told: readonly CaseResult[], options: ReportOptions) {
  const conclusion = conclusionOf(report, options);
  const errors = told.filter(({ outcome }) => outcome === "error");
  const notifications = [
    ...(conclusion === "not-judged" ? [{ level: "error", message: { text: plain(`n/a: ${noVerdict(report)}`) } }] : []),
    ...errors.map(({ id, reason = "" }) => ({ level: "error", message: { text: plain(`${id}: ${reason}`) } })),
    ...report.notes.map((note) => ({ level: "note", message: { text: plain(note) } })),
  ];
  return {
    executionSuccessful: conclusion !== "not-judged",
    exitCode: { conforms: 0, findings: 1, "not-judged": 2 }[conclusion],
    startTimeUtc: report.startedAt,
    endTimeUtc: new Date(Date.parse(report.startedAt) + report.durationMs).toISOString(),
    toolExecutionNotifications: notifications,
  };
}

/** A result for each place of a fault in documents, or one for the case. */
function resultsOf(
  result: CaseResult,
  position: ReadonlyMap<string, number>,
  document: Spot | undefined,
  { strict = false }: ReportOptions,
) {
  const { id, title, rules, places = [], outcome, profile, tags } = result;
  const ruleId = rules[0]?.id ?? id;
  const severity = severityOf(result) ?? "note";
  const level = strict && severity === "warning" ? "error" : severity;
  const spots: readonly (Place | undefined)[] = places.length > 0 ? places : [undefined];
  const seen = new Map<string, number>();
  return spots.map((place) => {
    const print = [id, place?.file ?? "", place?.pointer ?? ""].join("|");
    const times = (seen.get(print) ?? 0) + 1;
    seen.set(print, times);
    const told = place === undefined ? `${title}\n${evidenceText(result)}` : `${title}: ${place.found}`;
    return {
      ruleId,
      ...(position.has(ruleId) ? { ruleIndex: position.get(ruleId) } : {}),
      kind: "fail",
      level,
      message: { text: plain(told.slice(0, maxMessage)) },
      locations: [locationOf(id, place ?? document)],
      partialFingerprints: { "asapConformance/v1": `${print}|${times}` },
      ...(outcome === "known"
        ? { suppressions: [{ kind: "external", status: "accepted", justification: plain(result.known?.reason ?? "") }] }
        : {}),
      properties: { case: id, outcome, profile, tags, requirements: rules.map((rule) => rule.id) },
    };
  });
}

import type { ArrivalRecord, CaseOutcome, CaseResult, ExchangeRecord, FrameRecord, Report } from "./report.js";

/** Options of {@link renderText}. */
export interface TextOptions {
  /** Colours for a terminal; false unless set. */
  readonly color?: boolean;
  /** Findings told in full; further ones get one line. 40 unless set. */
  readonly maxDetails?: number;
}

const maxToken = 2000;
const fewSkipped = 6;

const marks: Record<CaseOutcome, string> = {
  pass: "pass",
  fail: "FAIL",
  warn: "WARN",
  "not-applicable": "n/a",
  error: "ERROR",
};
const colors: Record<CaseOutcome, number> = { pass: 32, fail: 31, warn: 33, "not-applicable": 90, error: 35 };

/** The report for people: a line per area, every finding with what was sent and came back, and the counts. */
export function renderText(report: Report, { color = false, maxDetails = 40 }: TextOptions = {}): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { target, suite } = report;
  const agent = target.agentId === null ? "" : plain(`agent ${target.agentId} ${target.agentVersion ?? ""}`.trimEnd());
  const head = [
    `ASAP conformance of ${target.url}`,
    `${agent === "" ? "" : `${agent}, `}suite ${suite.name} ${suite.version}, protocol ${suite.protocol}`,
  ];
  const told = report.cases.filter(({ outcome }) => outcome === "fail" || outcome === "warn" || outcome === "error");
  const findings = told.slice(0, maxDetails).map((result) => inFull(result, paint));
  const further = told.slice(maxDetails).map((result) => inShort(result, paint));
  const skipped = inGroups(report.cases.filter(({ outcome }) => outcome === "not-applicable")).map((group) =>
    skippedLine(group, paint),
  );
  const blocks = [
    head.join("\n"),
    areaLines(report, paint),
    ...findings,
    further.join("\n"),
    skipped.join("\n"),
    report.notes.map((note) => `note: ${plain(note)}`).join("\n"),
  ];
  return `${[...blocks, closing(report, paint)].filter((block) => block !== "").join("\n\n")}\n`;
}

/** One line about a case, for progress while a run goes on. */
export function renderCase(result: CaseResult, { color = false }: TextOptions = {}): string {
  return inShort(result, (code, text) => (color ? `\u001b[${code}m${text}\u001b[0m` : text));
}

/** Text of an agent without what a terminal would obey. */
function plain(text: string): string {
  return [...text].map((char) => (isControl(char.codePointAt(0) ?? 0) ? "\ufffd" : char)).join("");
}

const isControl = (code: number) => (code < 0x20 && code !== 0x0a && code !== 0x09) || (code >= 0x7f && code < 0xa0);

type Paint = (code: number, text: string) => string;

function areaLines({ cases }: Report, paint: Paint): string {
  const areas = [...new Set(cases.map((result) => result.area))];
  const lines = areas.map((area) => {
    const own = cases.filter((result) => result.area === area);
    const parts = (Object.keys(marks) as CaseOutcome[]).flatMap((outcome) => {
      const count = own.filter((result) => result.outcome === outcome).length;
      return count === 0 ? [] : [paint(colors[outcome], `${count} ${outcome}`)];
    });
    return `  ${area.padEnd(12)} ${parts.join(", ")}`;
  });
  return lines.join("\n");
}

function inShort(result: CaseResult, paint: Paint): string {
  const { outcome, id, title, reason } = result;
  const found = result.found === undefined ? "" : ` (found ${plain(result.found).split("\n")[0]})`;
  return `${paint(colors[outcome], marks[outcome].padEnd(5))} ${id}: ${plain(reason ?? title)}${found}`;
}

/** Cases of one area that do not apply for one reason; a few of them are told one by one. */
function inGroups(results: readonly CaseResult[]): (readonly CaseResult[])[] {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.area, result.reason]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].flatMap((group) => (group.length > fewSkipped ? [group] : group.map((one) => [one])));
}

function skippedLine(group: readonly CaseResult[], paint: Paint): string {
  const [first] = group;
  if (first === undefined) return "";
  if (group.length === 1) return inShort(first, paint);
  const { outcome, area, reason = "" } = first;
  return `${paint(colors[outcome], marks[outcome].padEnd(5))} ${group.length} cases of ${area}: ${plain(reason)}`;
}

function inFull(result: CaseResult, paint: Paint): string {
  const rows: string[] = [
    `${paint(colors[result.outcome], marks[result.outcome].padEnd(5))} ${result.id}: ${result.title}`,
  ];
  const row = (name: string, text: string | undefined) => {
    if (text !== undefined) rows.push(`  ${name.padEnd(9)} ${plain(text).replaceAll("\n", `\n${" ".repeat(12)}`)}`);
  };
  for (const { id, text } of result.rules) row("rule", `${id} ${text}`);
  row("reason", result.reason);
  row("expected", result.expected);
  row("found", result.found);
  if (result.exchange?.token !== undefined) row("token", tokenText(result.exchange.token));
  row("sent", result.exchange?.sent.trimEnd());
  row("received", result.exchange?.received.trimEnd());
  row("frames", result.exchange?.frames?.map(frameLine).join("\n"));
  row("arrived", result.exchange?.arrived?.map(arrivalLine).join("\n"));
  row("again", result.replay);
  return rows.join("\n");
}

const arrivalLine = ({ method, path, headers, body, atMs }: ArrivalRecord): string =>
  `${atMs} ms ${method} ${path === "" ? "the callback" : path} ${signs(headers)}: ${body}`;

/** The headers that a webhook is known and judged by. */
const signs = (headers: ArrivalRecord["headers"]): string =>
  ["content-type", "webhook-id", "x-asap-signature"]
    .flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]))
    .join(", ");

const tokenText = ({ header, claims }: NonNullable<ExchangeRecord["token"]>) =>
  `${JSON.stringify(header)} ${JSON.stringify(claims)}`.slice(0, maxToken);

function frameLine({ direction, kind, marks, text, atMs }: FrameRecord): string {
  const arrow = direction === "sent" ? "->" : "<-";
  return `${arrow} ${atMs} ms ${[kind, ...marks].join(", ")}${text === "" ? "" : `: ${text}`}`;
}

function closing(report: Report, paint: Paint): string {
  const { counts } = report;
  const tally = `${counts.run} of ${counts.planned} cases run: ${counts.pass} pass, ${counts.fail} fail, ${counts.warn} warn, ${counts.notApplicable} not applicable, ${counts.error} error`;
  const seconds = `in ${(report.durationMs / 1000).toFixed(1)} s`;
  if (report.outcome === "could-not-run")
    return `${paint(35, "COULD NOT RUN")}: ${plain(report.reason ?? "no verdict")} (score n/a; ${tally})`;
  const word = report.outcome === "conforms" ? paint(32, "CONFORMS") : paint(31, "FINDINGS");
  return `${word}: ${tally}, ${seconds}`;
}

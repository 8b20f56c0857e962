import { type Report, renderJson } from "../report.js";
import { renderBadge, renderBadgeJson } from "./badge.js";
import { renderHtml } from "./html.js";
import { renderJunit } from "./junit.js";
import { renderMarkdown } from "./markdown.js";
import { renderSarif } from "./sarif.js";
import { renderTap } from "./tap.js";
import { renderText } from "./text.js";
import type { ReportOptions } from "./verdict.js";

/** JSON of the same value, without what a CI runner takes for a command in what is printed. */
const withoutCommands = (json: string): string => json.replace(/#(?=#(?:\[|vso\[))/gi, "\\u0023");

/** Every form of a report, by its name on the command line. */
export const reportRenderers = {
  text: renderText,
  json: (report: Report) => withoutCommands(renderJson(report)),
  junit: renderJunit,
  sarif: (report: Report, options?: ReportOptions) => withoutCommands(renderSarif(report, options)),
  tap: renderTap,
  markdown: renderMarkdown,
  html: renderHtml,
  badge: renderBadge,
  "badge-json": renderBadgeJson,
} as const satisfies Readonly<Record<string, (report: Report, options?: ReportOptions) => string>>;

/** Name of a form of a report. */
export type ReportFormat = keyof typeof reportRenderers;

/** The report in one of its forms, with a line break at the end. */
export function renderReport(format: ReportFormat, report: Report, options: ReportOptions = {}): string {
  const render: (report: Report, options: ReportOptions) => string = reportRenderers[format];
  return render(report, options);
}

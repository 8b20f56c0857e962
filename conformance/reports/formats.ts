import { type Report, renderJson } from "../report.js";
import { renderBadge, renderBadgeJson } from "./badge.js";
import { renderHtml } from "./html.js";
import { renderJunit } from "./junit.js";
import { renderMarkdown } from "./markdown.js";
import { renderSarif } from "./sarif.js";
import { renderTap } from "./tap.js";
import { renderText } from "./text.js";
import type { ReportOptions } from "./verdict.js";

/** JSON of the same value, without what a CI runner takes for a command, or a terminal for more than text, in what is printed. */
const harmless = (json: string): string =>
  json
    .replace(/#(?=#(?:\[|vso\[))/gi, "\\u0023")
    .replace(
      /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );

/** Every form of a report, by its name on the command line. */
export const reportRenderers = {
  text: renderText,
  json: (report: Report) => harmless(renderJson(report)),
  junit: renderJunit,
  sarif: (report: Report, options?: ReportOptions) => harmless(renderSarif(report, options)),
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

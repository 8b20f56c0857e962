import type { Report } from "../report.js";
import { conclusionOf, findingCount, holding, judgedIn, many, type ReportOptions } from "./verdict.js";

const colors = { conforms: "#1a7f37", partly: "#8a6d00", findings: "#cf222e", "not-judged": "#57606a" } as const;
const label = "ASAP";

/** What a badge says: the profiles that hold, the number of findings, or `n/a` where there is no verdict. */
function saying(report: Report, options: ReportOptions): { readonly message: string; readonly color: string } {
  const conclusion = conclusionOf(report, options);
  if (conclusion === "not-judged") return { message: "n/a", color: colors["not-judged"] };
  if (conclusion === "findings")
    return { message: many(Math.max(1, findingCount(report, options)), "finding"), color: colors.findings };
  const whole = holding(report);
  if (whole.length === 0) return { message: `no findings in ${many(judgedIn(report), "case")}`, color: colors.partly };
  return { message: `conforms · ${whole.join(", ")}`, color: colors.conforms };
}

/** The badge as data, in the form of an endpoint of shields.io. */
export function renderBadgeJson(report: Report, options: ReportOptions = {}): string {
  const { message, color } = saying(report, options);
  return `${JSON.stringify({ schemaVersion: 1, label, message, color: color.slice(1) })}\n`;
}

/** The badge as an SVG of its own, without a font or a script from elsewhere. */
export function renderBadge(report: Report, options: ReportOptions = {}): string {
  const { message, color } = saying(report, options);
  const left = widthOf(label) + 16;
  const right = widthOf(message) + 16;
  const whole = left + right;
  const title = `${label}: ${message}`;
  const text = (x: number, width: number, words: string) =>
    `<text x="${x}" y="14" textLength="${width}" lengthAdjust="spacingAndGlyphs">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="20" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<clipPath id="r"><rect width="${whole}" height="20" rx="4"/></clipPath>`,
    '<g clip-path="url(#r)">',
    `<rect width="${left}" height="20" fill="#24292f"/>`,
    `<rect x="${left}" width="${right}" height="20" fill="${color}"/>`,
    "</g>",
    '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">',
    text(8, left - 16, label),
    text(left + 8, right - 16, message),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Width of a text in px at 11 px of a sans-serif; the SVG stretches the glyphs to it. */
function widthOf(text: string): number {
  const width = (char: string) => (/[ijl.,·:;|! ]/.test(char) ? 4 : /[A-ZmwM]/.test(char) ? 8.4 : 6.8);
  return Math.ceil([...text].reduce((sum, char) => sum + width(char), 0));
}

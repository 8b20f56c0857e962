import type { RegistryFinding, RegistryReport } from "./finding.js";

/** Options of {@link formatRegistryText}. */
export interface FormatTextOptions {
  /** Whether to colour the text with ANSI escapes. Default false. */
  colour?: boolean;
}

const escapeCode = String.fromCharCode(27);

const count = (number: number, noun: string): string => `${number} ${number === 1 ? noun : `${noun}s`}`;

/** Text with its control characters escaped, so that a file cannot steer the terminal that shows it. */
function plain(text: string): string {
  return [...text]
    .map((sign) => {
      const code = sign.codePointAt(0) ?? 0;
      const steers = code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e);
      return steers ? `\\u${code.toString(16).padStart(4, "0")}` : sign;
    })
    .join("");
}

function formatFinding(
  finding: RegistryFinding,
  source: string,
  paint: (code: number, text: string) => string,
): string {
  const { severity, rule, pointer, line, column, message, hint } = finding;
  const head = `${source}:${line}:${column}: ${paint(severity === "error" ? 31 : 33, severity)}: ${plain(message)} ${paint(2, `[${rule}]`)}`;
  return `${head}\n    at ${plain(pointer) || "(root)"}\n    ${plain(hint)}`;
}

/**
 * Writes a report for people: each finding with its place and how to mend it, then the verdict.
 *
 * @param report what {@link validateRegistry} found
 * @param source name of the file or its URL
 * @param options see {@link FormatTextOptions}
 */
export function formatRegistryText(report: RegistryReport, source: string, options: FormatTextOptions = {}): string {
  const paint = (code: number, text: string) =>
    options.colour ? `${escapeCode}[${code}m${text}${escapeCode}[0m` : text;
  const errors = report.findings.filter((finding) => finding.severity === "error").length;
  const warnings = report.findings.length - errors;
  const verdict = report.valid ? paint(32, "valid") : paint(31, "invalid");
  const form = report.strict ? " (published six-field form)" : "";
  const counts = [count(report.agents, "agent"), count(errors, "error"), count(warnings, "warning")].join(", ");
  return [
    ...report.findings.map((finding) => formatFinding(finding, source, paint)),
    `${source}: ${verdict}${form}: ${counts}`,
  ].join("\n");
}

import type { RegistryReport } from "./finding.js";

/** Escapes the text of a workflow command. */
const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/** Escapes a property of a workflow command. */
const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/**
 * Writes a report as workflow commands of GitHub Actions, which show each finding at its line in a pull request.
 *
 * @param report what {@link validateRegistry} found
 * @param source path of the file, relative to the root of the repository
 */
export function formatRegistryGithub(report: RegistryReport, source: string): string {
  return report.findings
    .map(({ severity, rule, pointer, line, column, message, hint }) => {
      const properties = { file: source, line: String(line), col: String(column), title: `asap registry: ${rule}` };
      const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
      const place = pointer === "" ? "" : ` (${pointer})`;
      return `::${severity} ${list.join(",")}::${escapeData(`${message}${place}. ${hint}`)}`;
    })
    .join("\n");
}

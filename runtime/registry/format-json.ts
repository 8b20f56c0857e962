import type { RegistryReport } from "./finding.js";

/**
 * Writes a report as JSON: `source`, `valid`, `strict`, `agents`, `errors`, `warnings` (counts) and `findings`.
 *
 * @param report what {@link validateRegistry} found
 * @param source name of the file or its URL
 */
export function formatRegistryJson(report: RegistryReport, source: string): string {
  const errors = report.findings.filter((finding) => finding.severity === "error").length;
  const { valid, strict, agents, findings } = report;
  return JSON.stringify(
    { source, valid, strict, agents, errors, warnings: findings.length - errors, findings },
    null,
    2,
  );
}

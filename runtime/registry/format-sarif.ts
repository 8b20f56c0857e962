import type { RegistryFinding, RegistryReport } from "./finding.js";
import { type RegistryRule, registryRules } from "./rules.js";

/** Options of {@link formatRegistrySarif}. */
export interface FormatSarifOptions {
  /** Version of this package, for the report's `tool`. */
  toolVersion?: string;
}

const ruleIds = Object.keys(registryRules) as RegistryRule[];

const isUrl = (source: string): boolean => /^[a-z][a-z\d+.-]+:\/\//i.test(source);

function locationOf(source: string): { uri: string; uriBaseId?: string } {
  if (isUrl(source)) return { uri: source };
  const segments = source.replaceAll("\\", "/").replace(/^\.\//, "").split("/");
  return { uri: segments.map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" };
}

/** What tells a finding from others and stays the same when entries move: the rule, the agent, the place in its entry. */
function fingerprintOf({ rule, agent, pointer }: RegistryFinding): string {
  const inner = agent === undefined ? pointer : pointer.replace(/^(?:\/agents)?\/\d+/, "");
  return [rule, agent ?? "", inner].join("|");
}

/**
 * Writes a report as SARIF 2.1.0, the form in which code hosts take the findings of a check.
 *
 * @param report what {@link validateRegistry} found
 * @param source path of the file, relative to the root of the repository, or its URL
 * @param options see {@link FormatSarifOptions}
 */
export function formatRegistrySarif(report: RegistryReport, source: string, options: FormatSarifOptions = {}): string {
  const seen = new Map<string, number>();
  const results = report.findings.map((finding) => {
    const print = fingerprintOf(finding);
    const occurrence = (seen.get(print) ?? 0) + 1;
    seen.set(print, occurrence);
    return {
      ruleId: finding.rule,
      ruleIndex: ruleIds.indexOf(finding.rule),
      level: finding.severity,
      message: { text: `${finding.message}. ${finding.hint}` },
      locations: [
        {
          physicalLocation: {
            artifactLocation: locationOf(source),
            region: { startLine: finding.line, startColumn: finding.column },
          },
          logicalLocations: [{ fullyQualifiedName: finding.pointer, kind: "member" }],
        },
      ],
      partialFingerprints: { "asapRegistry/v1": `${print}:${occurrence}` },
    };
  });
  const rules = ruleIds.map((id) => ({
    id,
    shortDescription: { text: registryRules[id].summary },
    help: { text: registryRules[id].help },
    defaultConfiguration: { level: registryRules[id].severity },
  }));
  const driver = {
    name: "asap registry validate",
    ...(options.toolVersion !== undefined && { version: options.toolVersion }),
    rules,
  };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver }, columnKind: "utf16CodeUnits", results }],
  };
  return JSON.stringify(log, null, 2);
}

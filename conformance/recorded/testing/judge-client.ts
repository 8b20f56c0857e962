import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Baseline } from "../../baseline.js";
import { judgeClient } from "../../client/judge.js";
import type { CaseResult } from "../../report.js";

/** What the suite said of the recorded client. */
export interface JudgedClient {
  /** Results of the cases of the scenarios, in the order of reports. */
  readonly judged: readonly CaseResult[];
  /** Names of the recordings that the client replayed in the scenario of a case, in order: of each exchange, then of its outcome. */
  answeredFrom(result: CaseResult): readonly string[];
}

/**
 * The scenarios that the recordings cover. Those about members that the reference does not know (wire 18, row 15) stand
 * beside others that differ from them by just that: in `discover` and `registry-skill` the same manifest and the same registry
 * have no further members.
 */
export const recordedScenarios: readonly string[] = [
  "discover",
  "manifest-further-members",
  "send",
  "registry-find",
  "registry-skill",
  "registry-further-members",
  "registry-id",
  "registry-list",
  "base-path",
  "answer-error",
  "answer-internal-error",
  "answer-foreign-id",
  "answer-foreign-correlation",
];

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Judges a client that does what the reference client was recorded to do: it sends the recorded requests, with new ids and
 * times, and reads an answer, or fails at it, as the reference did with a recorded answer of the same kind. What was not
 * recorded it declines: those cases do not apply.
 *
 * @param baseline known failures; none unless given
 * @param scenarios to judge it by; {@link recordedScenarios} unless given
 */
export async function judgeRecordedClient(
  baseline: Baseline = [],
  scenarios = recordedScenarios,
): Promise<JudgedClient> {
  const folder = mkdtempSync(join(tmpdir(), "asap-recorded-client-"));
  try {
    const driver = join(folder, "client-driver.mjs");
    await build({
      entryPoints: [at("client-driver.ts")],
      bundle: true,
      format: "esm",
      target: "es2022",
      platform: "node",
      outfile: driver,
      logLevel: "silent",
    });
    const { cases, reason } = await judgeClient({
      command: [process.execPath, driver, at("../../captures.jsonl"), folder],
      only: scenarios,
      reruns: 0,
      baseline,
    });
    if (cases.length === 0) throw new Error(`nothing was judged: ${reason}`);
    const replayed = new Map(scenarios.map((name) => [name, linesOf(join(folder, name))]));
    return { judged: cases, answeredFrom: ({ area }) => replayed.get(area) ?? [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const linesOf = (path: string): string[] => (existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : []);

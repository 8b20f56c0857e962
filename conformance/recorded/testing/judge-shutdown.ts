import type { CaseResult } from "../../report.js";
import { judgeRecorded } from "./judge.js";
import { echo } from "./runs.js";

/** What the suite said of how the recorded agent ends. */
export interface JudgedShutdown {
  readonly judged: readonly CaseResult[];
  /** Names of the recordings that a case was answered from, each once. */
  answeredFrom(result: CaseResult): readonly string[];
}

/** The case, and others on a connection that is answered and closed. */
const chosen = ["websocket.shutdown", "websocket.answer.one-object", "websocket.close.code"];

/**
 * Has the suite judge how the recorded agent ends: its connections are closed as was recorded when it got SIGTERM.
 *
 * @throws Error where something could not be judged.
 */
export async function judgeRecordedShutdown(): Promise<JudgedShutdown> {
  const { judged, unjudged, answeredFrom } = await judgeRecorded(echo, { only: chosen, timeoutMs: 2500 }, true);
  if (unjudged.length > 0) throw new Error(`these send what was not recorded: ${unjudged.join(", ")}`);
  return { judged, answeredFrom: (result) => [...new Set(answeredFrom(result).map(({ name }) => name))] };
}

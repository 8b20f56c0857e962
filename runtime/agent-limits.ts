import type { ProtocolDefinition } from "../generated/contract.js";
import { invalidOption } from "./invalid-option.js";

/** Limits of an agent; all are on by default. */
export interface AgentLimits {
  /** Oldest envelope taken, in milliseconds. Default 300,000. */
  readonly maxTimestampAgeMs?: number;
  /** Farthest future of an envelope, in milliseconds. Default 30,000. */
  readonly maxTimestampAheadMs?: number;
  /** Deepest nesting of a message. Default 1,000. */
  readonly maxDepth?: number;
  /** Most messages worked on at once; more are answered with HTTP 503. Default 1,000. */
  readonly maxConcurrentTasks?: number;
  /** Longest run of a skill, in milliseconds. Default 600,000. */
  readonly taskTimeoutMs?: number;
  /** Most answers kept for repeats. Default 40,000. */
  readonly maxStoredAnswers?: number;
  /** Most characters of answers kept for repeats. Default 67,108,864. */
  readonly maxStoredAnswerCharacters?: number;
  /** How long an answer is kept for repeats at least, in milliseconds. Default 330,000. */
  readonly storedAnswerAgeMs?: number;
  /** Most tasks remembered. Default 20,000. */
  readonly maxTasks?: number;
  /** How long an instance may fall silent before others take its stored tasks over, in milliseconds, from 100. Default 30,000. */
  readonly taskLeaseMs?: number;
  /** How deep tasks may be nested in tasks, where those are stored; 10 at most. Default 10. */
  readonly maxTaskDepth?: number;
}

/** A limit of the protocol that is told in seconds, in milliseconds. */
export const secondsLimit = (protocol: ProtocolDefinition, name: string, fallback: number): number =>
  Number(protocol.limits[name] ?? fallback) * 1000;

/** Deepest nesting that a task can tell (its `depth`). */
const deepestTask = 10;

/**
 * Checks limits and fills in the defaults.
 *
 * @throws AsapError `asap:config/invalid_option`.
 */
export function checkedLimits(given: AgentLimits, protocol: ProtocolDefinition): Required<AgentLimits> {
  const limits: Required<AgentLimits> = {
    maxTimestampAgeMs: secondsLimit(protocol, "max_timestamp_age_seconds", 300),
    maxTimestampAheadMs: secondsLimit(protocol, "max_timestamp_ahead_seconds", 30),
    maxDepth: 1_000,
    maxConcurrentTasks: 1_000,
    taskLeaseMs: 30_000,
    maxTaskDepth: deepestTask,
    taskTimeoutMs: secondsLimit(protocol, "task_timeout_seconds", 600),
    maxStoredAnswers: 40_000,
    maxStoredAnswerCharacters: 67_108_864,
    storedAnswerAgeMs: 330_000,
    maxTasks: 20_000,
    ...given,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (typeof value !== "number" || !(value >= 0)) throw invalidOption(`limits.${name}`, "must be a number from 0");
  }
  const { taskLeaseMs } = limits;
  if (taskLeaseMs < 100 || taskLeaseMs > 2_147_483_647) {
    throw invalidOption("limits.taskLeaseMs", "must be a number of milliseconds from 100 to 2,147,483,647");
  }
  if (limits.maxTaskDepth > deepestTask) throw invalidOption("limits.maxTaskDepth", `must be ${deepestTask} at most`);
  return limits;
}

import type { WebhookMetrics } from "../webhooks/metrics.js";

/** Upper bounds of the duration buckets, in seconds (wire section 15.1). */
export const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Durations counted into buckets; `counts` has one more place, for all above the last bound. */
export interface Durations {
  readonly counts: Float64Array;
  sum: number;
}

/** Durations of which none was counted. */
export const durations = (): Durations => ({ counts: new Float64Array(durationBuckets.length + 1), sum: 0 });

/** Counts a duration. */
export function observe(target: Durations, seconds: number): void {
  let place = 0;
  while (place < durationBuckets.length && seconds > (durationBuckets[place] as number)) place++;
  target.counts[place] = (target.counts[place] as number) + 1;
  target.sum += seconds;
}

/** What became of the messages of one payload type. */
export interface PayloadSeries {
  readonly payloadType: string;
  succeeded: number;
  /** Failed messages by `error_type`. */
  readonly failed: Map<string, number>;
  readonly successDurations: Durations;
  readonly errorDurations: Durations;
  executions: number;
  failures: number;
  readonly handlerDurations: Durations;
}

/** Counts what an agent does; cheap enough for every message. Read by an exposition such as Prometheus. */
export class AgentMetrics {
  readonly series = new Map<string, PayloadSeries>();
  /** Changes of status, by the status before and the one after. */
  readonly transitions = new Map<string, Map<string, { count: number }>>();
  readonly startedAtMs: number;
  /** Open connections that take pushes. */
  connections = 0;
  /** What becomes of the agent's webhooks; undefined for an agent without them. */
  webhooks: WebhookMetrics | undefined;

  constructor(nowMs: number) {
    this.startedAtMs = nowMs;
  }

  /** The counters of one payload type; `other` for types the agent does not take. */
  of(payloadType: string): PayloadSeries {
    let found = this.series.get(payloadType);
    if (found === undefined) {
      found = {
        payloadType,
        succeeded: 0,
        failed: new Map(),
        successDurations: durations(),
        errorDurations: durations(),
        executions: 0,
        failures: 0,
        handlerDurations: durations(),
      };
      this.series.set(payloadType, found);
    }
    return found;
  }

  /** Counts a task's change of status. */
  transition(from: string, to: string): void {
    const counter = this.transitions.get(from)?.get(to);
    if (counter !== undefined) {
      counter.count += 1;
      return;
    }
    const targets = this.transitions.get(from) ?? new Map<string, { count: number }>();
    this.transitions.set(from, targets.set(to, { count: 1 }));
  }
}

/** Counts a message that was answered with a result. */
export function countSuccess(series: PayloadSeries, seconds: number): void {
  series.succeeded += 1;
  observe(series.successDurations, seconds);
}

/** Counts a message that was answered with an error. */
export function countError(series: PayloadSeries, errorType: string, seconds: number): void {
  series.failed.set(errorType, (series.failed.get(errorType) ?? 0) + 1);
  observe(series.errorDurations, seconds);
}

/** Counts a run of a handler. */
export function countHandler(series: PayloadSeries, failed: boolean, seconds: number): void {
  series.executions += 1;
  if (failed) series.failures += 1;
  observe(series.handlerDurations, seconds);
}

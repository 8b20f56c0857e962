import type { Metric } from "prom-client";
import { type Durations, durationBuckets, durations } from "./metrics.js";

type Labels = Readonly<Record<string, string>>;
/** A value of a metric. */
export interface Sample {
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** The values of one metric, in the form prom-client prints. */
export function metric(
  name: string,
  help: string,
  type: "counter" | "gauge" | "histogram",
  samples: readonly Sample[],
): Metric {
  const none = type === "histogram" ? histogram(name, {}, durations()) : [{ labels: {}, value: 0 }];
  const values = samples.length > 0 ? samples : none;
  const held = {
    name,
    help,
    type,
    aggregator: "sum",
    get: async () => ({ name, help, type, aggregator: "sum", values }),
  };
  return held as unknown as Metric;
}

/** The values of a histogram. */
export function histogram(name: string, labels: Labels, { counts, sum }: Durations): Sample[] {
  const samples: Sample[] = [];
  let total = 0;
  for (const [place, bound] of durationBuckets.entries()) {
    total += counts[place] as number;
    samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: total });
  }
  total += counts[durationBuckets.length] as number;
  samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: total });
  samples.push({ metricName: `${name}_sum`, labels, value: sum });
  samples.push({ metricName: `${name}_count`, labels, value: total });
  return samples;
}

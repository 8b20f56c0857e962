import type { Settlement } from "./delivery.js";
import type { DeliveryQueue, Settled } from "./delivery-queue.js";
import { counted } from "./metrics.js";

type Attributes = Readonly<Record<string, string>>;
interface Described {
  readonly description?: string;
  readonly unit?: string;
}

/** Takes what an observable gauge shows. */
export interface GaugeResult {
  observe(value: number, attributes?: Attributes): void;
}

/** The part of an OpenTelemetry `Meter` that webhooks use. */
export interface WebhookMeter {
  createCounter(name: string, options?: Described): { add(value: number, attributes?: Attributes): void };
  createHistogram(name: string, options?: Described): { record(value: number, attributes?: Attributes): void };
  createObservableGauge(
    name: string,
    options?: Described,
  ): { addCallback(callback: (result: GaugeResult) => void | Promise<void>): void };
}

/**
 * Records what becomes of webhooks with an OpenTelemetry meter, under the names that Prometheus has, with dots for
 * underscores.
 *
 * @param queue Asked for its stats when the meter is read; while it does not tell, its gauges have no value.
 * @returns To be told of every attempt that was written.
 * @see https://opentelemetry.io/docs/specs/otel/metrics/api/
 */
export function meteredWebhooks(
  meter: WebhookMeter,
  queue: Pick<DeliveryQueue, "stats">,
  now: () => number,
): (settlement: Settlement, settled: Settled) => void {
  const counter = (name: string, description: string) => meter.createCounter(`asap.webhook.${name}`, { description });
  const attempts = counter("attempts", "Attempts, by what came of them");
  const deliveries = counter("deliveries", "Deliveries that came to their end");
  const retries = counter("retries", "Attempts after the first of a delivery");
  const dead = counter("dead_letters", "Deliveries that were given up, by why");
  const durations = meter.createHistogram("asap.webhook.delivery.duration", {
    description: "Time of an attempt",
    unit: "s",
  });
  const gauge = (name: string, description: string, show: (result: GaugeResult) => Promise<void>) =>
    meter
      .createObservableGauge(`asap.webhook.${name}`, { description })
      .addCallback((result) => show(result).catch(() => {}));
  gauge("queue.depth", "Deliveries, by where they stand", async (result) => {
    const { pending, leased, dead } = await queue.stats();
    for (const [state, count] of Object.entries({ pending, leased, dead })) result.observe(count, { state });
  });
  gauge("oldest_due", "Seconds since the delivery was due that is due longest", async (result) => {
    const { oldestDueMs } = await queue.stats();
    result.observe(oldestDueMs === null ? 0 : Math.max(0, now() - oldestDueMs) / 1_000);
  });
  gauge("open_circuits", "Endpoints that are left alone", async (result) => {
    result.observe((await queue.stats()).openCircuits);
  });
  return (settlement, settled) => {
    const one = counted(settlement, settled);
    if (one === undefined) return;
    if (one.attempt !== undefined) {
      attempts.add(1, { outcome: one.attempt });
      durations.record(one.seconds);
    }
    if (one.isRetry) retries.add(1);
    if (one.reason !== undefined) dead.add(1, { reason: one.reason });
    if (one.result !== undefined) deliveries.add(1, { event: settlement.delivery.event, result: one.result });
  };
}

import type { Metric } from "prom-client";
import type { QueueStats } from "../webhooks/delivery-queue.js";
import type { WebhookMetrics } from "../webhooks/metrics.js";
import { histogram, metric, type Sample } from "./prometheus-metric.js";

const samples = <Key extends string>(label: string, entries: Iterable<readonly [Key, number]>): readonly Sample[] =>
  [...entries].map(([text, value]) => ({ labels: { [label]: text }, value }));

const one = (value: number): readonly Sample[] => [{ labels: {}, value }];

/** The metrics of webhooks, in the form prom-client prints. While the store does not tell, its gauges are left out. */
export async function webhookMetrics(webhooks: WebhookMetrics): Promise<readonly Metric[]> {
  const stats = await webhooks.stats();
  const ended = [...webhooks.deliveries].flatMap(([event, counts]) =>
    Object.entries(counts)
      .filter(([, value]) => value > 0)
      .map(([result, value]) => ({ labels: { event, result }, value })),
  );
  const duration = "asap_webhook_delivery_duration_seconds";
  return [
    metric(
      "asap_webhook_attempts_total",
      "Attempts to deliver webhooks, by what came of them",
      "counter",
      samples("outcome", webhooks.attempts),
    ),
    metric("asap_webhook_deliveries_total", "Webhooks that came to their end", "counter", ended),
    metric("asap_webhook_retries_total", "Attempts after the first of a webhook", "counter", one(webhooks.retries)),
    metric(
      "asap_webhook_dead_letters_total",
      "Webhooks that were given up, by why",
      "counter",
      samples("reason", webhooks.dead),
    ),
    metric(duration, "Time of an attempt", "histogram", histogram(duration, {}, webhooks.durations)),
    metric(
      "asap_webhook_endpoint_attempts_total",
      "Attempts by host, the busiest ones and all others",
      "counter",
      samples("host", webhooks.hosts()),
    ),
    metric("asap_webhook_store_up", "Whether the store of webhooks answers", "gauge", one(stats === undefined ? 0 : 1)),
    ...(stats === undefined ? [] : gauges(stats, webhooks.oldestDueSeconds(stats))),
  ];
}

function gauges({ pending, leased, dead, openCircuits }: QueueStats, oldestDueSeconds: number): readonly Metric[] {
  return [
    metric(
      "asap_webhook_queue_depth",
      "Webhooks by where they stand",
      "gauge",
      samples("state", Object.entries({ pending, leased, dead })),
    ),
    metric(
      "asap_webhook_oldest_due_seconds",
      "Time since the webhook was due that is due longest",
      "gauge",
      one(oldestDueSeconds),
    ),
    metric("asap_webhook_open_circuits", "Endpoints that are left alone for now", "gauge", one(openCircuits)),
  ];
}

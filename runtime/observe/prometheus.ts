import type { AgentMetrics, Durations } from "./metrics.js";
import { histogram, metric, type Sample } from "./prometheus-metric.js";
import { webhookMetrics } from "./prometheus-webhooks.js";

/** Content type of the exposition. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

/** Counters of the reference that this agent has no occasion to count, exported as 0. */
const idle: readonly (readonly [string, string])[] = [
  ["asap_transport_send_total", "Messages sent to peers"],
  ["asap_transport_send_errors_total", "Messages that could not be sent"],
  ["asap_transport_retries_total", "Messages sent again"],
];

/**
 * Prints the metrics of an agent in the Prometheus text format 0.0.4, under the names and buckets of
 * wire section 15.1.
 *
 * @param nowMs Current time in milliseconds.
 */
export async function renderPrometheus(metrics: AgentMetrics, nowMs: number): Promise<string> {
  const { Registry } = await import("prom-client");
  const all = [...metrics.series.values()];
  const failed = all.flatMap(({ payloadType, failed }) =>
    [...failed].map(([error_type, value]) => ({ payload_type: payloadType, error_type, value })),
  );
  const total = (errorType: string): Sample[] => [
    {
      labels: {},
      value: failed.filter((each) => each.error_type === errorType).reduce((sum, { value }) => sum + value, 0),
    },
  ];
  const count = (name: string, help: string, samples: readonly Sample[]) => metric(name, help, "counter", samples);
  const registry = new Registry();
  const requests = all.flatMap(({ payloadType: payload_type, succeeded, failed }) => {
    const errors = [...failed.values()].reduce((sum, value) => sum + value, 0);
    return [
      ...(succeeded > 0 ? [{ labels: { payload_type, status: "success" }, value: succeeded }] : []),
      ...(errors > 0 ? [{ labels: { payload_type, status: "error" }, value: errors }] : []),
    ];
  });
  const used = (durations: Durations) => durations.counts.some((value) => value > 0);
  for (const each of [
    count("asap_requests_total", "Messages received", requests),
    count(
      "asap_requests_success_total",
      "Messages answered with a result",
      all
        .filter(({ succeeded }) => succeeded > 0)
        .map((each) => ({ labels: { payload_type: each.payloadType }, value: each.succeeded })),
    ),
    count(
      "asap_requests_error_total",
      "Messages answered with an error",
      failed.map(({ value, ...labels }) => ({ labels, value })),
    ),
    metric(
      "asap_request_duration_seconds",
      "Time to answer a message",
      "histogram",
      all.flatMap(({ payloadType: payload_type, successDurations, errorDurations }) => [
        ...(used(successDurations)
          ? histogram("asap_request_duration_seconds", { payload_type, status: "success" }, successDurations)
          : []),
        ...(used(errorDurations)
          ? histogram("asap_request_duration_seconds", { payload_type, status: "error" }, errorDurations)
          : []),
      ]),
    ),
    count(
      "asap_handler_executions_total",
      "Runs of a handler",
      all
        .filter(({ executions }) => executions > 0)
        .map((each) => ({ labels: { payload_type: each.payloadType }, value: each.executions })),
    ),
    count(
      "asap_handler_errors_total",
      "Runs of a handler that failed",
      all
        .filter(({ failures }) => failures > 0)
        .map((each) => ({ labels: { payload_type: each.payloadType }, value: each.failures })),
    ),
    metric(
      "asap_handler_duration_seconds",
      "Time a handler ran",
      "histogram",
      all
        .filter(({ executions }) => executions > 0)
        .flatMap((each) =>
          histogram("asap_handler_duration_seconds", { payload_type: each.payloadType }, each.handlerDurations),
        ),
    ),
    count(
      "asap_state_transitions_total",
      "Changes of a task's status",
      [...metrics.transitions].flatMap(([from_status, targets]) =>
        [...targets].map(([to_status, { count: value }]) => ({ labels: { from_status, to_status }, value })),
      ),
    ),
    count("asap_validation_errors_total", "Messages refused by validation", [
      ...["invalid_params", "missing_envelope", "invalid_envelope"].map((reason) => ({
        labels: { reason },
        value: total(reason)[0]?.value ?? 0,
      })),
    ]),
    count("asap_parse_errors_total", "Messages that were not JSON", total("parse_error")),
    count("asap_auth_failures_total", "Messages refused for their credentials", total("auth_failed")),
    count("asap_invalid_timestamp_total", "Messages too old or from the future", total("invalid_timestamp")),
    count("asap_invalid_nonce_total", "Messages with a bad or used nonce", total("invalid_nonce")),
    count(
      "asap_sender_mismatch_total",
      "Messages of another sender than the credentials name",
      total("sender_mismatch"),
    ),
    count(
      "asap_thread_pool_exhausted_total",
      "Messages refused because too many tasks ran",
      total("thread_pool_exhausted"),
    ),
    ...idle.map(([name, help]) => count(name, help, [])),
    metric("asap_transport_send_duration_seconds", "Time to send a message", "histogram", []),
    metric("asap_websocket_connections", "Open WebSocket connections", "gauge", [
      { labels: {}, value: metrics.connections },
    ]),
    metric("asap_process_uptime_seconds", "Time since the agent started", "gauge", [
      { labels: {}, value: (nowMs - metrics.startedAtMs) / 1000 },
    ]),
    ...(metrics.webhooks === undefined ? [] : await webhookMetrics(metrics.webhooks)),
  ]) {
    registry.registerMetric(each);
  }
  return registry.metrics();
}

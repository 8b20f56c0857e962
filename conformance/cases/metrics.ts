import { routes } from "../../generated/routes.js";
import type { Case, Context, Step } from "../case.js";
import { accepted, type Check, header, judged, refused, status, textOf } from "../checks.js";
import { get, task } from "../documents.js";
import { bucketBounds, type Exposition, histogramFault, readExposition, total } from "../exposition.js";
import type { Exchange } from "../wire.js";

/** The page, a task, a stale one, one of a type without a handler, and the page again; sent once for all cases here. */
const steps = (context: Context): readonly Step[] => [
  get(routes.metrics.path, { share: "metrics-before" }),
  task(context, {}, { share: "metrics-task" }),
  task(context, { envelope: { timestamp: "2020-01-01T00:00:00Z" } }, { share: "metrics-stale" }),
  task(context, { envelope: { payload_type: "no.such" } }, { share: "metrics-unknown" }),
  get(routes.metrics.path, { share: "metrics-after" }),
];
const after = 4;
const buckets = "0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10";
const histogram = "asap_request_duration_seconds";

/** A check of a metrics page: what is wrong with it, null when nothing. */
function shows(
  at: number,
  expected: string,
  found: (page: Exposition, before: Exposition | null) => string | null,
): Check {
  return (exchanges) => {
    const read = (exchange: Exchange | undefined) => readExposition(textOf(exchange));
    const now = read(exchanges[at]);
    const first = read(exchanges[0]);
    if (typeof now === "string") return { expected, found: `a line that is no metric: ${now.slice(0, 80)}`, at };
    const wrong = found(now, typeof first === "string" ? null : first);
    return wrong === null ? null : { expected, found: wrong, at };
  };
}

/** The judge, but not applicable when the metrics are kept from this caller. */
const whenOpen =
  (judge: Case["judge"]): Case["judge"] =>
  (exchanges, context) => {
    const closed = [401, 403].includes(exchanges[0]?.response?.status ?? 0);
    return closed
      ? { outcome: "not-applicable", reason: "the metrics are kept from this caller" }
      : judge(exchanges, context);
  };

function metrics(id: string, title: string, requirements: string[], checks: readonly Check[]): Case {
  return {
    id: `metrics.${id}`,
    title,
    area: "metrics",
    level: "MUST",
    requirements,
    phase: "last",
    steps,
    judge: whenOpen(judged(...checks)),
  };
}

const grows = (name: string, labels: Record<string, string>) => (now: Exposition, before: Exposition | null) => {
  const [was, is] = [before === null ? 0 : total(before, name, labels), total(now, name, labels)];
  return is > was ? null : `${name}${JSON.stringify(labels)} was ${was} and is ${is}`;
};

/** The metrics page. */
export const metricsCases: readonly Case[] = [
  metrics(
    "served",
    "Metrics are served in the Prometheus text format",
    ["MET-001"],
    [
      status(0, 200),
      accepted(1),
      header(after, "Content-Type", /^text\/plain;.*\bversion=0\.0\.4/i, "text/plain; version=0.0.4"),
      shows(after, "asap_requests_total of type counter", ({ types }) =>
        types.get("asap_requests_total") === "counter" ? null : `its type is ${types.get("asap_requests_total")}`,
      ),
    ],
  ),
  metrics(
    "requests-counted",
    "A task is counted by payload_type and status",
    ["MET-002"],
    [
      accepted(1),
      shows(
        after,
        "one success more",
        grows("asap_requests_total", { payload_type: "task.request", status: "success" }),
      ),
    ],
  ),
  metrics(
    "errors-counted",
    "A refused task is counted as an error, by error_type",
    ["MET-002"],
    [
      refused(2, -32602),
      shows(after, "one error more", grows("asap_requests_total", { status: "error" })),
      shows(
        after,
        "one invalid_timestamp more",
        grows("asap_requests_error_total", { error_type: "invalid_timestamp" }),
      ),
    ],
  ),
  metrics(
    "unknown-type-counted-as-other",
    "A payload type without a handler is counted as other",
    ["MET-004"],
    [
      refused(3, -32601),
      shows(
        after,
        "one error of type other more",
        grows("asap_requests_total", { payload_type: "other", status: "error" }),
      ),
    ],
  ),
  metrics(
    "buckets-cumulative",
    "Histogram buckets are cumulative once and end in +Inf equal to the count",
    ["MET-003"],
    [
      accepted(1),
      shows(
        after,
        "cumulative buckets",
        (now) => histogramFault(now, histogram) ?? histogramFault(now, "asap_handler_duration_seconds"),
      ),
      shows(after, "a duration more", grows(`${histogram}_count`, {})),
    ],
  ),
  metrics(
    "bucket-bounds",
    "Durations are observed in the listed buckets",
    ["MET-005"],
    [
      accepted(1),
      shows(after, buckets, (now) => {
        const found = bucketBounds(now, histogram).join(" ");
        return found === buckets ? null : found || "no buckets";
      }),
    ],
  ),
];

import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type AgentOptions, createAgent } from "../agent.js";
import { skill } from "../skill.js";
import { ask, type Differences, messageText } from "../testing/asap-request.js";
import { AgentMetrics, countHandler, countSuccess, durationBuckets } from "./metrics.js";
import { prometheusContentType, renderPrometheus } from "./prometheus.js";

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the text format 0.0.4 and refuses what is not of it. */
function parse(text: string) {
  expect(text.endsWith("\n")).toBe(true);
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) {
      expect(types.has(type[1] as string)).toBe(false);
      types.set(type[1] as string, type[2] as string);
      continue;
    }
    if (/^# HELP [a-z_]+ \S.*$/.test(line)) continue;
    const [, name = "", , labels = "", value = ""] =
      /^([a-z_]+)(\{((?:[a-z_]+="[^"\\]*",?)*)\})? (-?[0-9.e+-]+|\+Inf)$/.exec(line) ?? [];
    expect(name, line).not.toBe("");
    const pairs = [...labels.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label, text]) => [label, text]);
    samples.push({ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) });
  }
  const value = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    samples.find(
      (sample) =>
        sample.name === name &&
        Object.keys(sample.labels).length === Object.keys(labels).length &&
        Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    )?.value;
  return { types, samples, value };
}

const taskRequest = { payload_type: "task.request" };

function agentWith(options: Partial<AgentOptions> = {}) {
  const skills = {
    echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }),
    fails: skill({
      description: "Fails",
      run: () => {
        throw new Error("canary");
      },
    }),
    late: skill({ description: "Late", timeoutMs: 10, run: () => wait(10_000, {}, { ref: false }) }),
  };
  const agent = createAgent({ id: "urn:asap:agent:server", skills, ...options });
  return { agent, read: async () => parse(await renderPrometheus(agent.metrics, agent.now())) };
}

describe("renderPrometheus() (wire section 15.1)", () => {
  test("MET-001: names and types are those of the wire document, a metric without samples is 0", async () => {
    expect(prometheusContentType).toBe("text/plain; version=0.0.4; charset=utf-8");
    const { types, value } = await agentWith().read();
    const counters = [
      "requests",
      "requests_success",
      "requests_error",
      "handler_executions",
      "handler_errors",
      "state_transitions",
      "transport_send",
      "transport_send_errors",
      "transport_retries",
      "thread_pool_exhausted",
      "parse_errors",
      "auth_failures",
      "invalid_timestamp",
      "invalid_nonce",
      "sender_mismatch",
    ];
    for (const name of counters) {
      expect(types.get(`asap_${name}_total`), name).toBe("counter");
      expect(value(`asap_${name}_total`), name).toBe(0);
    }
    for (const name of ["request", "handler", "transport_send"]) {
      expect(types.get(`asap_${name}_duration_seconds`)).toBe("histogram");
    }
    for (const reason of ["invalid_params", "missing_envelope", "invalid_envelope"]) {
      expect(value("asap_validation_errors_total", { reason })).toBe(0);
    }
    expect(types.get("asap_process_uptime_seconds")).toBe("gauge");
    for (const name of ["asap_request_duration_seconds", "asap_transport_send_duration_seconds"]) {
      expect(value(`${name}_bucket`, { le: "+Inf" })).toBe(0);
      expect(value(`${name}_count`, {})).toBe(0);
    }
  });

  test("MET-002, MET-004: known traffic is counted by type, status and error", async () => {
    let now = Date.now();
    const { agent, read } = agentWith({ nonces: true, now: () => now });
    const messages: (string | Differences)[] = [
      {},
      {},
      {},
      { payload: { skill_id: "fails" } },
      { payload: { skill_id: "late" } },
      { payload: { skill_id: "none" } },
      { payload: { input: [] } },
      { envelope: { payload_type: "canary.none" } },
      messageText("StateQuery", { task_id: "t" }),
      "[",
      "[]",
      { root: { method: "x" } },
      { root: { params: [] } },
      { params: { envelope: null } },
      { envelope: { sender: "x" } },
      { envelope: { timestamp: "2020-01-01T00:00:00Z" } },
      { envelope: { extensions: { nonce: "" } } },
      { envelope: { id: "same" } },
      { envelope: { id: "same" } },
    ];
    for (const message of messages) await ask(agent, message);
    now += 5_000;
    const { samples, value } = await read();
    const errors = (payload_type: string, error_type: string) =>
      value("asap_requests_error_total", { payload_type, error_type });

    expect(value("asap_requests_total", { ...taskRequest, status: "success" })).toBe(5);
    expect(value("asap_requests_total", { ...taskRequest, status: "error" })).toBe(6);
    expect(value("asap_requests_total", { payload_type: "other", status: "error" })).toBe(8);
    expect(value("asap_requests_success_total", taskRequest)).toBe(5);
    expect(errors("task.request", "internal_error")).toBe(2);
    expect(errors("task.request", "invalid_params")).toBe(2);
    expect(errors("task.request", "invalid_timestamp")).toBe(1);
    expect(errors("task.request", "invalid_nonce")).toBe(1);
    expect(errors("other", "handler_not_found")).toBe(2);
    expect(errors("other", "parse_error")).toBe(1);
    expect(errors("other", "invalid_request")).toBe(2);
    expect(errors("other", "invalid_params")).toBe(1);
    expect(errors("other", "missing_envelope")).toBe(1);
    expect(errors("other", "invalid_envelope")).toBe(1);
    expect(value("asap_parse_errors_total")).toBe(1);
    expect(value("asap_invalid_timestamp_total")).toBe(1);
    expect(value("asap_invalid_nonce_total")).toBe(1);
    expect(value("asap_validation_errors_total", { reason: "invalid_params" })).toBe(3);
    expect(value("asap_validation_errors_total", { reason: "missing_envelope" })).toBe(1);
    expect(value("asap_validation_errors_total", { reason: "invalid_envelope" })).toBe(1);
    expect(value("asap_handler_executions_total", taskRequest)).toBe(6);
    expect(value("asap_handler_errors_total", taskRequest)).toBe(2);
    expect(value("asap_state_transitions_total", { from_status: "submitted", to_status: "working" })).toBe(6);
    expect(value("asap_state_transitions_total", { from_status: "working", to_status: "completed" })).toBe(4);
    expect(value("asap_state_transitions_total", { from_status: "working", to_status: "failed" })).toBe(2);
    expect(value("asap_process_uptime_seconds")).toBe(5);
    expect(value("asap_request_duration_seconds_count", { ...taskRequest, status: "success" })).toBe(5);
    expect(value("asap_request_duration_seconds_count", { ...taskRequest, status: "error" })).toBe(6);
    expect(JSON.stringify(samples)).not.toContain("canary");
  });

  test("MET-002: a repeat counts as what is answered again, once it is answered", async () => {
    const { agent, read } = agentWith();
    const repeated = (skill_id: string): Differences => ({ envelope: { id: skill_id }, payload: { skill_id } });
    const late = [ask(agent, repeated("late")), ask(agent, repeated("late"))];
    expect((await read()).value("asap_requests_total")).toBe(0);
    await Promise.all(late);
    for (const skill_id of ["fails", "fails", "echo", "echo"]) {
      await ask(agent, { envelope: { id: skill_id, payload: { conversation_id: "c", skill_id, input: {} } } });
    }
    const { value } = await read();
    expect(value("asap_requests_total", { ...taskRequest, status: "success" })).toBe(2);
    expect(value("asap_requests_error_total", { ...taskRequest, error_type: "internal_error" })).toBe(4);
    expect(value("asap_handler_executions_total", taskRequest)).toBe(3);
  });

  test("MET-002: refused credentials and senders, and too many tasks, have labels of their own", async () => {
    const { agent, read } = agentWith({
      auth: { validateToken: (token) => (token === "good" ? "urn:asap:agent:client" : null) },
      limits: { maxConcurrentTasks: 0 },
    });
    await ask(agent);
    await ask(agent, {}, { authorization: "Bearer bad" });
    await ask(agent, { envelope: { sender: "urn:asap:agent:x" } }, { authorization: "Bearer good" });
    await expect(ask(agent, {}, { authorization: "Bearer good" })).rejects.toMatchObject({
      code: "asap:transport/thread_pool_exhausted",
    });
    const { value } = await read();
    expect(value("asap_auth_failures_total")).toBe(2);
    expect(value("asap_sender_mismatch_total")).toBe(1);
    expect(value("asap_thread_pool_exhausted_total")).toBe(1);
    expect(value("asap_requests_error_total", { payload_type: "other", error_type: "auth_failed" })).toBe(2);
  });

  test("MET-003, MET-005: buckets are cumulative once, end in +Inf equal to the count, and sum up", async () => {
    const metrics = new AgentMetrics(0);
    const series = metrics.of("task.request");
    const durations = [0, 0.005, 0.006, 0.3, 9.99, 10, 11, 1_000];
    for (const seconds of durations) countSuccess(series, seconds);
    countHandler(series, true, 0.02);
    const { samples, value } = parse(await renderPrometheus(metrics, 0));
    const buckets = samples.filter(({ name }) => name === "asap_request_duration_seconds_bucket");
    const bounds = buckets.map(({ labels }) => labels["le"]);
    expect(bounds).toEqual(["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"]);
    expect(bounds.slice(0, -1).map(Number)).toEqual([...durationBuckets]);
    for (const { labels, value: counted } of buckets) {
      const bound = labels["le"] === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels["le"]);
      expect(counted, labels["le"]).toBe(durations.filter((seconds) => seconds <= bound).length);
    }
    const labels = { ...taskRequest, status: "success" };
    expect(value("asap_request_duration_seconds_count", labels)).toBe(durations.length);
    expect(value("asap_request_duration_seconds_sum", labels)).toBeCloseTo(durations.reduce((a, b) => a + b));
    expect(value("asap_handler_duration_seconds_count", taskRequest)).toBe(1);
    expect(value("asap_handler_duration_seconds_bucket", { ...taskRequest, le: "0.025" })).toBe(1);
    expect(value("asap_handler_duration_seconds_bucket", { ...taskRequest, le: "0.01" })).toBe(0);
  });
});

import { metrics as openTelemetry } from "@opentelemetry/api";
import { afterEach, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { AgentMetrics } from "../observe/metrics.js";
import { renderPrometheus } from "../observe/prometheus.js";
import { BusyHosts } from "./busy-hosts.js";
import type { Settlement } from "./delivery.js";
import type { Settled } from "./delivery-queue.js";
import type { WebhookMeter } from "./meter.js";
import { WebhookMetrics } from "./metrics.js";
import { webhookPlan } from "./options.js";
import { webhooks } from "./poster.js";
import { memoryWebhooks } from "./queue/memory.js";
import { WebhookService } from "./service.js";
import { type Receiver, startReceiver, status } from "./testing/receiver.js";
import { deliveryTo } from "./testing/sending.js";

const closing: (() => PromiseLike<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const options = {
  egress: { allowLoopback: true },
  retry: { retries: 2, baseMs: 1, maxMs: 1 },
  circuit: { failures: 3 },
} as const;

async function receiverOf(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const receiver = await startReceiver(...args);
  closing.push(() => receiver[Symbol.asyncDispose]());
  return receiver;
}

/** Webhooks in memory that are counted. */
async function counting() {
  const store = memoryWebhooks();
  const metrics = new AgentMetrics(Date.now());
  metrics.webhooks = new WebhookMetrics(store.queue, Date.now);
  const service = new WebhookService({
    agentId: "urn:asap:agent:sender",
    store,
    plan: webhookPlan(options),
    isJoined: false,
    log: {},
    now: Date.now,
    random: () => 0,
    onSettled: (settlement, settled) => metrics.webhooks?.count(settlement, settled),
  });
  await service.start();
  closing.push(() => service.close(0));
  const empty = async () => {
    for (;;) {
      const { pending, leased } = await store.queue.stats();
      if (pending + leased === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { store, service, metrics, empty, text: () => renderPrometheus(metrics, Date.now()) };
}

/** The values of a metric, by its labels as they are printed. */
function valuesOf(text: string, name: string): Record<string, number> {
  const lines = [...text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, "gm"))];
  return Object.fromEntries(lines.map(([, labels = "", value]) => [labels, Number(value)]));
}

describe("metrics of webhooks", () => {
  test("count attempts, ends, retries and dead letters by what the receiver answered", async () => {
    const { service, store, empty, text } = await counting();
    const receiver = await receiverOf((request, response, count) => {
      const codes: Readonly<Record<string, number>> = { "/ok": 200, "/no": 403, "/gone": 410, "/down": 503 };
      status(request.path === "/second" && count === 0 ? 500 : (codes[request.path] ?? 204))(request, response, count);
    });
    const gone = await service.subscribe({ url: `${receiver.url}/gone` });
    for (const path of ["/ok", "/second", "/no", "/down"]) {
      const subscription = await service.subscribe({ url: receiver.url + path });
      await store.queue.enqueue([deliveryTo(subscription)]);
    }
    await store.queue.enqueue([deliveryTo(gone, { event: "task.failed" })]);
    await empty();
    const printed = await text();
    expect(valuesOf(printed, "asap_webhook_attempts_total")).toEqual({
      '{outcome="delivered"}': 2,
      '{outcome="retry"}': 3,
      '{outcome="dead"}': 3,
    });
    expect(valuesOf(printed, "asap_webhook_deliveries_total")).toEqual({
      '{event="task.completed",result="delivered"}': 2,
      '{event="task.completed",result="dead"}': 2,
      '{event="task.failed",result="dead"}': 1,
    });
    expect(valuesOf(printed, "asap_webhook_retries_total")).toEqual({ "": 3 });
    expect(valuesOf(printed, "asap_webhook_dead_letters_total")).toEqual({
      '{reason="rejected"}': 1,
      '{reason="gone"}': 1,
      '{reason="server_error"}': 1,
    });
    expect(valuesOf(printed, "asap_webhook_delivery_duration_seconds_count")).toEqual({ "": 8 });
    expect(valuesOf(printed, "asap_webhook_endpoint_attempts_total")).toEqual({
      [`{host="127.0.0.1:${receiver.port}"}`]: 8,
    });
    expect(valuesOf(printed, "asap_webhook_queue_depth")).toEqual({
      '{state="pending"}': 0,
      '{state="leased"}': 0,
      '{state="dead"}': 3,
    });
    expect(valuesOf(printed, "asap_webhook_open_circuits")).toEqual({ "": 1 });
    expect(valuesOf(printed, "asap_webhook_store_up")).toEqual({ "": 1 });
  });

  test("tell what is refused, cut short or removed from what the receiver refuses", async () => {
    const { service, store, empty, text } = await counting();
    const receiver = await receiverOf();
    const removed = await service.subscribe({ url: receiver.url });
    const closed = await receiverOf();
    const away = await service.subscribe({ url: closed.url });
    await service.remove(removed.id);
    await closed[Symbol.asyncDispose]();
    const forbidden = { id: (await service.subscribe({ url: receiver.url })).id, url: "https://10.0.0.1/" };
    await store.queue.enqueue([deliveryTo(removed), deliveryTo(away), deliveryTo(forbidden)]);
    await empty();
    expect(valuesOf(await text(), "asap_webhook_dead_letters_total")).toEqual({
      '{reason="subscription"}': 1,
      '{reason="unreachable"}': 1,
      '{reason="blocked"}': 1,
    });
  });

  test("leave the gauges out while the store does not tell, and go on counting", async () => {
    const metrics = new AgentMetrics(0);
    const store = memoryWebhooks();
    const failing = { stats: () => store.queue.enqueue([{ ...deliveryTo({ id: "", url: "" }) }]) as never };
    metrics.webhooks = new WebhookMetrics(failing, Date.now);
    const printed = await renderPrometheus(metrics, 0);
    expect(valuesOf(printed, "asap_webhook_store_up")).toEqual({ "": 0 });
    expect(printed).not.toContain("asap_webhook_queue_depth");
    expect(valuesOf(printed, "asap_webhook_retries_total")).toEqual({ "": 0 });
  });

  test("are not printed for an agent without webhooks", async () => {
    expect(await renderPrometheus(new AgentMetrics(0), 0)).not.toContain("asap_webhook");
  });

  test("say since when the longest due webhook is due", async () => {
    const store = memoryWebhooks({ now: () => 10_000 });
    await store.queue.enqueue([deliveryTo({ id: "sub", url: "https://a.example/" }, { createdMs: 4_000 })]);
    const metrics = new AgentMetrics(0);
    metrics.webhooks = new WebhookMetrics(store.queue, () => 12_500);
    const due = (await store.queue.stats()).oldestDueMs ?? 0;
    expect(valuesOf(await renderPrometheus(metrics, 0), "asap_webhook_oldest_due_seconds")).toEqual({
      "": (12_500 - due) / 1_000,
    });
  });
});

describe("the busiest hosts", () => {
  test("have series of their own, all others share one, and nothing is counted twice", () => {
    const hosts = new BusyHosts(2);
    for (const host of ["a", "a", "b", "c", "d"]) hosts.add(host);
    expect(Object.fromEntries(hosts.entries())).toEqual({ a: 2, b: 1, other: 2 });
  });

  test("take the place of quieter ones, and no series ever falls while it is there", () => {
    const hosts = new BusyHosts(2);
    for (const host of ["a", "b"]) hosts.add(host);
    let before = new Map(hosts.entries());
    for (let index = 0; index < 2_000; index += 1) {
      hosts.add(index % 3 === 0 ? `quiet-${index}` : "busy");
      const after = new Map(hosts.entries());
      expect(after.size).toBeLessThanOrEqual(3);
      for (const [host, count] of before) expect(after.get(host) ?? count).toBeGreaterThanOrEqual(count);
      before = after;
    }
    expect(before.has("busy")).toBe(true);
    expect(before.get("busy")).toBeGreaterThan(1_200);
  });
});

/** A meter that keeps what it is given. */
function keepingMeter() {
  const kept: unknown[] = [];
  const gauges = new Map<string, Parameters<ReturnType<WebhookMeter["createObservableGauge"]>["addCallback"]>[0]>();
  const meter: WebhookMeter = {
    createCounter: (name) => ({ add: (value, attributes) => void kept.push([name, value, attributes]) }),
    createHistogram: (name) => ({ record: (value) => void kept.push([name, typeof value]) }),
    createObservableGauge: (name) => ({ addCallback: (callback) => void gauges.set(name, callback) }),
  };
  const read = async (name: string) => {
    const seen: unknown[] = [];
    await gauges.get(name)?.({ observe: (value, attributes) => void seen.push([value, attributes]) });
    return seen;
  };
  return { meter, kept, read };
}

describe("a meter of OpenTelemetry", () => {
  test("is told of every attempt of an agent, and reads how full the queue is", async () => {
    const { meter, kept, read } = keepingMeter();
    const receiver = await receiverOf(status(403));
    const agent = createAgent({ id: "urn:asap:agent:sender", webhooks: webhooks({ ...options, meter }) });
    closing.push(() => agent.close(0));
    await agent.ready();
    const subscription = await agent.webhooks?.subscribe({ url: receiver.url });
    await agent.webhooks?.queue.enqueue([deliveryTo(subscription ?? { id: "", url: "" })]);
    while (kept.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(kept).toEqual([
      ["asap.webhook.attempts", 1, { outcome: "dead" }],
      ["asap.webhook.delivery.duration", "number"],
      ["asap.webhook.dead_letters", 1, { reason: "rejected" }],
      ["asap.webhook.deliveries", 1, { event: "task.completed", result: "dead" }],
    ]);
    expect(await read("asap.webhook.queue.depth")).toEqual([
      [0, { state: "pending" }],
      [0, { state: "leased" }],
      [1, { state: "dead" }],
    ]);
    expect(await read("asap.webhook.oldest_due")).toEqual([[0, undefined]]);
    expect(await read("asap.webhook.open_circuits")).toEqual([[0, undefined]]);
  });

  test("may be one of the OpenTelemetry API", () => {
    const meter: WebhookMeter = openTelemetry.getMeter("test");
    expect(() => webhooks({ meter }).bind({ agentId: "a", state: undefined, log: {}, now: Date.now })).not.toThrow();
  });

  test("that throws stops nothing", async () => {
    const { meter } = keepingMeter();
    const throwing = {
      add() {
        throw new Error("canary");
      },
    };
    const lines: string[] = [];
    const settled: [Settlement, Settled][] = [];
    const notices: string[] = [];
    const receiver = await receiverOf(status(403));
    const service = webhooks({
      ...options,
      meter: { ...meter, createCounter: () => throwing },
      onNotice: ({ type }) => void notices.push(type),
    }).bind({
      agentId: "urn:asap:agent:sender",
      state: undefined,
      log: { error: (event) => void lines.push(event) },
      now: Date.now,
      onSettled: (...both) => void settled.push(both),
    });
    closing.push(() => service.close(0));
    await service.start();
    await service.queue.enqueue([deliveryTo(await service.subscribe({ url: receiver.url }))]);
    while (notices.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(notices).toEqual(["delivery.exhausted"]);
    expect(lines).toEqual(["asap.webhook.meter_failed"]);
    expect(settled.length).toBe(1);
  });
});

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { serve } from "../node.js";
import { skill } from "../skill.js";
import { ask } from "../testing/asap-request.js";
import { WebhookMetrics } from "./metrics.js";
import { webhooks } from "./poster.js";
import { readPromql } from "./testing/promql.js";
import { startReceiver, status } from "./testing/receiver.js";
import { deliveryTo } from "./testing/sending.js";
import type { WebhookPoster } from "./webhooks.js";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly datasource: unknown;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly datasource: unknown }[];
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: unknown;
  readonly datasource?: unknown;
  readonly definition?: string;
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

const dashboard = JSON.parse(
  readFileSync(new URL("../../docs/webhooks-dashboard.json", import.meta.url), "utf8"),
) as Dashboard;
const variables = dashboard.templating.list;
const queries = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const));

/** What Grafana itself puts into a query, by name. */
const builtIn: Readonly<Record<string, string>> = { __rate_interval: "1m", __range: "21600s" };

/**
 * A text as Grafana hands it on, its variables replaced.
 *
 * @throws Error for a variable that there is not.
 */
const resolved = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$(?:(\w+)|\{(\w+)\})|\[\[(\w+)\]\]/g, (whole, ...names: (string | undefined)[]) => {
    const value = { ...builtIn, ...values }[names.slice(0, 3).find((name) => name !== undefined) ?? ""];
    if (value === undefined) throw new Error(`${whole} is no variable`);
    return value;
  });

/** What the variables stand for: everything, or two values that were chosen. */
const choices = [".*", "(one|two)"].map((value) => Object.fromEntries(variables.map(({ name }) => [name, value])));
const read = (expr: string) => readPromql(resolved(expr, choices[0] ?? {}));

/** Labels that Prometheus itself adds to what it scrapes. */
const added = ["job", "instance"];

/** The samples of a scrape: for each name the labels it came with. */
type Scrape = ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;

/** The names of a scrape whose values only grow; those of the others are of their moment. */
const growing = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^# TYPE (\w+) (counter|histogram)$/gm)].flatMap(([, name = "", type]) =>
      type === "counter" ? [name] : [`${name}_bucket`, `${name}_sum`, `${name}_count`],
    ),
  );

function readScrape(text: string): Scrape {
  const found = new Map<string, Record<string, string>[]>();
  for (const [, name = "", labels = ""] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [label, value]);
    found.set(name, [...(found.get(name) ?? []), Object.fromEntries(pairs)]);
  }
  return found;
}

/** A poster whose attempts are counted in the metrics of its agent. */
function counting(poster: WebhookPoster): { poster: WebhookPoster; metrics(): WebhookMetrics | undefined } {
  let metrics: WebhookMetrics | undefined;
  return {
    metrics: () => metrics,
    poster: {
      bind(surroundings) {
        const bound = poster.bind({
          ...surroundings,
          onSettled(...both) {
            surroundings.onSettled?.(...both);
            metrics?.count(...both);
          },
        });
        metrics = new WebhookMetrics(bound.queue, surroundings.now);
        return bound;
      },
    },
  };
}

describe("the dashboard of webhooks", () => {
  let scrape: Scrape = new Map();
  let counters: ReadonlySet<string> = new Set();
  beforeAll(async () => {
    await using receiver = await startReceiver((request, response, count) =>
      status(request.path === "/no" ? 403 : count === 0 ? 503 : 204)(request, response, count),
    );
    const { poster, metrics } = counting(webhooks({ egress: { allowLoopback: true }, retry: { baseMs: 1, maxMs: 1 } }));
    const agent = createAgent({
      id: "urn:asap:agent:server",
      webhooks: poster,
      skills: { echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }) },
    });
    agent.metrics.webhooks ??= metrics();
    await using server = await serve(agent, { port: 0 });
    for (const path of ["/yes", "/no"]) {
      const subscription = await agent.webhooks?.subscribe({ url: receiver.url + path });
      if (subscription !== undefined) await agent.webhooks?.queue.enqueue([deliveryTo(subscription)]);
    }
    await ask(agent, {});
    for (;;) {
      const stats = await agent.webhooks?.queue.stats();
      if (stats?.pending === 0 && stats.leased === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const answer = await fetch(`${server.url}/asap/metrics`);
    const text = await answer.text();
    scrape = readScrape(text);
    counters = growing(text);
  });

  test("is of a form that Grafana reads: panels with ids, places and queries of their own", () => {
    expect(dashboard.uid).toBe("asap-webhooks");
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const source = { type: "prometheus", uid: `\${datasource}` };
    for (const { title, description, targets, gridPos, datasource } of panels) {
      expect(datasource).toEqual(source);
      expect([title, description.length > 10, targets.length > 0]).toEqual([title, true, true]);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const target of targets) expect(target.datasource).toEqual(source);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  test.each(queries)("%s is PromQL, whatever is chosen: %s", (_title, expr) => {
    for (const values of choices) expect(() => readPromql(resolved(expr, values))).not.toThrow();
  });

  test.each(queries)("%s asks for metrics and labels that an agent has: %s", (_title, expr) => {
    const { selectors, groups } = read(expr);
    expect(selectors.length).toBeGreaterThan(0);
    for (const { metric, matchers } of selectors) {
      const samples = scrape.get(metric);
      expect(samples, metric).toBeDefined();
      const known = new Set([...added, ...(samples ?? []).flatMap(Object.keys)]);
      for (const label of [...matchers.map(({ label }) => label), ...groups])
        expect([metric, label, known.has(label)]).toEqual([metric, label, true]);
      for (const { label, value } of matchers.filter(({ sign }) => sign === "="))
        expect([metric, value, samples?.some((one) => one[label] === value)]).toEqual([metric, value, true]);
    }
  });

  test.each(queries)("%s tells how counters grow, and what else there is as it is: %s", (_title, expr) => {
    for (const { metric, isRange, taker } of read(expr).selectors) {
      const grows = counters.has(metric);
      expect([metric, isRange, taker === "rate" || taker === "increase"]).toEqual([metric, grows, grows]);
    }
  });

  test.each(queries)("%s asks for the agents that were chosen alone: %s", (_title, expr) => {
    const chosen = { job: "job-that-was-chosen", instance: "instance-that-was-chosen" };
    for (const { matchers } of readPromql(resolved(expr, { ...choices[0], ...chosen })).selectors)
      expect(matchers).toEqual(
        expect.arrayContaining(Object.entries(chosen).map(([label, value]) => ({ label, sign: "=~", value }))),
      );
  });

  test("has variables that find their values at an agent, each by those before it", () => {
    const [source, ...others] = variables;
    expect(source).toMatchObject({ name: "datasource", type: "datasource", query: "prometheus" });
    expect(others.map(({ name }) => name)).toEqual(["job", "instance"]);
    for (const [index, { name, definition = "", query, datasource }] of others.entries()) {
      expect(query).toMatchObject({ query: definition });
      expect(datasource).toEqual({ type: "prometheus", uid: `\${datasource}` });
      const before = Object.fromEntries(others.slice(0, index).map(({ name }) => [name, ".*"]));
      const [, selector = "", label] = /^label_values\((.*), (\w+)\)$/.exec(resolved(definition, before)) ?? [];
      expect(label).toBe(name);
      expect(added).toContain(label);
      for (const { metric } of readPromql(selector).selectors)
        expect([metric, scrape.has(metric)]).toEqual([metric, true]);
    }
  });

  test("shows every metric of webhooks", () => {
    const asked = new Set(queries.flatMap(([, expr]) => read(expr).selectors.map(({ metric }) => metric)));
    const there = [...scrape.keys()].filter((name) => name.startsWith("asap_webhook_"));
    expect(there.length).toBeGreaterThan(10);
    expect(there.filter((name) => !asked.has(name))).toEqual([]);
  });
});

test.each([
  "sum(rate(a_total[$__rate_interval])",
  "rate(a_total[$__rate])",
  "rat(a_total[1m])",
  "sum by (le rate(a_total[1m])",
  'a_total{job="$jobs"}',
  "a b",
  "",
])("a query that is none, or has an unknown variable, is found out: %j", (expr) => {
  expect(() => read(expr)).toThrow();
});

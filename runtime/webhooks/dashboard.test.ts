import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "../agent.js";
import { serve } from "../node.js";
import { skill } from "../skill.js";
import { ask } from "../testing/asap-request.js";
import { WebhookMetrics } from "./metrics.js";
import { webhooks } from "./poster.js";
import { startReceiver, status } from "./testing/receiver.js";
import { deliveryTo } from "./testing/sending.js";
import type { WebhookPoster } from "./webhooks.js";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string; readonly datasource: unknown }[];
}
interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const dashboard = JSON.parse(
  readFileSync(new URL("../../docs/webhooks-dashboard.json", import.meta.url), "utf8"),
) as Dashboard;
const variables = dashboard.templating.list;
const queries = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const));

/** What a query of PromQL asks for: its metrics with the labels it compares, and the labels it groups by. */
function readQuery(expr: string) {
  const metrics: { name: string; labels: string[]; values: [string, string][] }[] = [];
  const groups = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = ""]) => names.split(/, ?/));
  const plain = expr.replace(/\bby \([^)]*\)/g, " ").replace(/\[[^\]]*\]/g, " ");
  for (const [, name = "", call, , matchers = ""] of plain.matchAll(
    /([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\()?(\{([^}]*)\})?/g,
  )) {
    if (call !== undefined || /^(?:sum|max|min|topk|and|or|unless)$/.test(name)) continue;
    const compared = [...matchers.matchAll(/([a-z_]+)(=~|=|!=|!~)"([^"]*)"/g)];
    metrics.push({
      name,
      labels: compared.map(([, label = ""]) => label),
      values: compared.filter(([, , sign]) => sign === "=").map(([, label = "", , value = ""]) => [label, value]),
    });
  }
  return { metrics, groups };
}

/** Labels that Prometheus itself adds to what it scrapes. */
const added = ["job", "instance"];

/** The samples of a scrape: for each name the labels it came with. */
type Scrape = ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;

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
    scrape = readScrape(await answer.text());
  });

  test("is of a form that Grafana reads: panels with ids, places and queries of their own", () => {
    expect(dashboard.uid).toBe("asap-webhooks");
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, description, targets, gridPos } of panels) {
      expect([title, description.length > 10, targets.length > 0]).toEqual([title, true, true]);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const { datasource } of targets) expect(datasource).toEqual({ type: "prometheus", uid: `\${datasource}` });
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  test.each(queries)("%s asks for metrics and labels that an agent has: %s", (_title, expr) => {
    const { metrics, groups } = readQuery(expr);
    expect(metrics.length).toBeGreaterThan(0);
    for (const { name, labels, values } of metrics) {
      const samples = scrape.get(name);
      expect(samples, name).toBeDefined();
      const known = new Set([...added, ...(samples ?? []).flatMap(Object.keys)]);
      for (const label of [...labels, ...groups]) expect([name, label, known.has(label)]).toEqual([name, label, true]);
      for (const [label, value] of values)
        expect([name, value, samples?.some((one) => one[label] === value)]).toEqual([name, value, true]);
    }
  });

  test("asks with variables that it has, of metrics that an agent has", () => {
    const names = new Set(variables.map(({ name }) => name));
    const own = queries.flatMap(([, expr]) => [...expr.matchAll(/\$\{?([a-z]+)\b(?!_)/g)].map(([, name]) => name));
    expect(own.filter((name) => name !== undefined && !names.has(name))).toEqual([]);
    for (const { definition } of variables.filter(({ definition }) => definition !== undefined)) {
      const name = /^label_values\(([a-z_]+)/.exec(definition ?? "")?.[1] ?? "";
      expect([name, scrape.has(name)]).toEqual([name, true]);
    }
  });

  test("shows every metric of webhooks", () => {
    const asked = new Set(queries.flatMap(([, expr]) => readQuery(expr).metrics.map(({ name }) => name)));
    const there = [...scrape.keys()].filter((name) => name.startsWith("asap_webhook_"));
    expect(there.length).toBeGreaterThan(10);
    expect(there.filter((name) => !asked.has(name))).toEqual([]);
  });
});

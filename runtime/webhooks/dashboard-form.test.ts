import { readFileSync } from "node:fs";
import { defaultDashboard } from "@grafana/schema";
import { describe, expect, test } from "vitest";
import { grafanaFaults } from "./testing/grafana-types.js";

const text = readFileSync(new URL("../../docs/webhooks-dashboard.json", import.meta.url), "utf8");

describe("the dashboard of webhooks, by the types of Grafana", () => {
  test("has what a dashboard has, and nothing else", () => {
    expect(grafanaFaults(text)).toEqual([]);
  });

  test.each([
    ["a member that no dashboard has", '"title": "ASAP webhooks"', '"titel": "ASAP webhooks"'],
    ["a number as text", '"schemaVersion": 39', '"schemaVersion": "39"'],
    ["a crosshair of another kind", '"graphTooltip": 1', '"graphTooltip": 3'],
    ["a type of variable that there is not", '"type": "datasource"', '"type": "source"'],
    ["a variable that is refreshed at no known time", '"refresh": 2', '"refresh": 5'],
    ["a panel of another kind", '"type": "timeseries"', '"type": "graph"'],
    ["a panel without its place", '"gridPos"', '"grid"'],
    ["thresholds of another kind", '"mode": "absolute"', '"mode": "absolut"'],
    ["an option that a panel does not have", '"graphMode": "area"', '"graph": "area"'],
    ["a colour mode that there is not", '"colorMode": "value"', '"colorMode": "values"'],
    ["a legend in a place that there is not", '"placement": "bottom"', '"placement": "below"'],
    ["a query without its text", '"expr"', '"query"'],
  ])("finds %s", (_, right, wrong) => {
    const broken = text.replace(right, wrong);
    expect(broken).not.toBe(text);
    expect(grafanaFaults(broken).length).toBeGreaterThan(0);
  });

  test("finds a fault in its line", () => {
    const faults = grafanaFaults(text.replace('"schemaVersion": 39', '"schemaVersion": "39"'));
    const line = text.split("\n").findIndex((each) => each.includes('"schemaVersion"')) + 1;
    expect(faults).toEqual([`line ${line}: Type 'string' is not assignable to type 'number'.`]);
  });

  test("is of a version that Grafana knows: it raises older ones by itself", () => {
    const { schemaVersion } = JSON.parse(text) as { schemaVersion: number };
    expect(schemaVersion).toBeGreaterThanOrEqual(36);
    expect(schemaVersion).toBeLessThanOrEqual(defaultDashboard.schemaVersion);
  });
});

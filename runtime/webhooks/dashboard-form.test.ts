import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defaultDashboard } from "@grafana/schema";
import { Project, ts } from "ts-morph";
import { describe, expect, test } from "vitest";

const text = readFileSync(new URL("../../docs/webhooks-dashboard.json", import.meta.url), "utf8");

/**
 * A dashboard as it stands in JSON, by Grafana's own types. Two things are not among them: `definition`, which Grafana
 * writes beside the query of a variable, and what a query to Prometheus has.
 */
const types = `
import type { Dashboard, DataQuery, FieldConfig, FieldConfigSource, GraphFieldConfig, Panel, VariableModel } from "@grafana/schema";
import type { Options as Stat } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { Options as TimeSeries } from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

type InJson<T> = T extends string ? \`\${T}\` : T extends object ? { [Key in keyof T]: InJson<T[Key]> } : T;
type Some<T> = T extends readonly unknown[] ? T : T extends object ? { [Key in keyof T]?: Some<T[Key]> } : T;
interface Source {
  type: "prometheus";
  uid: string;
}
interface Query extends Pick<DataQuery, "refId" | "hide"> {
  datasource: Source;
  expr: string;
  legendFormat?: string;
  editorMode?: "code" | "builder";
  range?: boolean;
  instant?: boolean;
}
interface Drawn<Type extends string, Options, Custom> extends Omit<Panel, "datasource" | "fieldConfig" | "options" | "targets" | "type"> {
  id: number;
  type: Type;
  title: string;
  datasource: Source;
  options: Some<Options>;
  targets: Query[];
  fieldConfig: Pick<FieldConfigSource, "overrides"> & { defaults: Omit<FieldConfig, "custom"> & { custom?: Custom } };
}
type Whole = Omit<Dashboard, "panels" | "templating" | "uid"> & {
  uid: string;
  panels: (Drawn<"stat", Stat, never> | Drawn<"timeseries", TimeSeries, GraphFieldConfig>)[];
  templating: { list: (VariableModel & { definition?: string })[] };
};
export const dashboard: InJson<Whole> = `;

let project: Project | undefined;

/**
 * Holds the text of a dashboard against the types of `@grafana/schema`.
 *
 * @param json The dashboard.
 * @returns Members that are missing, unknown or of another type, each with its line in the text.
 */
function grafanaFaults(json: string): readonly string[] {
  project ??= new Project({
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts"],
      types: [],
      strict: true,
      skipLibCheck: true,
      noEmit: true,
    },
  });
  const path = fileURLToPath(new URL("dashboard-in-question.ts", import.meta.url));
  const file = project.createSourceFile(path, types + json, { overwrite: true });
  const before = types.split("\n").length - 1;
  return [...project.getProgram().getConfigFileParsingDiagnostics(), ...file.getPreEmitDiagnostics()].map((fault) => {
    const text = ts.flattenDiagnosticMessageText(fault.compilerObject.messageText, "\n");
    return `line ${(fault.getLineNumber() ?? 0) - before}: ${text}`;
  });
}

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

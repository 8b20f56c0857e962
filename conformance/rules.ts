import { readFile } from "node:fs/promises";
import type { Rule } from "./report.js";

/** Texts that ship beside the code: the requirements and the package's version. */
export interface Rules {
  /** Version of this package, `unknown` when package.json is not beside it. */
  readonly version: string;
  /** The rule of an id; without spec/requirements.json its text says so. */
  rule(id: string): Rule;
}

/** Reads spec/requirements.json and package.json from the package this file is part of. */
export async function loadRules(): Promise<Rules> {
  const rules = rulesOf(await readShipped("spec/requirements.json"));
  const manifest = await readShipped("package.json");
  const version = isRecord(manifest) && typeof manifest.version === "string" ? manifest.version : "unknown";
  return {
    version,
    rule: (id) =>
      rules.get(id) ?? { id, text: "(its text is in spec/requirements.json, which is not here)", source: "" },
  };
}

async function readShipped(path: string): Promise<unknown> {
  for (const root of ["../", "../../"]) {
    try {
      return JSON.parse(await readFile(new URL(root + path, import.meta.url), "utf8"));
    } catch {
      // The sources lie one folder below the package, the build two.
    }
  }
  return null;
}

function rulesOf(document: unknown): Map<string, Rule> {
  const list = isRecord(document) && Array.isArray(document.requirements) ? document.requirements : [];
  return new Map(
    list.filter(isRecord).map(({ id, text, source }) => {
      return [String(id), { id: String(id), text: String(text), source: String(source) }];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

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
  const texts = textsOf(await readShipped("spec/requirements.json"));
  const manifest = await readShipped("package.json");
  const version = isRecord(manifest) && typeof manifest.version === "string" ? manifest.version : "unknown";
  return {
    version,
    rule: (id) => ({ id, text: texts.get(id) ?? "(its text is in spec/requirements.json, which is not here)" }),
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

function textsOf(document: unknown): Map<string, string> {
  const list = isRecord(document) && Array.isArray(document.requirements) ? document.requirements : [];
  return new Map(list.filter(isRecord).map((one) => [String(one.id), String(one.text)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

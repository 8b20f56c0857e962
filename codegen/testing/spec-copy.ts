import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Any JSON value, loosely: members and positions of whatever it is. */
export type Json = { [key: string]: Json } & Json[];

/** The spec of this project. */
export const specDir: string = fileURLToPath(new URL("../../spec/", import.meta.url));

/** A folder of its own for a test, with copies of the spec in it. */
interface Bench {
  readonly folder: string;
  /** A fresh copy of the spec, its samples left out. */
  copySpec(): string;
  /** Removes the folder. */
  remove(): void;
}

/** Makes a folder for a test. */
export function createBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), "asap-codegen-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  let count = 0;
  return {
    folder,
    copySpec: () => {
      const spec = join(folder, `spec-${count++}`);
      cpSync(specDir, spec, { recursive: true, filter: (path) => !path.startsWith(join(specDir, "samples")) });
      return spec;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Reads a JSON file of a spec. */
export function readJson(spec: string, file: string): Json {
  return JSON.parse(readFileSync(join(spec, file), "utf8"));
}

/** Writes a file of a spec: text as it is, everything else as JSON. */
export function writeSpec(spec: string, file: string, content: unknown): void {
  writeFileSync(join(spec, file), typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`);
}

/** Sets one member in a JSON file of a spec; the path to it leads through members that are there. */
export function setIn(spec: string, file: string, path: readonly string[], value: unknown): void {
  const document = readJson(spec, file);
  let at = document;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    if (next === undefined) throw new Error(`${file} has no ${path.join("/")}`);
    at = next;
  }
  Object.assign(at, { [path.at(-1) ?? ""]: value });
  writeSpec(spec, file, document);
}

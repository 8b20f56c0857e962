import type { Project } from "ts-morph";
import { compare } from "../error.js";
import { mark } from "../output.js";
import { quote } from "./print.js";

/** What a file takes from another one of the output. */
export interface Import {
  readonly from: string;
  readonly names: readonly string[];
  readonly typeOnly?: boolean;
}

/** A TypeScript file to be: its path in the output folder, what it imports and what it says. */
export interface Draft {
  readonly path: string;
  readonly imports: readonly Import[];
  readonly body: string;
}

/** The comment every emitted file begins with. */
export function headerOf(specHash: string): string {
  return `${mark}\n// Spec sha256:${specHash}\n`;
}

/** Adds a draft to the project as a source file and returns its text. A text that does not parse is a fault of ours. */
export function create(project: Project, draft: Draft, specHash: string): string {
  const imports = [...draft.imports].sort((a, b) => order(a.from, b.from)).map(importLine);
  const separator = imports.length > 0 ? "\n" : "";
  const text = `${headerOf(specHash)}\n${imports.join("")}${separator}${draft.body}`;
  const file = project.createSourceFile(`/${draft.path}`, text);
  return file.getFullText();
}

function order(a: string, b: string): number {
  const depth = (path: string) => (path.startsWith("../") ? 0 : 1);
  return depth(a) - depth(b) || compare(a, b);
}

function importLine({ from, names, typeOnly = false }: Import): string {
  const bare = (name: string) => name.replace(/^type /, "").toLowerCase();
  const sorted = [...new Set(names)].sort((a, b) => compare(bare(a), bare(b)) || compare(a, b));
  const head = typeOnly ? "import type" : "import";
  const inline = `${head} { ${sorted.join(", ")} } from ${quote(from)};\n`;
  if (inline.length <= 121) return inline;
  return `${head} {\n${sorted.map((name) => `  ${name},\n`).join("")}} from ${quote(from)};\n`;
}

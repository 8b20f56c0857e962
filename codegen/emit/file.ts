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

/** The text of a file: header, imports in order, body. */
export function textOf(draft: Draft, specHash: string): string {
  const imports = [...draft.imports].sort((a, b) => order(a.from, b.from)).map(importLine);
  const separator = imports.length > 0 ? "\n" : "";
  return `${headerOf(specHash)}\n${imports.join("")}${separator}${draft.body}`;
}

function order(a: string, b: string): number {
  const depth = (path: string) => (path.startsWith("../") ? 0 : 1);
  return depth(a) - depth(b) || compare(a, b);
}

function importLine({ from, names, typeOnly = false }: Import): string {
  return namesLine(typeOnly ? "import type" : "import", names, from);
}

/** An import or re-export of names in order, a line for each when they do not fit on one; `type ` may stand before one. */
export function namesLine(head: string, names: readonly string[], from: string): string {
  const bare = (name: string) => name.replace(/^type /, "").toLowerCase();
  const sorted = [...new Set(names)].sort((a, b) => compare(bare(a), bare(b)) || compare(a, b));
  const inline = `${head} { ${sorted.join(", ")} } from ${quote(from)};\n`;
  if (inline.length <= 121) return inline;
  return `${head} {\n${sorted.map((name) => `  ${name},\n`).join("")}} from ${quote(from)};\n`;
}

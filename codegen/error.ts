import { escaped } from "./names.js";

/** One fault of a spec: where it is and why it is one. */
export interface Problem {
  /** File at fault, relative to the spec (or output) folder, with `/` between segments. */
  readonly file: string;
  /** JSON pointer into that file; the empty string is its root. */
  readonly pointer: string;
  /** The fault in words. */
  readonly reason: string;
}

/**
 * Refusal to generate. `file`, `pointer` and `reason` are those of the first problem; `problems` holds all of them,
 * sorted by file and pointer. Nothing has been written when it is thrown.
 */
export class CodegenError extends Error {
  override readonly name = "CodegenError";
  readonly problems: readonly Problem[];
  readonly file: string;
  readonly pointer: string;
  readonly reason: string;

  constructor(problems: readonly Problem[], options?: { cause?: unknown }) {
    const sorted = distinct(problems);
    const first = sorted[0] ?? { file: "", pointer: "", reason: "unknown fault" };
    super(sorted.map(lineOf).join("\n") || lineOf(first), options);
    this.problems = sorted;
    this.file = first.file;
    this.pointer = first.pointer;
    this.reason = first.reason;
  }
}

/** The problem as one line of text, `file#pointer: reason`, control characters escaped. */
export function lineOf(problem: Problem): string {
  const line = `${problem.file}${problem.pointer === "" ? "" : `#${problem.pointer}`}: ${problem.reason}`;
  return escaped(line, /[\p{Cc}\u2028\u2029]/gu);
}

/** A JSON pointer (RFC 6901) made from its segments. */
export function pointerOf(segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${String(segment).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}

function distinct(problems: readonly Problem[]): Problem[] {
  const byLine = new Map(problems.map((problem) => [lineOf(problem), problem]));
  return [...byLine.values()].sort(
    (a, b) => compare(a.file, b.file) || compare(a.pointer, b.pointer) || compare(a.reason, b.reason),
  );
}

/** Orders two texts by code unit, the same on every machine and in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

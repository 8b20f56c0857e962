import { visit } from "jsonc-parser";
import { type Problem, pointerOf } from "./error.js";
import { show } from "./names.js";

const deepest = 200;
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Parses a file of the spec. Text that is not JSON, a member given twice or named `__proto__`, half characters, and
 * nesting beyond 200 levels go to `problems`.
 *
 * @returns the document, undefined when there is none to go on with.
 */
export function parseJson(file: string, text: string, problems: Problem[]): unknown {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : "";
    problems.push({ file, pointer: "", reason: `is not JSON: ${detail}` });
    return undefined;
  }
  if (isDeeper(document, deepest)) {
    problems.push({ file, pointer: "", reason: `is nested more than ${deepest} deep` });
    return undefined;
  }
  problems.push(...memberProblems(file, text));
  return document;
}

function isDeeper(document: unknown, limit: number): boolean {
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return false;
}

function memberProblems(file: string, text: string): Problem[] {
  const found: Problem[] = [];
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (name, _offset, _length, _line, _column, pathTo) => {
      const pointer = pointerOf([...pathTo(), name]);
      if (loneSurrogate.test(name)) found.push({ file, pointer, reason: "the name holds half a character" });
      if (name === "__proto__") found.push({ file, pointer, reason: "no member may be named __proto__" });
      const names = open.at(-1);
      if (names?.has(name)) found.push({ file, pointer, reason: `the member ${show(name)} is given twice` });
      names?.add(name);
    },
    onLiteralValue: (value, _offset, _length, _line, _column, pathTo) => {
      if (typeof value !== "string" || !loneSurrogate.test(value)) return;
      found.push({ file, pointer: pointerOf(pathTo()), reason: "the text holds half a character" });
    },
  });
  return found;
}

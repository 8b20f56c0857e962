import { escaped } from "../names.js";

/** Where a piece of code first stands in a line outside its strings, -1 when it does not. */
export function outside(line: string, code: string): number {
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"' || line[at] === "'") at = endOfString(line, at);
    else if (line.startsWith(code, at)) return at;
  }
  return -1;
}

/** The parts of a list of expressions, split at the commas that stand outside brackets and strings. */
export function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '"' || c === "'") at = endOfString(text, at);
    else if (c === "{" || c === "[" || c === "(") depth++;
    else if (c === "}" || c === "]" || c === ")") depth--;
    else if (c === "," && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** The position of the bracket that closes the one at `open`. */
export function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const c = text[at];
    if (c === '"' || c === "'") at = endOfString(text, at);
    else if (c === "{" || c === "[" || c === "(") depth++;
    else if (c === "}" || c === "]" || c === ")") depth--;
    if (depth === 0) return at;
  }
  throw new Error(`no closing bracket: ${text}`);
}

/** The position of the quote that ends the string beginning at `start`. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== text[start]) at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** A JSON value as source text. */
export function js(value: unknown): string {
  return visible(JSON.stringify(value));
}

/** Source text with the characters escaped that editors and old parsers take for line ends or do not show. */
export function visible(source: string): string {
  return escaped(source, /[\u007f-\u009f\u2028\u2029\ufeff]/g);
}

/** The text without the contents of its strings: what is left is code. */
export function codeOnly(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^const formats\d+ = /.test(line))
    .map((line) => {
      let out = "";
      for (let at = 0; at < line.length; at++) {
        const c = line[at] ?? "";
        out += c;
        if (c === '"' || c === "'") {
          at = endOfString(line, at);
          out += c;
        }
      }
      return out;
    })
    .join("\n");
}

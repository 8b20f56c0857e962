import type { JsonNode } from "./json-source.js";

/** A place in a text, both numbers from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Reads offsets of a text as lines and columns; lines end with LF, CRLF or CR. */
export function createLineIndex(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) starts.push(at + 1);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** A JSON pointer from path segments (RFC 6901). */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((each) => `/${String(each).replace(/~/g, "~0").replace(/\//g, "~1")}`).join("");
}

/**
 * Offset of the value at a path, or of the nearest value around it.
 *
 * @param at `key` for the offset of the member's key instead
 */
export function offsetAt(root: JsonNode, path: readonly (string | number)[], at: "key" | "value" = "value"): number {
  let node = root;
  let offset = root.offset;
  for (const segment of path) {
    const member = node.members?.get(String(segment));
    const next = member?.node ?? node.items?.[Number(segment)];
    if (!next) return offset;
    offset = at === "key" ? (member?.keyOffset ?? next.offset) : next.offset;
    node = next;
  }
  return offset;
}

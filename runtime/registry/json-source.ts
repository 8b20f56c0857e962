import { type JsonFault, readToken, type TokenKind } from "./json-tokens.js";

/** Where a value stands in a JSON text: UTF-16 offsets, and its members or items by name or index. */
export interface JsonNode {
  /** Offset of the value's first character. */
  readonly offset: number;
  /** Members of an object, the last one of a name; absent for other values. */
  readonly members?: Map<string, { readonly keyOffset: number; readonly node: JsonNode }>;
  /** Items of an array; absent for other values. */
  readonly items?: JsonNode[];
}

/** A key that an object holds twice, and the path to it. */
export interface DuplicateKey {
  readonly path: readonly (string | number)[];
  readonly offset: number;
}

/** What a walk over a JSON text found: the tree, or the first place where the text stops being JSON. */
export type JsonSource =
  | { readonly root: JsonNode; readonly fault: null; readonly duplicates: readonly DuplicateKey[] }
  | { readonly root: null; readonly fault: JsonFault; readonly duplicates: readonly DuplicateKey[] };

interface Frame {
  readonly node: JsonNode;
  key: string | number;
  keyOffset: number;
}

type Expected = "value" | "item or ]" | "key or }" | "key" | "colon" | "comma or end";

const messages: Readonly<Record<Expected, string>> = {
  value: "a value is expected here",
  "item or ]": "a value or a closing bracket is expected here",
  "key or }": "a key in double quotes or a closing brace is expected here",
  key: "a key in double quotes is expected here",
  colon: "a colon is expected after the key",
  "comma or end": "a comma or the end of the object or array is expected here",
};

function closes(kind: TokenKind, expected: Expected, node: JsonNode | undefined): boolean {
  if (kind === "}") return node?.members !== undefined && (expected === "key or }" || expected === "comma or end");
  if (kind === "]") return node?.items !== undefined && (expected === "item or ]" || expected === "comma or end");
  return false;
}

function unexpected(kind: TokenKind, expected: Expected, frame: Frame | undefined): string {
  if (kind === "end") return frame || expected !== "value" ? "the text ends too early" : "the text is empty";
  const closing = kind === "}" || kind === "]";
  if (closing && (expected === "key" || (expected === "value" && frame?.node.items))) {
    return "a comma may not stand before a closing brace or bracket";
  }
  return messages[expected];
}

/**
 * Walks a JSON text and notes where each value stands (RFC 8259). Depth costs memory, never stack.
 *
 * @param text the text; comments and trailing commas are faults
 */
export function readJsonSource(text: string): JsonSource {
  const stack: Frame[] = [];
  const duplicates: DuplicateKey[] = [];
  let root: JsonNode | null = null;
  let expected: Expected = "value";
  let position = 0;

  const attach = (node: JsonNode): void => {
    const frame = stack.at(-1);
    if (!frame) root = node;
    else if (frame.node.items) frame.key = frame.node.items.push(node) - 1;
    else frame.node.members?.set(String(frame.key), { keyOffset: frame.keyOffset, node });
  };

  for (;;) {
    const token = readToken(text, position);
    if ("message" in token) return { root: null, fault: token, duplicates };
    const { kind, offset, end } = token;
    const frame = stack.at(-1);
    position = end;
    if (root && !frame) {
      if (kind === "end") return { root, fault: null, duplicates };
      return { root: null, fault: { offset, message: "the text goes on after its end" }, duplicates };
    }
    if (closes(kind, expected, frame?.node)) {
      stack.pop();
      expected = "comma or end";
    } else if (expected === "comma or end" && kind === ",") {
      expected = frame?.node.members ? "key" : "value";
    } else if (expected === "colon" && kind === ":") {
      expected = "value";
    } else if (frame && kind === "string" && (expected === "key" || expected === "key or }")) {
      const raw = text.slice(offset, end);
      frame.key = raw.includes("\\") ? String(JSON.parse(raw)) : raw.slice(1, -1);
      frame.keyOffset = offset;
      if (frame.node.members?.has(frame.key)) duplicates.push({ path: stack.map((each) => each.key), offset });
      expected = "colon";
    } else if ((expected === "value" || expected === "item or ]") && (kind === "{" || kind === "[")) {
      const node: JsonNode = kind === "{" ? { offset, members: new Map() } : { offset, items: [] };
      attach(node);
      stack.push({ node, key: kind === "{" ? "" : 0, keyOffset: offset });
      expected = kind === "{" ? "key or }" : "item or ]";
    } else if ((expected === "value" || expected === "item or ]") && (kind === "string" || kind === "scalar")) {
      attach({ offset });
      expected = "comma or end";
    } else {
      return { root: null, fault: { offset, message: unexpected(kind, expected, frame) }, duplicates };
    }
  }
}

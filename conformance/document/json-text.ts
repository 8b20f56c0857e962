import { parse } from "jsonc-parser";
import { endOfString } from "../raw-json.js";

/** Way to a value in a document: names of members and positions in arrays. */
export type Path = readonly (string | number)[];

/** Where a value stands, in UTF-16 units from the start of the text, and where its members or items do. */
interface Spot {
  readonly offset: number;
  readonly members?: Map<string, { readonly keyOffset: number; readonly spot: Spot }>;
  readonly items?: Spot[];
}

/** A document as text: its value, and where everything in it stands. */
export interface JsonText {
  readonly text: string;
  /** Whether the bytes were UTF-8; true for text. */
  readonly isUtf8: boolean;
  /** Offset of the first byte that is not, as the text shows it. */
  readonly badByteAt: number;
  readonly hasByteOrderMark: boolean;
  /** The value; undefined when the text is not JSON. */
  readonly value: unknown;
  /** Why the text is not JSON, and where; null when it is. */
  readonly syntaxFault: { readonly message: string; readonly offset: number } | null;
  /** Keys that stand twice in an object, where they do so again. */
  readonly repeatedKeys: readonly { readonly path: Path; readonly offset: number }[];
  /** Offset of the value at a path, or of the nearest value around it; of its key where that is asked for. */
  offsetOf(path: Path, at?: "key" | "value"): number;
  /** Line and column of an offset, both from 1; lines end with LF, CRLF or CR. */
  lineAndColumn(offset: number): { readonly line: number; readonly column: number };
}

/** Reads a document; never throws. Of a key that stands twice the last value counts. */
export function readJsonText(source: string | Uint8Array): JsonText {
  const given = typeof source === "string" ? source : decode(source, false);
  const isUtf8 = typeof source === "string" || isDecodable(source);
  const hasByteOrderMark = given.startsWith("\uFEFF");
  const text = hasByteOrderMark ? ` ${given.slice(1)}` : given;
  let value: unknown;
  let syntaxFault: JsonText["syntaxFault"] = null;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    syntaxFault = { message: reasonOf(cause), offset: firstFault(text) };
  }
  const { root, repeatedKeys } = syntaxFault === null ? walk(text) : { root: { offset: 0 }, repeatedKeys: [] };
  let starts: number[] | undefined;
  return {
    text,
    isUtf8,
    badByteAt: Math.max(0, given.indexOf("\uFFFD")),
    hasByteOrderMark,
    value,
    syntaxFault,
    repeatedKeys,
    offsetOf: (path, at = "value") => offsetOf(root, path, at),
    lineAndColumn(offset) {
      starts ??= lineStarts(text);
      return locate(starts, offset);
    },
  };
}

const decode = (bytes: Uint8Array, fatal: boolean) =>
  new TextDecoder("utf-8", { fatal, ignoreBOM: true }).decode(bytes);

function isDecodable(bytes: Uint8Array): boolean {
  try {
    decode(bytes, true);
    return true;
  } catch {
    return false;
  }
}

/** What the parser of the engine says, without the text that it repeats. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message
    .replace(/, \.{0,3}"[\s\S]*" is not valid JSON$/, " is not valid JSON")
    .replace(/ in JSON at position [\s\S]*$/, "")
    .slice(0, 200);
}

/** Where the text stops being JSON; 0 when nobody can tell. */
function firstFault(text: string): number {
  const faults: { offset: number }[] = [];
  try {
    parse(text, faults as Parameters<typeof parse>[1], { disallowComments: true });
  } catch {
    return 0;
  }
  return faults[0]?.offset ?? 0;
}

interface Open {
  readonly spot: Spot;
  key: string | number;
  keyOffset: number;
}

/** A sign, the beginning of a string, or a number or word. */
const token = /\s*([{}[\],:"]|[^\s{}[\],:"]+)/y;

/** Notes where each value of a text that is JSON stands. Depth costs memory, never stack. */
function walk(text: string): { root: Spot; repeatedKeys: JsonText["repeatedKeys"] } {
  const open: Open[] = [];
  const repeatedKeys: { path: Path; offset: number }[] = [];
  let root: Spot = { offset: 0 };
  let isKey = false;
  const add = (spot: Spot) => {
    const around = open.at(-1);
    if (around === undefined) root = spot;
    else if (around.spot.items !== undefined) around.key = around.spot.items.push(spot) - 1;
    else around.spot.members?.set(String(around.key), { keyOffset: around.keyOffset, spot });
  };
  token.lastIndex = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const offset = token.lastIndex - (found[1] ?? "").length;
    if (found[1] === '"') token.lastIndex = endOfString(text, offset);
    const word = text.slice(offset, token.lastIndex);
    const around = open.at(-1);
    if (word === "{" || word === "[") {
      const spot: Spot = word === "{" ? { offset, members: new Map() } : { offset, items: [] };
      add(spot);
      open.push({ spot, key: "", keyOffset: offset });
      isKey = word === "{";
    } else if (word === "}" || word === "]") {
      open.pop();
      isKey = false;
    } else if (word === ",") {
      isKey = around?.spot.members !== undefined;
    } else if (word === ":") {
      isKey = false;
    } else if (isKey && around !== undefined) {
      around.key = String(JSON.parse(word));
      around.keyOffset = offset;
      if (around.spot.members?.has(around.key)) repeatedKeys.push({ path: open.map(({ key }) => key), offset });
    } else {
      add({ offset });
    }
  }
  return { root, repeatedKeys };
}

function offsetOf(root: Spot, path: Path, at: "key" | "value"): number {
  let spot = root;
  let { offset } = root;
  for (const segment of path) {
    const member = spot.members?.get(String(segment));
    const next = member?.spot ?? spot.items?.[Number(segment)];
    if (next === undefined) return offset;
    offset = at === "key" ? (member?.keyOffset ?? next.offset) : next.offset;
    spot = next;
  }
  return offset;
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((end) => end.index + end[0].length)];
}

function locate(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

/** The JSON pointer (RFC 6901) of a path. */
export const pointerOf = (path: Path): string =>
  path.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** The path of a JSON pointer (RFC 6901). */
export const pathOf = (pointer: string): string[] =>
  pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));

/** The value at a path; undefined when there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, segment) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, segment)
        ? Reflect.get(inner, segment)
        : undefined,
    value,
  );
}

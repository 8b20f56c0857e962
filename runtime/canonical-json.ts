/** Signs between members and after their names. */
export interface JsonSeparators {
  readonly item: string;
  readonly key: string;
}

const compact: JsonSeparators = { item: ",", key: ":" };

/**
 * JSON text in one form for each value: keys sorted by code point at every depth, non-ASCII as `\uXXXX`. What
 * `JSON.stringify` leaves out or turns into something else, this does too.
 *
 * @param value The value.
 * @param separators Default: `,` and `:`, nothing else between.
 * @throws TypeError for what JSON cannot hold, a `bigint` or the value `undefined` itself.
 * @see wire section 1.5
 */
export function canonicalJson(value: unknown, separators: JsonSeparators = compact): string {
  const text = write(value, "", separators);
  if (text === undefined) throw new TypeError("The value has no JSON text");
  return text;
}

/** The text of a value; undefined for one that JSON leaves out. */
function write(value: unknown, name: string, separators: JsonSeparators): string | undefined {
  if (typeof value === "string") return stringText(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") {
    const made: unknown = toJSON.call(value, name);
    return Object.is(made, value) ? writeObject(value, separators) : write(made, name, separators);
  }
  return writeObject(value, separators);
}

function writeObject(value: object, separators: JsonSeparators): string {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => write(item, String(index), separators) ?? "null");
    return `[${items.join(separators.item)}]`;
  }
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return write(value.valueOf(), "", separators) ?? "null";
  }
  let text = "";
  for (const name of sortedNames(value)) {
    const member = write((value as Record<string, unknown>)[name], name, separators);
    if (member === undefined) continue;
    text += `${text === "" ? "" : separators.item}${stringText(name)}${separators.key}${member}`;
  }
  return `{${text}}`;
}

const surrogate = /[\ud800-\udfff]/;
const notAscii = /[\u007f-\uffff]/;

/** Names in the order of their code points, which is that of UTF-16 code units unless there are surrogates. */
function sortedNames(value: object): string[] {
  const names = Object.keys(value);
  return names.some((name) => surrogate.test(name)) ? names.sort(byCodePoints) : names.sort();
}

/** Compares texts by code points; `<` compares UTF-16 code units, in which U+10000 comes before U+FFFF. */
function byCodePoints(a: string, b: string): number {
  const right = Array.from(b);
  for (const [place, sign] of Array.from(a).entries()) {
    const other = right[place];
    if (other === undefined) return 1;
    if (sign !== other) return (sign.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return a.length - b.length;
}

function stringText(value: string): string {
  const json = JSON.stringify(value);
  return notAscii.test(json) ? json.replace(/[\u007f-\uffff]/g, escaped) : json;
}

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

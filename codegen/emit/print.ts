import { js } from "./scan.js";

/** A text as a string literal: double quotes unless single ones need fewer escapes, no raw line separators. */
export function quote(text: string): string {
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  const json = js(text);
  if (doubles <= singles) return json;
  return `'${json.slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}

/** A text as the key of an object literal or type: quoted only where it must be. */
export function keyOf(text: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(text) ? text : quote(text);
}

/** A text as a doc comment at an indent, wrapped at 120 columns, ending in a line break; nothing for an empty text. */
export function docs(text: string, indent = ""): string {
  const lines = text
    .replace(/\*\//g, "*\\/")
    .split(/[\n\r\u2028\u2029]+/)
    .map((line) => line.replace(/\p{Cc}/gu, " ").trim())
    .filter((line) => line !== "")
    .flatMap((line) => wrap(line, 116 - indent.length));
  const [first] = lines;
  if (first === undefined) return "";
  if (lines.length === 1) return `${indent}/** ${first} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join("")}${indent} */\n`;
}

function wrap(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(/\s+/)) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

const source = Symbol("source text");

/** Source text that is printed as it stands where a value is expected; nothing that a spec holds can be one. */
interface Raw {
  readonly [source]: string;
}

/** Marks a text as source text. */
export function raw(text: string): Raw {
  return { [source]: text };
}

/** What `literal` prints: JSON values and raw source text. */
export type Printable =
  | string
  | number
  | boolean
  | null
  | undefined
  | Raw
  | readonly Printable[]
  | { readonly [key: string]: Printable };

/** A value as a literal. Objects take a line per member, arrays one line when they fit in 120 columns. */
export function literal(value: Printable, indent = "", column = indent.length): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value)) return list(value, indent, column);
  if (isRaw(value)) return value[source];
  const inner = `${indent}  `;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return "{}";
  const lines = members.map(([key, member]) => {
    if (isRaw(member) && member[source] === key) return `${inner}${key},\n`;
    const head = `${inner}${keyOf(key)}: `;
    return `${head}${literal(member, inner, head.length)},\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

function list(values: readonly Printable[], indent: string, column: number): string {
  const inline = `[${values.map((value) => literal(value, indent)).join(", ")}]`;
  if (!inline.includes("\n") && column + inline.length + 1 <= 120) return inline;
  const inner = `${indent}  `;
  return `[\n${values.map((value) => `${inner}${literal(value, inner)},\n`).join("")}${indent}]`;
}

function isList(value: object): value is readonly Printable[] {
  return Array.isArray(value);
}

function isRaw(value: Printable): value is Raw {
  return typeof value === "object" && value !== null && source in value;
}

/** The declaration of a union type under a name. */
export function unionType(name: string, members: readonly string[], note: string): string {
  const head = `export type ${name} =`;
  const text = union(members, "", head.length + 1);
  return `${docs(note)}${head}${text.startsWith("\n") ? "" : " "}${text};\n`;
}

/** A union type, `|` before every member when it does not fit in what is left of the line. */
export function union(members: readonly string[], indent = "", column = 0): string {
  if (members.length === 0) return "never";
  const inline = members.join(" | ");
  const orNull = members.length === 2 && members.includes("null");
  if (members.length === 1 || (inline.includes("\n") ? orNull : column + inline.length + 1 <= 120)) return inline;
  return members.map((member) => `\n${indent}  | ${member.replace(/\n/g, "\n    ")}`).join("");
}

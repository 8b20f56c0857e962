import { closing, codeOnly, endOfString, js, outside, split, visible } from "./scan.js";

/** What the compiler takes from its own run time, and what stands for it in `faults.js`. */
const replaced = new Map<string | undefined, string>([
  ["equal", "equal"],
  ["ucs2length", "lengthOf"],
]);

/**
 * Rewrites a compiled validator, one statement per line, into the form that is shipped: errors are made by one function,
 * calls carry the instance path alone, nothing of the schema is embedded, and loops end once enough errors are known.
 * The text comes line by line with every string on one line, so that a line's beginning tells what it is.
 *
 * @param endLoops - Whether loops over items may end early: not where one of them looks for an item that is right.
 */
export function rewrite(source: string, endLoops: boolean): { body: string; helpers: ReadonlySet<string> } {
  const helpers = new Set<string>();
  const schemas = new Map<string, unknown>();
  const lines = visible(source)
    .replace(/,\n\s+/g, ",")
    .split("\n");
  const out: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const schema = /^const (schema\d+) = (.*);$/.exec(line);
    if (schema?.[1] !== undefined && schema[2] !== undefined) {
      schemas.set(schema[1], JSON.parse(schema[2]));
      continue;
    }
    if (/^(?:"use strict";|export |\/\*# sourceURL=|$)/.test(line)) continue;
    const known = /^const (\w+) = require\("ajv\/dist\/runtime\/(\w+)"\)\.default;$/.exec(line);
    const helper = replaced.get(known?.[2]);
    if (known !== null && helper !== undefined) {
      out.push(`const ${known[1]} = ${helper};`);
      helpers.add(helper);
      continue;
    }
    const error = /^const (err\d+) = \{.*\};$/.exec(line)?.[1];
    if (error !== undefined) {
      at = skip(lines, at, [
        "if(vErrors === null){",
        `vErrors = [${error}];`,
        "}",
        "else {",
        `vErrors.push(${error});`,
        "}",
      ]);
      out.push(...fault(line, helpers));
      continue;
    }
    const count = line === "if(vErrors !== null){" ? /^if\((_errs\d+)\)\{$/.exec(lines[at + 1] ?? "")?.[1] : undefined;
    if (count !== undefined) {
      at = skip(lines, at, [`if(${count}){`, `vErrors.length = ${count};`, "}", "else {", "vErrors = null;", "}", "}"]);
      helpers.add("keep");
      out.push(`vErrors = keep(vErrors, ${count});`);
      continue;
    }
    const joined = /^vErrors = vErrors === null \? (\S+)\.errors : vErrors\.concat\(\1\.errors\);$/.exec(line);
    if (joined?.[1] !== undefined) {
      helpers.add("join");
      out.push(`vErrors = join(vErrors, ${joined[1]}.errors);`, `errors += ${joined[1]}.errors.length;`);
      at = skip(lines, at, ["errors = vErrors.length;"]);
      continue;
    }
    out.push(...plain(line, endLoops));
  }
  return { body: `${inlineSchemas(out, schemas).join("\n")}\n`, helpers };
}

/** The position of the last of some lines that must follow a line. */
function skip(lines: readonly string[], at: number, expected: readonly string[]): number {
  for (const [index, line] of expected.entries()) {
    if (lines[at + 1 + index] !== line)
      throw new Error(`the compiler printed ${lines[at + 1 + index]} in place of ${line}`);
  }
  return at + expected.length;
}

function plain(line: string, endLoops: boolean): string[] {
  const head = /^(function \w+)\(data, \{instancePath="".*\}=\{\}\)\{$/.exec(line);
  if (head !== null) return [`${head[1]}(data, instancePath){`];
  const loop = endLoops ? /^(for\(let (i\d+)=.*; \2<len\d+)(; \2\+\+\)\{)$/.exec(line) : null;
  if (loop !== null) return [`${loop[1]} && errors < 1000${loop[3]}`];
  if (/^for\(const key\d+ in .*\)\{$/.test(line)) return [line, "if(errors > 999)break;"];
  const size = /^if\((func\d+\((\w+)\)) ([<>]) (\d+)\)\{$/.exec(line);
  if (size !== null) return [sizeTest(size)];
  const indices = /^(const indices\d+ = )\{\};$/.exec(line);
  if (indices !== null) return [`${indices[1]}Object.create(null);`];
  const pattern = /^(const pattern\d+ = )(new RegExp\(.*\);)$/.exec(line);
  if (pattern !== null) return [`${pattern[1]}/* @__PURE__ */ ${pattern[2]}`];
  return [shortCall(line)];
}

/** Counts the characters of a text only when its code units, one or two for each, leave the answer open. */
function sizeTest([, count, text, sign, limit]: readonly string[]): string {
  const open = sign === ">" ? Number(limit) : Number(limit) * 2;
  return `if(${text}.length ${sign} ${open} && ${count} ${sign} ${limit}){`;
}

/** `validate1(data.a, {instancePath:…,parentData:…})` as `validate1(data.a, …)`. */
function shortCall(line: string): string {
  const comma = outside(line, ", {instancePath");
  if (comma === -1) return line;
  const open = comma + 2;
  const close = closing(line, open);
  const [path = ""] = split(line.slice(open + 1, close));
  const given = path.startsWith("instancePath:") ? path.slice("instancePath:".length) : "instancePath";
  return shortCall(`${line.slice(0, open)}${given}${line.slice(close + 1)}`);
}

/** The lines that record an error; none where it would be forgotten at once. */
function fault(line: string, helpers: Set<string>): string[] {
  const text = line.slice(line.indexOf("{"), -1);
  const members = split(text.slice(1, -1));
  if (members.length === 1 && members[0] === "") return [];
  const memberOf = (name: string) => {
    const member = members.find((one) => one === name || one.startsWith(`${name}:`));
    if (member === undefined) throw new Error(`an error without ${name}: ${line}`);
    return member === name ? name : member.slice(name.length + 1);
  };
  helpers.add("fault");
  const parts = ["instancePath", "schemaPath", "keyword", "params", "message"].map(memberOf);
  return [`vErrors = fault(vErrors, ${parts.join(", ")});`];
}

/** Replaces each use of an embedded schema by the value it reaches, and drops what is no longer used. */
function inlineSchemas(lines: readonly string[], schemas: ReadonlyMap<string, unknown>): string[] {
  const hoisted: string[] = [];
  const inlined = lines.map((line) => inlineLine(line, schemas, hoisted));
  const used = inlined.filter((line) => {
    const owned = /^const (func\d+) = Object\.prototype\.hasOwnProperty;$/.exec(line)?.[1];
    return owned === undefined || inlined.some((other) => other !== line && codeOnly(other).includes(`${owned}.`));
  });
  return [...hoisted, ...used];
}

function inlineLine(line: string, schemas: ReadonlyMap<string, unknown>, hoisted: string[]): string {
  if (!line.includes("schema")) return line;
  let out = "";
  for (let at = 0; at < line.length; at++) {
    const c = line[at] ?? "";
    if (c === '"' || c === "'") {
      const end = endOfString(line, at);
      out += line.slice(at, end + 1);
      at = end;
      continue;
    }
    const use = /^schema\d+(?=[.[])/.exec(line.slice(at));
    if (use === null || /[\w$.]/.test(line[at - 1] ?? "")) {
      out += c;
      continue;
    }
    const { value, end } = follow(line, at + use[0].length, schemas.get(use[0]));
    const owner = /func\d+\.call\($/.exec(out);
    const key = /^, (key\d+)\)/.exec(line.slice(end));
    if (owner !== null && key?.[1] !== undefined) {
      out = out.slice(0, owner.index) + memberTest(Object.keys(value ?? {}), key[1], hoisted);
      at = end + key[0].length - 1;
    } else {
      out += js(value);
      at = end - 1;
    }
  }
  return out;
}

/** Whether a key is one of some names: comparisons, or a look-up when there are many. */
function memberTest(names: readonly string[], key: string, hoisted: string[]): string {
  if (names.length <= 24) return `(${names.map((name) => `${key} === ${js(name)}`).join(" || ") || "false"})`;
  const set = `names${hoisted.length}`;
  hoisted.push(`const ${set} = /* @__PURE__ */ new Set(${js(names)});`);
  return `${set}.has(${key})`;
}

function follow(line: string, start: number, root: unknown): { value: unknown; end: number } {
  let value: unknown = root;
  let at = start;
  for (;;) {
    const rest = line.slice(at);
    const step = /^\.([A-Za-z_$][\w$]*)/.exec(rest) ?? /^\[(\d+)\]/.exec(rest) ?? /^\[("(?:[^"\\]|\\.)*")\]/.exec(rest);
    if (step?.[1] === undefined) return { value, end: at };
    const key = step[1].startsWith('"') ? String(JSON.parse(step[1])) : step[1];
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return { value, end: at };
    value = Reflect.get(value, key);
    at += step[0].length;
  }
}

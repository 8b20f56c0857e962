import { posix } from "node:path";
import { compare, type Problem, pointerOf } from "./error.js";
import type { Schema, TypeModel } from "./model.js";
import { kebab, pascal, show, typeNameFault } from "./names.js";
import { canonical, isObject, judgesSameValue, keywords, mapSchema, schemasIn, subschemas, without } from "./walk.js";

/** A place in the spec where a type is defined. */
interface Definition {
  readonly name: string;
  readonly file: string;
  readonly pointer: string;
  readonly schema: Schema;
}

/** The types of a spec, and the name of the type that stands at a place (`file` or `file#/$defs/key`). */
export interface TypeTable {
  readonly types: readonly TypeModel[];
  readonly nameAt: ReadonlyMap<string, string>;
}

/**
 * Makes the named types of a spec from its schema files: gives each definition its name, turns every `$ref` into the
 * name it reaches, merges equal definitions of one name and reports unequal ones.
 */
export function collectTypes(documents: ReadonlyMap<string, unknown>, problems: Problem[]): TypeTable {
  const definitions: Definition[] = [];
  for (const [file, document] of documents) definitions.push(...definitionsOf(file, document, problems));
  const nameAt = new Map(definitions.map(({ file, pointer, name }) => [placeOf(file, pointer), name]));
  const merged = new Map<string, { model: TypeModel; text: string }>();
  for (const definition of definitions) {
    const schema = resolve(definition, documents, nameAt, problems);
    const text = canonical(schema);
    const known = merged.get(definition.name);
    if (known === undefined) {
      const { name, file, pointer } = definition;
      const model = { name, file: kebab(name), source: { file, pointer }, schema, refs: refsOf(schema) };
      merged.set(name, { model, text });
    } else if (known.text !== text) {
      const first = known.model.source;
      const reason = `${show(definition.name)} is defined here and, differently, in ${placeOf(first.file, first.pointer)}`;
      problems.push({ file: definition.file, pointer: definition.pointer, reason });
    }
  }
  const types = [...merged.values()].map(({ model }) => model).sort((a, b) => compare(a.name, b.name));
  problems.push(...clashes(types), ...endlessAliases(types));
  return { types, nameAt };
}

function placeOf(file: string, pointer: string): string {
  return pointer === "" ? file : `${file}#${pointer}`;
}

function definitionsOf(file: string, document: unknown, problems: Problem[]): Definition[] {
  const report = (pointer: string, reason: string) => problems.push({ file, pointer, reason });
  if (!isObject(document)) {
    report("", "a schema file must hold an object");
    return [];
  }
  const found: Definition[] = [];
  const add = (name: unknown, pointer: string, schema: Schema, namedAt: string) => {
    const fault = typeof name === "string" ? typeNameFault(name) : "the name of a type must be text";
    if (fault !== null) report(namedAt, fault);
    else if (typeof name === "string") found.push({ name, file, pointer, schema });
  };
  const { $defs = {}, ...root } = document;
  const bare = Object.keys(root).every((key) => key === "$schema" || key === "description" || key === "$comment");
  if (document["$schema"] !== undefined && document["$schema"] !== "https://json-schema.org/draft/2020-12/schema") {
    report("/$schema", "only JSON Schema 2020-12 is understood");
  }
  if (!("title" in root) && !(bare && "$defs" in document)) {
    report("", "the schema has no title; its title names the type");
  } else if ("title" in root) add(root["title"], "", without(root, "$schema"), "/title");
  if (!isObject($defs)) report("/$defs", "$defs must be an object");
  else {
    for (const [key, schema] of Object.entries($defs)) {
      const pointer = pointerOf(["$defs", key]);
      if (!isObject(schema)) report(pointer, "a definition must be an object");
      else if ("title" in schema) add(schema["title"], pointer, schema, `${pointer}/title`);
      else add(pascal(key), pointer, schema, pointer);
    }
  }
  return found;
}

function resolve(
  definition: Definition,
  documents: ReadonlyMap<string, unknown>,
  nameAt: ReadonlyMap<string, string>,
  problems: Problem[],
): Schema {
  checkKeywords(definition.schema, definition.file, definition.pointer, problems);
  const visit = (schema: Schema, pointer: string): void => {
    const ref = schema["$ref"];
    if (typeof ref === "string") {
      const target = reach(ref, definition.file, documents, nameAt);
      if ("reason" in target)
        problems.push({ file: definition.file, pointer: `${pointer}/$ref`, reason: target.reason });
    }
    for (const inner of subschemas(schema)) {
      if (isObject(inner.schema)) visit(inner.schema, pointer + pointerOf(inner.path));
    }
  };
  visit(definition.schema, definition.pointer);
  const resolved = mapSchema(definition.schema, (schema) => {
    const ref = schema["$ref"];
    if (typeof ref !== "string") return without(schema, "$comment");
    const target = reach(ref, definition.file, documents, nameAt);
    return { ...without(schema, "$comment"), $ref: "name" in target ? target.name : "" };
  });
  return { ...resolved, title: definition.name };
}

/** The type a `$ref` reaches from a file, or why it reaches none. */
export function reach(
  ref: string,
  from: string,
  documents: ReadonlyMap<string, unknown>,
  nameAt: ReadonlyMap<string, string>,
): { name: string } | { reason: string } {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:|^\/|^\\/.test(ref)) {
    return { reason: `${show(ref)} leads out of the spec: only relative paths inside it are followed` };
  }
  const mark = ref.indexOf("#");
  let path: string;
  let fragment: string;
  try {
    path = decodeURIComponent(mark === -1 ? ref : ref.slice(0, mark));
    fragment = mark === -1 ? "" : decodeURIComponent(ref.slice(mark + 1));
  } catch {
    return { reason: `${show(ref)} is no valid reference` };
  }
  const file = path === "" ? from : posix.normalize(posix.join(posix.dirname(from), path));
  if (file.startsWith("../") || file === ".." || file.startsWith("/") || path.includes("\\") || path.includes("\0")) {
    return { reason: `${show(ref)} leads out of the spec folder` };
  }
  if (!documents.has(file)) return { reason: `${show(ref)} reaches no file: there is no ${show(file)} in the spec` };
  const name = nameAt.get(placeOf(file, fragment));
  if (name !== undefined) return { name };
  return fragment === "" || /^\/\$defs\/[^/]+$/.test(fragment)
    ? { reason: `${show(ref)} reaches no definition` }
    : { reason: `${show(ref)} reaches into a definition: only whole files and their $defs can be referred to` };
}

function checkKeywords(schema: Schema, file: string, pointer: string, problems: Problem[], depth = 0): void {
  if (depth > 60) {
    problems.push({ file, pointer: pointer.slice(0, 200), reason: "schemas are nested more than 60 deep" });
    return;
  }
  for (const keyword of Object.keys(schema)) {
    if (keywords.has(keyword)) continue;
    const reason =
      keyword === "$defs" && depth > 0
        ? "$defs is understood at the root of a file only"
        : `${show(keyword)} is not a keyword the generator understands`;
    problems.push({ file, pointer: pointer + pointerOf([keyword]), reason });
  }
  for (const inner of subschemas(schema)) {
    const at = pointer + pointerOf(inner.path);
    if (isObject(inner.schema)) checkKeywords(inner.schema, file, at, problems, depth + 1);
    else if (typeof inner.schema !== "boolean") problems.push({ file, pointer: at, reason: "must be a schema" });
  }
}

function refsOf(schema: Schema): string[] {
  const refs = [...schemasIn(schema)].map((inner) => inner["$ref"]).filter((ref) => typeof ref === "string");
  return [...new Set(refs)].filter((name) => name !== "").sort(compare);
}

function clashes(types: readonly TypeModel[]): Problem[] {
  const byName = new Map<string, TypeModel>();
  const found: Problem[] = [];
  for (const type of types) {
    const other = byName.get(type.name.toLowerCase());
    byName.set(type.name.toLowerCase(), type);
    if (other === undefined) continue;
    const reason = `${show(type.name)} differs from ${show(other.name)} of ${other.source.file} only in letter case`;
    found.push({ ...type.source, reason });
  }
  return found;
}

/** Types that send the same value back to themselves, so that judging it would never end. */
function endlessAliases(types: readonly TypeModel[]): Problem[] {
  const byName = new Map(types.map((type) => [type.name, type]));
  return types.flatMap((type) => {
    const seen = new Set<string>();
    const pending = directRefs(type.schema);
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (name === type.name)
        return [{ ...type.source, reason: `${show(type.name)} judges a value by itself again, without end` }];
      const next = byName.get(name);
      if (next === undefined || seen.has(name)) continue;
      seen.add(name);
      pending.push(...directRefs(next.schema));
    }
    return [];
  });
}

/** The types that judge the same value as a schema does. */
function directRefs(schema: Schema): string[] {
  const here = typeof schema["$ref"] === "string" ? [schema["$ref"]] : [];
  const branches = subschemas(schema).filter(judgesSameValue);
  return [...here, ...branches.flatMap((inner) => (isObject(inner.schema) ? directRefs(inner.schema) : []))];
}

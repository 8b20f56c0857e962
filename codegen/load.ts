import { CodegenError, type Problem, pointerOf } from "./error.js";
import { lintTypes } from "./lint.js";
import type { SpecModel } from "./model.js";
import { show } from "./names.js";
import type { SpecSource } from "./read.js";
import {
  type ErrorsFile,
  ErrorsShape,
  type ProtocolFile,
  ProtocolShape,
  type StatesFile,
  StatesShape,
  shapeProblems,
} from "./shape.js";
import { tablesOf } from "./tables.js";
import { collectTypes } from "./types.js";

/**
 * Turns the text of a spec into its model: parses and checks every file, resolves references, merges equal definitions.
 *
 * @throws CodegenError with every problem found.
 */
export function load(source: SpecSource): SpecModel {
  const problems: Problem[] = [];
  const documents = new Map<string, unknown>();
  for (const [file, text] of source.files) {
    const document = parse(file, text, problems);
    if (document !== undefined) documents.set(file, document);
  }
  for (const file of ["protocol.json", "errors.json", "states.json"]) {
    if (!source.files.has(file)) problems.push({ file, pointer: "", reason: "the spec has no such file" });
  }
  stopAt(problems);

  const protocol = documents.get("protocol.json");
  const errors = documents.get("errors.json");
  const states = documents.get("states.json");
  problems.push(
    ...shapeProblems(ProtocolShape, "protocol.json", protocol),
    ...shapeProblems(ErrorsShape, "errors.json", errors),
    ...shapeProblems(StatesShape, "states.json", states),
  );
  const schemas = new Map([...documents].filter(([file]) => file.endsWith(".schema.json")));
  const table = collectTypes(schemas, problems);
  stopAt(problems);

  lintTypes(table.types, problems);
  // The three casts are what the shape checks above have established.
  const tables = { protocol: protocol as ProtocolFile, errors: errors as ErrorsFile, states: states as StatesFile };
  const model = tablesOf(tables, schemas, table, source.hash, problems);
  stopAt(problems);
  return model;
}

function stopAt(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new CodegenError(problems);
}

function parse(file: string, text: string, problems: Problem[]): unknown {
  try {
    const document: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    refuseProto(document, file, [], problems);
    return document;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : "";
    problems.push({ file, pointer: "", reason: `is not JSON: ${show(detail).slice(1, -1)}` });
    return undefined;
  }
}

function refuseProto(value: unknown, file: string, path: readonly (string | number)[], problems: Problem[]): void {
  if (typeof value !== "object" || value === null) return;
  if (path.length > 200) throw new RangeError("nested more than 200 deep");
  for (const [key, inner] of Object.entries(value)) {
    if (key === "__proto__")
      problems.push({ file, pointer: pointerOf([...path, key]), reason: "no member may be named __proto__" });
    else refuseProto(inner, file, [...path, Array.isArray(value) ? Number(key) : key], problems);
  }
}

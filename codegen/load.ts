import { CodegenError, type Problem } from "./error.js";
import { parseJson } from "./json.js";
import { lintTypes } from "./lint.js";
import type { SpecModel } from "./model.js";
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
    const document = parseJson(file, text, problems);
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

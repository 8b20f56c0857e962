import type { Project, SourceFile } from "ts-morph";
import { compare } from "../error.js";
import type { SpecModel } from "../model.js";
import { type Draft, namesLine } from "./file.js";

const files = ["client", "contract", "errors", "limits", "messages", "protocol", "routes", "server", "states"];

/**
 * `index.ts`: every export of the tables and stubs by name, the model types, and the way to load validators.
 *
 * @param texts - The files emitted so far, by path.
 */
export function emitIndex(model: SpecModel, texts: ReadonlyMap<string, string>, project: Project): Draft {
  const lines = files.map((name) => {
    const file = project.createSourceFile(`/${name}.ts`, texts.get(`${name}.ts`));
    return reExport(name, exportedNames(file));
  });
  const types = model.types.map((type) => `type ${type.name}`);
  const loaders = ["isTypeName", "loadValidator", "type TypeMap", "type TypeName", "validators"];
  lines.push(reExport("models", types), reExport("validators/index", loaders));
  return { path: "index.ts", imports: [], body: lines.sort((a, b) => compare(fromOf(a), fromOf(b))).join("") };
}

function exportedNames(file: SourceFile): string[] {
  const types = [...file.getInterfaces(), ...file.getTypeAliases()].filter((node) => node.isExported());
  const functions = file.getFunctions().filter((node) => node.isExported());
  const constants = file.getVariableStatements().filter((node) => node.isExported());
  return [
    ...types.map((node) => `type ${node.getName()}`),
    ...functions.map((node) => node.getNameOrThrow()),
    ...constants.flatMap((node) => node.getDeclarations().map((declaration) => declaration.getName())),
  ];
}

function reExport(name: string, names: readonly string[]): string {
  const allTypes = names.every((one) => one.startsWith("type "));
  const bare = allTypes ? names.map((one) => one.replace(/^type /, "")) : names;
  return namesLine(allTypes ? "export type" : "export", bare, `./${name}.js`);
}

function fromOf(line: string): string {
  return line.slice(line.lastIndexOf(' from "'));
}

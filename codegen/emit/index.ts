import type { Project, SourceFile } from "ts-morph";
import { compare } from "../error.js";
import type { SpecModel } from "../model.js";
import type { Draft } from "./file.js";

const files = ["client", "contract", "errors", "limits", "messages", "protocol", "routes", "server", "states"];

/** `index.ts`: every export of the tables and stubs by name, the model types, and the way to load validators. */
export function emitIndex(model: SpecModel, project: Project): Draft {
  const lines = files.flatMap((name) => {
    const file = project.getSourceFile(`/${name}.ts`);
    return file === undefined ? [] : [reExport(name, exportedNames(file))];
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
  const bare = (text: string) => text.replace(/^type /, "");
  const sorted = [...names]
    .sort((a, b) => compare(bare(a).toLowerCase(), bare(b).toLowerCase()))
    .map((one) => (allTypes ? bare(one) : one));
  const head = allTypes ? "export type" : "export";
  const inline = `${head} { ${sorted.join(", ")} } from "./${name}.js";\n`;
  if (inline.length <= 121) return inline;
  return `${head} {\n${sorted.map((one) => `  ${one},\n`).join("")}} from "./${name}.js";\n`;
}

function fromOf(line: string): string {
  return line.slice(line.lastIndexOf(' from "'));
}

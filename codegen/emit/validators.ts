import type { Schema, SpecModel, TypeModel } from "../model.js";
import { forEachType } from "./blame.js";
import { compileType } from "./compile.js";
import { emitFaults } from "./faults.js";
import { type Draft, headerOf } from "./file.js";
import { prepare, reachable, tolerate, uses } from "./prepare.js";
import { codeOnly } from "./scan.js";
import { rewrite } from "./standalone.js";

/** One compiled validator per type, one more for each tolerant type, and the file they share. */
export async function emitValidators(model: SpecModel): Promise<{ path: string; text: string }[]> {
  const types = new Map(model.types.map((type) => [type.name, type]));
  const strict = prepare(model.types);
  const open = tolerate(strict);
  const emitted = emitFaults(model.specHash);
  await forEachType(model.types, (type) => {
    emitted.push(...emitOne(type, "", strict, types, model.specHash));
    if (!model.tolerant.includes(type.name)) return;
    emitted.push(...emitOne(type, "Tolerant", open, types, model.specHash));
  });
  return emitted;
}

function emitOne(
  type: TypeModel,
  suffix: "" | "Tolerant",
  schemas: ReadonlyMap<string, Schema>,
  types: ReadonlyMap<string, TypeModel>,
  specHash: string,
): { path: string; text: string }[] {
  const names = reachable(type.name, types);
  const source = compileType(type.name, names, schemas);
  const looksForItem = names.some((one) => uses(schemas.get(one) ?? {}, "contains"));
  const { body, helpers } = rewrite(source, !looksForItem);
  const root = /^export const validate = (validate\d+);$/m.exec(source)?.[1] ?? "validate0";
  const name = `validate${type.name}${suffix}`;
  const imports = ["face", ...helpers].sort().join(", ");
  const text = `${headerOf(specHash)}
import { ${imports} } from "./faults.js";
${body}
export const ${name} = /* @__PURE__ */ face("${type.name}", function check(value) {
const passed = ${root}(value, "");
check.errors = ${root}.errors;
return passed;
});
`;
  assertShippable(text, name);
  const note = suffix === "" ? "" : ", whatever members it does not know";
  const declaration = `${headerOf(specHash)}
import type { Validator } from "../contract.js";
import type { ${type.name} } from "../models/${type.file}.js";

/** Tells whether a value is a ${type.name}${note}. */
export declare const ${name}: Validator<${type.name}>;
`;
  const file = `validators/${type.file}${suffix === "" ? "" : "-tolerant"}`;
  return [
    { path: `${file}.js`, text },
    { path: `${file}.d.ts`, text: declaration },
  ];
}

/** Fails when a validator would need what a strict content security policy or a bundler forbids; members may have any name. */
function assertShippable(text: string, name: string): void {
  const found = /(?<!\.)\b(?:require|eval|evaluated\w*|schema\d+)\b|\bnew Function\b|\bvErrors\.(?:push|concat)\b/.exec(
    codeOnly(text),
  );
  if (found !== null) throw new Error(`${name} contains ${found[0]}`);
}

/** `validators/index.ts`: validators by type name, each loaded when it is asked for. */
export function emitLoaders(model: SpecModel): Draft {
  const all = [
    ...model.types.map((type) => ({ name: type.name, type: type.name, file: type.file })),
    ...model.types
      .filter((type) => model.tolerant.includes(type.name))
      .map((type) => ({ name: `${type.name}Tolerant`, type: type.name, file: `${type.file}-tolerant` })),
  ];
  const map = all.map(({ name, type }) => `  ${name}: ${type};\n`).join("");
  const loaders = all.map(({ name, file }) => {
    const head = `  ${name}: () =>`;
    const call = `import("./${file}.js").then((module) => module.validate${name}),\n`;
    return `${head} ${call}`.length <= 121 ? `${head} ${call}` : `${head}\n    ${call}`;
  });
  const body = `/** The type that each name stands for; names ending in \`Tolerant\` accept unknown members. */
export interface TypeMap {
${map}}

/** Name of a type that has a validator. */
export type TypeName = keyof TypeMap;

/** Loads the validator of each type, when called. */
export const validators: { readonly [Name in TypeName]: () => Promise<Validator<TypeMap[Name]>> } = {
${loaders.join("")}};

/** Whether a text names a type that has a validator. */
export function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(validators, name);
}

/** Loads the validator of a type. */
export function loadValidator<Name extends TypeName>(name: Name): Promise<Validator<TypeMap[Name]>> {
  return validators[name]();
}
`;
  const imports = [
    { from: "../contract.js", names: ["Validator"], typeOnly: true },
    { from: "../models.js", names: model.types.map((type) => type.name), typeOnly: true },
  ];
  return { path: "validators/index.ts", imports, body };
}

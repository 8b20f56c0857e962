import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { fastFormats } from "ajv-formats/dist/formats.js";
import type { Schema } from "../model.js";
import { namesInherited } from "./prepare.js";

/** The formats that can be checked, each by one regular expression. */
export const formats: ReadonlyMap<string, RegExp> = new Map(
  Object.entries(fastFormats).flatMap(([name, format]): [string, RegExp][] => {
    const check = typeof format === "object" && format !== null && "validate" in format ? format.validate : format;
    return check instanceof RegExp ? [[name, check]] : [];
  }),
);

/** A compiler that holds the given schemas under their names. */
export function compilerFor(names: readonly string[], schemas: ReadonlyMap<string, Schema>): Ajv2020 {
  const held = names.map((name) => [name, schemas.get(name) ?? {}] as const);
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTuples: false,
    allowMatchingProperties: true,
    allowUnionTypes: true,
    discriminator: true,
    allErrors: true,
    ownProperties: held.some(([, schema]) => namesInherited(schema)),
    validateSchema: false,
    meta: false,
    logger: false,
    loopEnum: 10_000,
    code: { source: true, esm: true, lines: true },
  });
  ajv.opts.unevaluated = false;
  for (const [name, format] of formats) ajv.addFormat(name, format);
  for (const [name, schema] of held) ajv.addSchema({ ...schema, $id: name });
  return ajv;
}

/** The source text of a type's validator as the compiler prints it: an ES module with CommonJS leftovers. */
export function compileType(name: string, names: readonly string[], schemas: ReadonlyMap<string, Schema>): string {
  const ajv = compilerFor(names, schemas);
  const validate = ajv.getSchema(name);
  if (validate === undefined) throw new Error(`no schema named ${name}`);
  return standalone.default(ajv, validate);
}

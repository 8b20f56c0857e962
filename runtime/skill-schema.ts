import type { ValidationError } from "../generated/contract.js";
import { AsapError } from "./error.js";
import type { JsonSchema } from "./skill.js";

/** A compiled schema of a skill's input or output. */
export interface CompiledSchema {
  /** Whether a value fits. */
  fits(value: unknown): boolean;
  /** Every fault of a value that does not fit; only the first one for `brief`. */
  faults(value: unknown, brief: boolean): readonly ValidationError[];
}

/**
 * Compiles a JSON Schema (2020-12, or draft-07 when `$schema` says so). Where the platform forbids code generation
 * from strings, TypeBox schemas are interpreted instead.
 *
 * @param option Name of the option that holds the schema, for the error.
 * @throws AsapError `asap:config/invalid_option` when the schema is none, or cannot be used on this platform.
 */
export async function compileSchema(schema: JsonSchema, option: string): Promise<CompiledSchema> {
  try {
    return await compileWithAjv(schema);
  } catch (cause) {
    if (cause instanceof EvalError) {
      const interpreted = await interpretTypeBox(schema);
      if (interpreted !== undefined) return interpreted;
      throw new AsapError("asap:config/invalid_option", {
        message: `${option}: this platform forbids code generation from strings; describe the skill with a TypeBox schema`,
        data: { option, reason: "no code generation" },
        cause,
      });
    }
    throw new AsapError("asap:config/invalid_option", {
      message: `${option} is not a usable JSON Schema: ${cause instanceof Error ? cause.message : "unknown fault"}`,
      data: { option, reason: "invalid schema" },
      cause,
    });
  }
}

async function compileWithAjv(schema: JsonSchema): Promise<CompiledSchema> {
  const draft07 = typeof schema["$schema"] === "string" && schema["$schema"].includes("draft-07");
  const [ajv, ajv2020, formats] = await Promise.all([import("ajv"), import("ajv/dist/2020.js"), import("ajv-formats")]);
  const Compiler = draft07 ? ajv.default.Ajv : ajv2020.default.Ajv2020;
  const compile = (allErrors: boolean) => {
    const compiler = new Compiler({ allErrors, strict: false, logger: false });
    formats.default.default(compiler);
    return compiler.compile<unknown>({ ...schema });
  };
  const first = compile(false);
  let all: typeof first | undefined;
  return {
    fits: first,
    faults(value, brief) {
      all ??= compile(true);
      const check = brief ? first : all;
      check(value);
      return (check.errors ?? []) as ValidationError[];
    },
  };
}

async function interpretTypeBox(schema: JsonSchema): Promise<CompiledSchema | undefined> {
  const [{ Value }, { TypeGuard }] = await Promise.all([
    import("@sinclair/typebox/value"),
    import("@sinclair/typebox"),
  ]);
  if (!TypeGuard.IsSchema(schema)) return undefined;
  return {
    fits: (value) => Value.Check(schema, value),
    faults: (value) =>
      [...Value.Errors(schema, value)].map((error) => ({
        keyword: "typebox",
        instancePath: error.path,
        schemaPath: "",
        params: {},
        message: error.message,
      })),
  };
}

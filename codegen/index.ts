export { CodegenError, type Problem } from "./error.js";
export { type GenerateOptions, type GenerateResult, generate } from "./generate.js";

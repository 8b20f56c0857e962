import { AsapError } from "./error.js";

/** JSON text of an object, or of null. */
export function objectText(value: unknown): string {
  if (value === null) return "null";
  const text = JSON.stringify(value);
  if (typeof text !== "string" || text.charCodeAt(0) !== 0x7b) {
    throw new AsapError("asap:task/invalid_output", { message: "The output is not a JSON object" });
  }
  return text;
}

/** JSON text of what a skill asks for. */
export function inputRequestText(request: unknown): string {
  if (typeof request === "object" && request !== null) return objectText(request);
  throw new AsapError("asap:task/invalid_output", { message: "The request for input is not a JSON object" });
}

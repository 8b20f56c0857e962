import { AsapError } from "./error.js";

/**
 * The error of an option that cannot be used, `asap:config/invalid_option`.
 *
 * @param option Its name, `retry.attempts` for one within another.
 * @param reason Why not, in words that follow the name: `must be a number from 0`. Must not repeat secrets.
 */
export function invalidOption(option: string, reason: string): AsapError {
  return new AsapError("asap:config/invalid_option", { message: `${option} ${reason}.`, data: { option, reason } });
}

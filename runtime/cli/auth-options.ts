import type { Command } from "commander";
import { type EgressPolicy, isLoopbackUrl } from "../egress.js";
import { isAsapError } from "../error.js";
import type { CliIo } from "./output.js";
import { isUrl, readSource } from "./read-source.js";

/**
 * The value of an environment variable that an option names, so that secrets stay out of the command line. A name that
 * cannot be one is not repeated: it may be the secret itself.
 *
 * @param flag the option, for the error
 * @param name what was given with it
 */
export function namedVariable(command: Command, io: CliIo, flag: string, name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) return command.error(`${flag} takes the name of an environment variable`);
  return io.env[name] || command.error(`the environment variable ${name}, which ${flag} names, is not set`);
}

/**
 * The text of a file that an option names, or of standard input for `-`. What was given is not repeated: it may be the
 * secret itself.
 *
 * @param flag the option, for the error
 * @param file what was given with it
 */
export async function namedFile(command: Command, io: CliIo, flag: string, file: string): Promise<string> {
  if (isUrl(file)) return command.error(`${flag} takes a file`);
  const bytes = await readSource(file, io).catch(() => command.error(`${flag} names no file that can be read`));
  return new TextDecoder().decode(bytes);
}

/** Ends the command as wrong usage where an option is given without another that it needs. */
export function needs(command: Command, flag: string, given: unknown, needed: string, other: unknown): void {
  if (given !== undefined && other === undefined) command.error(`${flag} is given without ${needed}`);
}

/**
 * Does what takes options, and tells of one that cannot be used as wrong usage, by the flag it came from.
 *
 * @param flags flag of each option, by the option's name
 */
export async function withFlags<T>(
  command: Command,
  flags: Readonly<Record<string, string>>,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isAsapError(cause) || cause.code !== "asap:config/invalid_option") throw cause;
    const { option, reason } = cause.data;
    return command.error(`${flags[String(option)] ?? String(option)} ${String(reason)}`);
  }
}

/**
 * Which addresses may be asked for tokens: public ones, those of this host where the command line names it, private ones
 * where it allows them.
 *
 * @param urls addresses the command line names
 */
export function egressTo(urls: readonly (string | undefined)[], allowPrivate: boolean | undefined): EgressPolicy {
  return {
    ...(urls.some((url) => url !== undefined && isLoopbackUrl(url)) && { allowLoopback: true }),
    ...(allowPrivate === true && { allowPrivate }),
  };
}

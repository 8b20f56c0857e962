import type { Command } from "commander";
import type { ClientOptions } from "./auth-client.js";
import { namedVariable } from "./auth-options.js";
import type { CliIo } from "./output.js";
import type { PeerCommandOptions } from "./peer-command.js";

/** The token in a text, with or without the word Bearer before it. */
export function tokenIn(command: Command, text: string): string {
  const token = text.trim().replace(/^bearer\s+/i, "");
  return /^[\x21-\x7e]+$/.test(token) ? token : command.error("there is no token in what was given");
}

/** Options of a command whose requests may bring a token along. */
export interface TokenOptions extends ClientOptions, PeerCommandOptions {
  readonly tokenEnv?: string;
}

/** Whether headers hold credentials. */
export const hasAuthorization = (header: TokenOptions["header"] = {}): boolean =>
  Object.keys(header).some((name) => name.toLowerCase() === "authorization");

/** The options with the token of --token-env among the headers; wrong usage where they name several credentials. */
export function withTokenHeader<Options extends TokenOptions>(command: Command, options: Options, io: CliIo): Options {
  const { tokenEnv, header = {}, clientId, login } = options;
  const given = [
    ...(tokenEnv === undefined ? [] : ["--token-env"]),
    ...(hasAuthorization(header) ? ["--header authorization"] : []),
    ...(login === true ? ["--login"] : clientId === undefined ? [] : ["--client-id"]),
  ];
  if (given.length > 1) command.error(`${given[0]} and ${given[1]} do not go together`);
  if (tokenEnv === undefined) return options;
  const token = tokenIn(command, namedVariable(command, io, "--token-env", tokenEnv));
  return { ...options, header: { ...header, authorization: `Bearer ${token}` } };
}

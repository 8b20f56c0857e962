import type { Command } from "commander";
import type { TokenRequestOptions } from "../auth/token-request.js";
import type { TokenSource } from "../auth/token-source.js";
import { httpUrl } from "../base-url.js";
import { AsapError } from "../error.js";
import { egressTo, namedFile, namedVariable, needs, withFlags } from "./auth-options.js";
import { keptLogins, storePath } from "./auth-store.js";
import type { CliIo } from "./output.js";

/** Options that say where a token comes from. */
export interface ClientOptions {
  readonly issuer?: string;
  readonly tokenUrl?: string;
  readonly clientId?: string;
  readonly clientSecretEnv?: string;
  readonly privateKey?: string;
  readonly scope?: string;
  readonly audience?: string;
  readonly resource?: string;
  readonly login?: boolean;
  readonly store?: string;
  readonly allowPrivate?: boolean;
  readonly allowInsecure?: boolean;
}

/** The flag of each option of a token request. */
export const flags: Readonly<Record<string, string>> = {
  issuer: "--issuer",
  tokenEndpoint: "--token-url",
  clientId: "--client-id",
  clientSecret: "--client-secret-env",
  privateKey: "--private-key",
};

/** Adds the options that say where a token comes from. */
export function addClientOptions(command: Command): Command {
  return command
    .option("--issuer <url>", "who issues the token; nobody is asked for one on the word of an agent")
    .option("--client-id <id>", "get a token by client credentials, as this client")
    .option("--client-secret-env <variable>", "environment variable with the secret of the client")
    .option("--private-key <file>", "private key of the client (JWK or PKCS 8 PEM), in place of a secret")
    .option("--token-url <url>", "where tokens are given (default: as the metadata of the issuer says)")
    .option("--scope <scopes>", "scopes to ask for, with spaces between")
    .option("--audience <text>", "audience to ask for, as some issuers want it")
    .option("--resource <url>", "resource to ask for (RFC 8707)")
    .option("--login", "use the token that asap auth login keeps for the issuer")
    .option("--store <file>", "where asap auth login keeps tokens")
    .option("--allow-private", "allow an issuer in a private network");
}

/** Ends the command as wrong usage where the options do not go together. */
function judge(command: Command, options: ClientOptions): void {
  const { issuer, tokenUrl, clientId, clientSecretEnv: secret, privateKey: key, login, store } = options;
  const way = clientId ?? login;
  for (const [flag, given] of [
    ["--issuer", issuer],
    ["--client-secret-env", secret],
    ["--private-key", key],
    ["--token-url", tokenUrl],
    ["--scope", options.scope],
    ["--audience", options.audience],
    ["--resource", options.resource],
    ["--allow-private", options.allowPrivate],
  ] as const) {
    needs(command, flag, given, "--client-id or --login", way);
  }
  needs(command, "--store", store, "--login", login);
  needs(command, "--login", login, "--issuer", issuer);
  needs(command, "--client-id", clientId, "--issuer or --token-url", issuer ?? tokenUrl);
  if (login === undefined) {
    needs(command, "--client-id", clientId, "--client-secret-env or --private-key", secret ?? key);
  }
  if (secret !== undefined && key !== undefined) {
    command.error("--client-secret-env and --private-key do not go together");
  }
}

/**
 * Where the command line says that tokens come from.
 *
 * @returns A source that has given its first token; undefined where the command line names none.
 * @throws AsapError as its `token` does; CommanderError for wrong usage.
 */
export async function credentialsOf(
  command: Command,
  options: ClientOptions,
  io: CliIo,
): Promise<TokenSource | undefined> {
  judge(command, options);
  if (options.clientId === undefined && options.login === undefined) return undefined;
  const asked = await requestOptions(command, options, io);
  const source = await (options.login === true
    ? loginSource(command, asked, options, io)
    : withFlags(command, flags, async () => (await import("../auth.js")).clientCredentials(asked)));
  await withFlags(command, flags, () => source.token());
  return source;
}

/**
 * Which issuer is asked, and by which client, as the command line says; secrets are read from the variables and files
 * that it names.
 */
export async function requestOptions(
  command: Command,
  options: ClientOptions,
  io: CliIo,
): Promise<TokenRequestOptions> {
  const { issuer, tokenUrl, clientId = "", clientSecretEnv, privateKey, scope, audience, resource } = options;
  const named = [issuer, tokenUrl].filter((url) => url !== undefined);
  const allowInsecure = options.allowInsecure === true && named.some((url) => /^http:/i.test(url));
  for (const [flag, url] of [["--issuer", issuer] as const, ["--token-url", tokenUrl] as const]) {
    if (url !== undefined) await withFlags(command, { url: flag }, () => httpUrl(url, { allowInsecure }));
  }
  const secret =
    clientSecretEnv === undefined ? undefined : namedVariable(command, io, "--client-secret-env", clientSecretEnv);
  const key = privateKey === undefined ? undefined : await keyIn(command, privateKey, io);
  return {
    clientId,
    ...(issuer !== undefined && { issuer }),
    ...(tokenUrl !== undefined && { tokenEndpoint: tokenUrl }),
    ...(secret !== undefined && { clientSecret: secret }),
    ...(key !== undefined && { privateKey: key }),
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(resource !== undefined && { resource }),
    egress: egressTo(named, options.allowPrivate),
    allowInsecure,
  };
}

/** The private key in a file. */
async function keyIn(command: Command, file: string, io: CliIo) {
  if (file === "-") return command.error("--private-key takes a file");
  const text = await namedFile(command, io, "--private-key", file);
  if (!text.trimStart().startsWith("{")) return text;
  try {
    return JSON.parse(text) as Exclude<TokenRequestOptions["privateKey"], string | undefined>;
  } catch {
    return command.error("--private-key is neither a JWK nor PEM");
  }
}

/** Tokens of the one login that fits. */
async function loginSource(
  command: Command,
  asked: TokenRequestOptions,
  options: ClientOptions,
  io: CliIo,
): Promise<TokenSource> {
  const path = storePath(options.store, io);
  const [login, ...others] = await keptLogins(path, options);
  if (login === undefined) throw nobody(options.issuer ?? "");
  if (others.length > 0) return command.error(`${others.length + 1} logins fit; ${narrower(options)}`);
  const { fileTokens, refreshToken } = await import("../auth.js");
  const { tokens: _, ...known } = login;
  return withFlags(command, flags, () => refreshToken({ ...asked, ...known, store: fileTokens(path) }));
}

/** What may be given to tell one login from another. */
export function narrower({ clientId, scope, audience, resource }: ClientOptions): string {
  const missing = Object.entries({ clientId, scope, audience, resource }).filter(([, given]) => given === undefined);
  const words = missing.map(([name]) => (name === "clientId" ? "--client-id" : `--${name}`));
  return words.length === 0 ? "log out of one" : `give ${words.join(" or ")}`;
}

const nobody = (issuer: string): AsapError =>
  new AsapError("asap:auth/login_failed", {
    message: `Nobody is logged in at ${issuer} with these options. Run asap auth login; asap auth status shows who is logged in.`,
    data: { issuer, reason: "nobody is logged in" },
  });

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { TokenRequestOptions } from "../auth/token-request.js";
import type { StoredTokens } from "../auth/token-store.js";
import { AsapError } from "../error.js";
import type { CliIo } from "./output.js";

/**
 * The file where `asap auth login` keeps tokens: the one given, else that of ASAP_TOKEN_STORE, else `asap/tokens.json`
 * in the folder for configuration.
 */
export function storePath(given: string | undefined, io: CliIo): string {
  const named = given ?? io.env["ASAP_TOKEN_STORE"];
  if (named) return resolve(io.cwd, named);
  const folder = io.env["XDG_CONFIG_HOME"] || join(io.env["HOME"] || homedir(), ".config");
  return join(folder, "asap", "tokens.json");
}

/** What a login is for, and what it left. */
export interface KeptLogin {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly audience?: string;
  readonly resource: readonly string[];
  readonly tokens: StoredTokens;
}

/** What narrows logins down; what is left out fits every one. */
export interface LoginWanted {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  /** Scopes with spaces between, all of which the login must have. */
  readonly scope?: string | undefined;
  readonly audience?: string | undefined;
  readonly resource?: string | undefined;
}

/**
 * The logins that a file keeps.
 *
 * @throws AsapError `asap:auth/token_store_failed`.
 */
export async function keptLogins(path: string, wanted: LoginWanted = {}): Promise<readonly KeptLogin[]> {
  const { tokensIn } = await import("../auth/token-file.js");
  const logins = [...(await tokensIn(path))].map(([key, tokens]) => loginOf(key, tokens));
  return logins.filter((login) => login !== undefined).filter((login) => fits(login, wanted));
}

/**
 * The login that has just been kept for a client.
 *
 * @throws AsapError `asap:auth/token_store_failed`.
 */
export async function keptLogin(path: string, options: TokenRequestOptions): Promise<KeptLogin> {
  const [{ tokensIn }, { tokenKey }] = await Promise.all([
    import("../auth/token-file.js"),
    import("../auth/token-keeper.js"),
  ]);
  const key = tokenKey("user", options);
  const tokens = (await tokensIn(path)).get(key);
  const login = tokens === undefined ? undefined : loginOf(key, tokens);
  if (login !== undefined) return login;
  const reason = "the login is no longer in it";
  throw new AsapError("asap:auth/token_store_failed", {
    message: `The file of tokens ${path} cannot be used: ${reason}.`,
    data: { path, reason },
  });
}

const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

/** Reads the key of a store; undefined where it is not that of a login. */
function loginOf(key: string, tokens: StoredTokens): KeptLogin | undefined {
  const members = membersOf(key);
  const [kind, issuer, clientId, scope, audience, resource] = members;
  if (members.length !== 6 || kind !== "user" || typeof issuer !== "string" || typeof clientId !== "string") return;
  if (!areTexts(scope) || !areTexts(resource) || (audience !== null && typeof audience !== "string")) return;
  return { issuer, clientId, scope, resource, tokens, ...(audience !== null && { audience }) };
}

function membersOf(key: string): readonly unknown[] {
  try {
    const members: unknown = JSON.parse(key);
    return Array.isArray(members) ? members : [];
  } catch {
    return [];
  }
}

function fits(login: KeptLogin, { issuer, clientId, scope = "", audience, resource }: LoginWanted): boolean {
  return (
    (issuer === undefined || login.issuer === issuer) &&
    (clientId === undefined || login.clientId === clientId) &&
    (audience === undefined || login.audience === audience) &&
    (resource === undefined || login.resource.includes(resource)) &&
    scope.split(" ").every((each) => each === "" || login.scope.includes(each))
  );
}

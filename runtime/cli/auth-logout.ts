import type { Command } from "commander";
import { type ClientOptions, flags, narrower, requestOptions } from "./auth-client.js";
import { needs, withFlags } from "./auth-options.js";
import { type KeptLogin, keptLogins, storePath } from "./auth-store.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { type CliIo, exitCodes } from "./output.js";
import { failPeer } from "./peer-command.js";

interface Options extends GlobalOptions, ClientOptions {
  readonly all?: boolean;
}

/** Ends the command as wrong usage where it is open whose secret or key is given: it goes to one issuer alone. */
function judge(command: Command, { issuer, clientId, clientSecretEnv, privateKey }: Options): void {
  for (const [flag, given] of [
    ["--client-secret-env", clientSecretEnv],
    ["--private-key", privateKey],
  ] as const) {
    needs(command, flag, given, "--issuer", issuer);
    needs(command, flag, given, "--client-id", clientId);
  }
}

async function logOut(command: Command, login: KeptLogin, options: Options, path: string, io: CliIo): Promise<number> {
  const { tokens: _, ...known } = login;
  const asked = await requestOptions(command, { ...options, issuer: known.issuer }, io);
  const { authorizationCode, fileTokens } = await import("../auth.js");
  await withFlags(command, flags, () => authorizationCode({ ...asked, ...known, store: fileTokens(path) }).logout());
  await io.print(`logged out at ${known.issuer} as ${known.clientId}`);
  return exitCodes.ok;
}

/** `asap auth logout`: forgets tokens, and has the issuer forget them. */
export const command: CliCommand = {
  configure(command) {
    command
      .option("--issuer <url>", "the login at this issuer")
      .option("--client-id <id>", "the login of this client")
      .option("--scope <scopes>", "the login with these scopes")
      .option("--audience <text>", "the login for this audience")
      .option("--resource <url>", "the login for this resource")
      .option("--all", "every login that fits")
      .option("--client-secret-env <variable>", "environment variable with the secret of the client")
      .option("--private-key <file>", "private key of the client (JWK or PKCS 8 PEM)")
      .option("--store <file>", "where tokens are kept")
      .option("--allow-private", "allow an issuer in a private network")
      .option("--allow-insecure", "allow plain http to an issuer on another host");
    command.addHelpText("after", "\nTokens are forgotten, then revoked where the issuer offers that (RFC 7009).");
    addNotes(command, {
      examples: ["auth logout", "auth logout --issuer https://login.example", "auth logout --all"],
      exits: {
        0: "logged out",
        1: "nobody is logged in, or the issuer refused to revoke",
        2: "the issuer was not reached",
      },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    judge(command, options);
    try {
      const path = storePath(options.store, io);
      const logins = await keptLogins(path, options);
      if (logins.length > 1 && options.all !== true) {
        return command.error(`${logins.length} logins fit; ${narrower(options)} or --all`);
      }
      if (logins.length === 0) {
        await io.print("nobody is logged in");
        return exitCodes.findings;
      }
      const ends: number[] = [];
      for (const login of logins) {
        ends.push(await logOut(command, login, options, path, io).catch((cause) => failPeer(cause, io)));
      }
      return Math.max(...ends);
    } catch (cause) {
      return failPeer(cause, io);
    }
  },
};

import type { Command } from "commander";
import { openBrowser } from "./auth-browser.js";
import { type ClientOptions, flags, requestOptions } from "./auth-client.js";
import { withFlags } from "./auth-options.js";
import { describeLogin, factsOf } from "./auth-session.js";
import { type KeptLogin, keptLogin, storePath } from "./auth-store.js";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions, required } from "./command.js";
import { type CliIo, exitCodes } from "./output.js";
import { failPeer, jsonText, seconds } from "./peer-command.js";

interface Options extends GlobalOptions, ClientOptions {
  readonly browser: boolean;
  readonly port?: number;
  readonly timeout?: number;
}

/** Aborts when the process is asked to stop. */
function stopping(io: CliIo): AbortSignal {
  const controller = new AbortController();
  io.stopped().then(() => controller.abort());
  return controller.signal;
}

async function logIn(command: Command, issuer: string, options: Options, io: CliIo): Promise<KeptLogin> {
  const path = storePath(options.store, io);
  const asked = { ...(await requestOptions(command, options, io)), issuer };
  const { port, timeout } = options;
  const { authorizationCode, fileTokens } = await import("../auth.js");
  const open = async (url: string) => {
    io.log(`Log in at this address: ${url}`);
    if (options.browser && !(await openBrowser(url, io))) io.log("No browser was opened: open the address in one.");
  };
  await withFlags(command, flags, () =>
    authorizationCode({
      ...asked,
      store: fileTokens(path),
      ...(port !== undefined && { redirectPort: port }),
      ...(timeout !== undefined && { loginTimeoutMs: timeout }),
    }).login(open, stopping(io)),
  );
  return keptLogin(path, asked);
}

/** `asap auth login`: logs somebody in with a browser and keeps the tokens. */
export const command: CliCommand = {
  configure(command) {
    command
      .option("--issuer <url>", "who issues the tokens")
      .option("--client-id <id>", "client that asks for them")
      .option("--client-secret-env <variable>", "environment variable with its secret (default: a public client)")
      .option("--private-key <file>", "its private key (JWK or PKCS 8 PEM), in place of a secret")
      .option("--scope <scopes>", "scopes to ask for, with spaces between; offline_access often brings a refresh token")
      .option("--audience <text>", "audience to ask for, as some issuers want it")
      .option("--resource <url>", "resource to ask for (RFC 8707)")
      .option("--no-browser", "open no browser; print the address alone")
      .option("--port <number>", "TCP port of this host that the browser comes back to", wholeNumber(0, 65_535))
      .option("--timeout <seconds>", "longest wait for the login (default: 300)", seconds)
      .option("--store <file>", "where tokens are kept, for the owner of the file alone")
      .option("--allow-private", "allow an issuer in a private network")
      .option("--allow-insecure", "allow plain http to an issuer on another host");
    command.addHelpText(
      "after",
      `
Prints the address to log in at on standard error, opens a browser there, and waits for it to come back to
http://127.0.0.1 with a code (RFC 8252, PKCE). The tokens are never printed: asap call --login and asap token --login use
them, and renew them where the issuer gave a refresh token.

Environment:
  ASAP_TOKEN_STORE  as --store, which goes first (default: asap/tokens.json in XDG_CONFIG_HOME or ~/.config)`,
    );
    addNotes(command, {
      examples: [
        "auth login --issuer https://login.example --client-id my-cli",
        'auth login --issuer https://login.example --client-id my-cli --scope "offline_access asap:execute"',
        "auth login --issuer https://login.example --client-id my-cli --no-browser --port 8765",
      ],
      exits: {
        0: "logged in",
        1: "the issuer refused, or nobody logged in in time",
        2: "stopped, the issuer was not reached, or the tokens cannot be kept",
      },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    const issuer = required(command, "--issuer <url>", options.issuer);
    required(command, "--client-id <id>", options.clientId);
    if (options.clientSecretEnv !== undefined && options.privateKey !== undefined) {
      return command.error("--client-secret-env and --private-key do not go together");
    }
    try {
      const facts = factsOf(await logIn(command, issuer, options, io), Date.now());
      await io.print(options.json ? jsonText(facts, true) : `logged in at ${describeLogin(facts)}`);
      return exitCodes.ok;
    } catch (cause) {
      return failPeer(cause, io);
    }
  },
};

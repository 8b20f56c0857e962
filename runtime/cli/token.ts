import type { Command } from "commander";
import { describeToken, readToken, type TokenFacts } from "./auth-claims.js";
import { addClientOptions, type ClientOptions, credentialsOf } from "./auth-client.js";
import { tokenIn } from "./auth-header.js";
import { egressTo, namedFile, namedVariable, needs, withFlags } from "./auth-options.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { type CliIo, exitCodes } from "./output.js";
import { failPeer, jsonText } from "./peer-command.js";

interface Options extends GlobalOptions, ClientOptions {
  readonly decode?: string;
  readonly decodeEnv?: string;
  readonly raw?: boolean;
}

/** What is known of a token's signature. */
type Judged = "verified" | "not verified" | "given by the issuer, not verified";

/** The token given by a file, standard input or a variable; undefined where one is to be got. */
async function givenToken(command: Command, { decode, decodeEnv }: Options, io: CliIo): Promise<string | undefined> {
  if (decode === undefined && decodeEnv === undefined) return undefined;
  const text =
    decode === undefined
      ? namedVariable(command, io, "--decode-env", decodeEnv ?? "")
      : await namedFile(command, io, "--decode", decode);
  return tokenIn(command, text);
}

/** Ends the command as wrong usage where the options do not go together. */
function judge(command: Command, options: Options): void {
  const { decode, decodeEnv, issuer, audience } = options;
  if (decode === undefined && decodeEnv === undefined) return;
  const flag = decode === undefined ? "--decode-env" : "--decode";
  for (const [other, given] of [
    ["--decode-env", decode === undefined ? undefined : decodeEnv],
    ["--raw", options.raw],
    ["--client-id", options.clientId],
    ["--client-secret-env", options.clientSecretEnv],
    ["--private-key", options.privateKey],
    ["--token-url", options.tokenUrl],
    ["--scope", options.scope],
    ["--resource", options.resource],
    ["--login", options.login],
    ["--store", options.store],
  ] as const) {
    if (given !== undefined) command.error(`${flag} and ${other} do not go together`);
  }
  needs(command, "--issuer", issuer, "--audience", audience);
  needs(command, "--audience", audience, "--issuer", issuer);
}

async function judged(command: Command, token: string, options: Options): Promise<Judged> {
  const { issuer, audience, allowPrivate, allowInsecure } = options;
  if (issuer === undefined || audience === undefined) return "not verified";
  const { verifyToken } = await import("./auth-verify.js");
  await withFlags(command, { issuer: "--issuer" }, () =>
    verifyToken(token, {
      issuer,
      audience,
      egress: egressTo([issuer], allowPrivate),
      ...(allowInsecure !== undefined && { allowInsecure }),
    }),
  );
  return "verified";
}

async function show(facts: TokenFacts, known: Judged, options: Options, io: CliIo): Promise<number> {
  const text = options.json
    ? jsonText({ verified: known === "verified", ...facts }, true)
    : describeToken(facts, known);
  await io.print(text);
  return exitCodes.ok;
}

/** `asap token`: gets an access token, or takes a given one, and prints what it says. */
export const command: CliCommand = {
  configure(command) {
    addClientOptions(command)
      .option("--decode <file>", "decode the token in a file, or on standard input for -, in place of getting one")
      .option("--decode-env <variable>", "decode the token in an environment variable")
      .option("--raw", "print the token itself and nothing else")
      .option("--allow-insecure", "allow plain http to an issuer on another host");
    command.addHelpText(
      "after",
      `
Prints header, claims, scopes and expiry, never the token or its signature unless --raw asks for it. A decoded token is
verified where --issuer and --audience are given: by its signature, issuer, audience and times.`,
    );
    addNotes(command, {
      examples: [
        "token --issuer https://login.example --client-id my-agent --client-secret-env SECRET --scope asap:execute",
        "token --issuer https://login.example --login",
        "token --decode-env TOKEN",
        "token --decode - --issuer https://login.example --audience https://agent.example < token.txt",
      ],
      exits: {
        0: "what the token says is printed",
        1: "the issuer gave no token, nobody is logged in, or the token does not hold",
        2: "the issuer was not reached, or the store of tokens cannot be read",
      },
    });
  },
  async run(command: Command, io) {
    const options = command.optsWithGlobals<Options>();
    judge(command, options);
    try {
      const given = await givenToken(command, options, io);
      const token = given ?? (await (await credentialsOf(command, options, io))?.token());
      if (token === undefined) return command.error("give --client-id, --login, --decode or --decode-env");
      if (options.raw === true) {
        await io.print(token);
        return exitCodes.ok;
      }
      const known = given === undefined ? "given by the issuer, not verified" : await judged(command, token, options);
      return await show(await readToken(token, Date.now()), known, options, io);
    } catch (cause) {
      return failPeer(cause, io);
    }
  },
};

import { isIP } from "node:net";
import { type Command, InvalidArgumentError } from "commander";
import { needs } from "./auth-options.js";
import { another, oneOf, wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { objectGiven } from "./json-document.js";
import { header, seconds } from "./peer-command.js";

interface Options extends GlobalOptions {
  readonly format?: "text" | "json";
  readonly skill?: string;
  readonly input?: string;
  readonly token?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly sender?: string;
  readonly issuerPort?: number;
  readonly issuer?: string;
  readonly audience?: string;
  readonly callbackHost?: string;
  readonly callbackPort?: number;
  readonly retries?: number;
  readonly only?: readonly string[];
  readonly strict?: boolean;
  readonly burst?: boolean;
  readonly timeout?: number;
  readonly verbose?: boolean;
}

/** A parser for the URL of an issuer, kept as it was written. */
function issuerUrl(value: string): string {
  if (/^https?:\/\//i.test(value) && URL.canParse(value)) return value;
  throw new InvalidArgumentError("It must be an http or https URL.");
}

/** A parser for the name or address of a host, without a port. */
function hostName(value: string): string {
  const bare = value.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0 || /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i.test(bare)) return value;
  throw new InvalidArgumentError("It must be a name or an address, without a port.");
}

/** `asap conformance server`: judges an agent by its URL. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("<url>", "URL of the agent")
      .option("--format <format>", "text or json", oneOf("text", "json"))
      .option("--skill <id>", "skill asked for in tasks (default: echo)")
      .option("--input <json>", 'input of those tasks, a JSON object (default: {"message":"hello"})')
      .option("--token <token>", "bearer token to send")
      .option("--header <name: value>", "HTTP header to send; may be given again", header)
      .option("--sender <urn>", "agent the suite speaks as (default: urn:asap:agent:conformance)")
      .option(
        "--issuer-port <number>",
        "serve an issuer on this port of 127.0.0.1 and judge an agent behind OAuth 2.0 with its tokens",
        wholeNumber(1, 65_535),
      )
      .option("--issuer <url>", "iss of those tokens (default: as the manifest says, else that of the port)", issuerUrl)
      .option("--audience <text>", "aud of those tokens (default: as the manifest says)")
      .option(
        "--callback-host <host>",
        "receive webhooks at this name or address of this host, and judge those of the agent",
        hostName,
      )
      .option("--callback-port <number>", "port for that (default: a free one)", wholeNumber(1, 65_535))
      .option(
        "--retries <number>",
        "attempts after the first to wait for, which double (default: 1)",
        wholeNumber(1, 4),
      )
      .option(
        "--only <name>",
        "run cases of this id, area or requirement; * stands for anything; may be given again",
        another,
      )
      .option("--strict", "count warnings as findings")
      .option("--burst", "run into the agent's rate limit on purpose, at the end")
      .option("--timeout <seconds>", "longest wait for one answer (default: 8)", seconds)
      .option("--verbose", "log each case as it ends");
    addNotes(command, {
      examples: [
        "conformance server http://localhost:8000",
        'conformance server https://agents.example/billing --skill invoice --input \'{"number":7}\' --token "$TOKEN"',
        "conformance server http://localhost:8000 --issuer-port 9000",
        "conformance server http://localhost:8000 --callback-host 127.0.0.1",
        "conformance server http://localhost:8000 --only envelope --only 'RPC-*' --json",
      ],
      exits: { 0: "no MUST is broken", 1: "findings", 2: "could not run: no verdict on the agent" },
    });
  },
  async run(command: Command, io) {
    const [url = ""] = command.args;
    const options = command.optsWithGlobals<Options>();
    const { skill, token, header: headers, sender, only, burst, timeout } = options;
    const { issuerPort, issuer, audience } = options;
    if (issuerPort !== undefined && token !== undefined) command.error("--token and --issuer-port are given together");
    needs(command, "--issuer", issuer, "--issuer-port", issuerPort);
    needs(command, "--audience", audience, "--issuer-port", issuerPort);
    const { callbackHost, callbackPort, retries } = options;
    needs(command, "--callback-port", callbackPort, "--callback-host", callbackHost);
    needs(command, "--retries", retries, "--callback-host", callbackHost);
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) command.error(`${url} is not an http or https URL`);
    const input =
      options.input === undefined
        ? undefined
        : objectGiven(command, "--input", new TextEncoder().encode(options.input));
    const { exitCode, judgeServer, renderCase, renderJson, renderText } = await import("../../conformance/index.js");
    const report = await judgeServer(url, {
      ...(skill !== undefined && { skill }),
      ...(input !== undefined && { input }),
      ...(token !== undefined && { token }),
      ...(headers !== undefined && { headers }),
      ...(sender !== undefined && { sender }),
      ...(issuerPort !== undefined && { issuerPort }),
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
      ...(callbackHost !== undefined && { callbackHost }),
      ...(callbackPort !== undefined && { callbackPort }),
      ...(retries !== undefined && { retries }),
      ...(only !== undefined && { only }),
      ...(burst !== undefined && { burst }),
      ...(timeout !== undefined && { timeoutMs: timeout }),
      ...(options.verbose && { onCase: (result) => io.log(renderCase(result)) }),
    });
    const asJson = (options.format ?? (options.json ? "json" : "text")) === "json";
    const text = asJson ? renderJson(report) : renderText(report, { color: io.colour });
    await io.print(text.trimEnd());
    return exitCode(report, { strict: options.strict ?? false });
  },
};

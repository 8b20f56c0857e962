import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type Command, InvalidArgumentError } from "commander";
import { tokenIn } from "./auth-header.js";
import { namedVariable, needs } from "./auth-options.js";
import { oneOf, wholeNumber } from "./choice.js";
import { addNotes, type CliCommand } from "./command.js";
import { baselineGiven } from "./conformance-baseline.js";
import {
  addReportOptions,
  printReport,
  type ReportCommandOptions,
  reportsHavePlace,
  showProgress,
} from "./conformance-report.js";
import {
  addSelectionOptions,
  printCases,
  printExplained,
  type SelectionOptions,
  selectionOf,
} from "./conformance-select.js";
import { stopperOf } from "./conformance-stop.js";
import { objectGiven } from "./json-document.js";
import { type CliIo, exitCodes } from "./output.js";
import { header, seconds } from "./peer-command.js";
import { readSource } from "./read-source.js";

interface Options extends ReportCommandOptions, SelectionOptions {
  readonly skill?: string;
  readonly input?: string;
  readonly token?: string;
  readonly tokenEnv?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly sender?: string;
  readonly issuerPort?: number;
  readonly issuer?: string;
  readonly audience?: string;
  readonly callbackHost?: string;
  readonly callbackPort?: number;
  readonly retries?: number;
  readonly burst?: boolean;
  readonly stopPid?: number;
  readonly timeout?: number;
  readonly caseTimeout?: number;
  readonly totalTimeout?: number;
  readonly maxWait?: number;
  readonly concurrency?: number;
  readonly ca?: string;
  readonly reruns?: number;
  readonly baseline?: string;
  readonly record?: "findings" | "all";
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
    addReportOptions(addSelectionOptions(command.argument("[url]", "URL of the agent")))
      .option("--skill <id>", "skill asked for in tasks (default: echo)")
      .option("--input <json>", 'input of those tasks, a JSON object (default: {"message":"hello"})')
      .option("--token <token>", "bearer token to send")
      .option("--token-env <variable>", "environment variable with that token")
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
      .option("--baseline <file>", "known failures, as JSON: id, reason and last day of each")
      .option("--burst", "run into the agent's rate limit on purpose, at the end")
      .option(
        "--stop-pid <pid>",
        "process of the agent: it gets SIGTERM at the end, and how it ends is judged",
        wholeNumber(2, 2_147_483_647),
      )
      .option("--timeout <seconds>", "longest wait for one answer (default: 8)", seconds)
      .option("--case-timeout <seconds>", "longest time for one case (default: 60)", seconds)
      .option("--total-timeout <seconds>", "longest time for the whole run (default: 300)", seconds)
      .option("--max-wait <seconds>", "longest wait in all for the agent's rate limit (default: 300)", seconds)
      .option("--concurrency <number>", "cases that run at the same time (default: 8)", wholeNumber(1, 64))
      .option("--ca <file>", "PEM file of the certificate authorities to trust in place of the built-in ones")
      .option(
        "--reruns <number>",
        "how often a case that failed is tried again, to tell what is flaky (default: 2)",
        wholeNumber(0, 10),
      )
      .option("--record <cases>", "keep what went over the wire in reports: findings or all", oneOf("findings", "all"))
      .option("--verbose", "log each case as it ends");
    addNotes(command, {
      examples: [
        "conformance server http://localhost:8000",
        'conformance server https://agents.example/billing --skill invoice --input \'{"number":7}\' --token "$TOKEN"',
        "conformance server http://localhost:8000 --issuer-port 9000",
        "conformance server http://localhost:8000 --callback-host 127.0.0.1",
        "conformance server http://localhost:8000 --stop-pid 4711",
        "conformance server http://localhost:8000 --only envelope --only 'RPC-*' --json",
        "conformance server http://localhost:8000 --profile core --profile websocket --baseline known.json",
        "conformance server --list --tag core",
        "conformance server --explain envelope.surprise.extra",
      ],
      exits: { 0: "no MUST is broken", 1: "findings", 2: "could not run: no verdict on the agent" },
    });
  },
  async run(command: Command, io) {
    const [url] = command.args;
    const options = command.optsWithGlobals<Options>();
    const { json = false } = options;
    if (options.explain !== undefined) return printExplained(command, options.explain, json, io);
    const selection = await selectionOf(command, options);
    if (options.list === true) return printCases(selection, json, io);
    if (url === undefined) return command.error("missing required argument 'url'");
    const token = tokenGiven(command, options, io);
    const { skill, header: headers, sender, burst, timeout, caseTimeout, reruns, record } = options;
    const { totalTimeout, maxWait, concurrency } = options;
    const { issuerPort, issuer, audience } = options;
    if (issuerPort !== undefined && token !== undefined) command.error("--token and --issuer-port are given together");
    needs(command, "--issuer", issuer, "--issuer-port", issuerPort);
    needs(command, "--audience", audience, "--issuer-port", issuerPort);
    const { callbackHost, callbackPort, retries } = options;
    needs(command, "--callback-port", callbackPort, "--callback-host", callbackHost);
    needs(command, "--retries", retries, "--callback-host", callbackHost);
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) command.error(`${url} is not an http or https URL`);
    const { username, password, search, hash } = new URL(url);
    if (username !== "" || password !== "")
      command.error("the URL holds credentials; give them with --token, --token-env or --header");
    if (search !== "" || hash !== "") command.error("the URL of an agent has no query and no fragment");
    const input =
      options.input === undefined
        ? undefined
        : objectGiven(command, "--input", new TextEncoder().encode(options.input));
    const baseline = await baselineGiven(command, options.baseline, io);
    const ca = options.ca === undefined ? undefined : await authoritiesIn(command, options.ca, io);
    const stop = options.stopPid === undefined ? undefined : stopperOf(command, options.stopPid);
    const { judgeServer, renderCase } = await import("../../conformance/index.js");
    if (!(await reportsHavePlace(options, io))) return exitCodes.couldNotRun;
    const progress = showProgress(io, options.verbose ? (result) => renderCase(result) : undefined);
    const interrupted = new AbortController();
    void io.stopped().then(() => interrupted.abort());
    const report = await judgeServer(url, {
      ...selection,
      signal: interrupted.signal,
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
      ...(burst !== undefined && { burst }),
      ...(stop !== undefined && { stop }),
      ...(timeout !== undefined && { timeoutMs: timeout }),
      ...(caseTimeout !== undefined && { caseTimeoutMs: caseTimeout }),
      ...(totalTimeout !== undefined && { totalTimeoutMs: totalTimeout }),
      ...(maxWait !== undefined && { maxWaitMs: maxWait }),
      ...(concurrency !== undefined && { concurrency }),
      ...(ca !== undefined && { ca }),
      ...(reruns !== undefined && { reruns }),
      ...(record !== undefined && { record }),
      ...(baseline !== undefined && { baseline }),
      onCase: progress.onCase,
      onWait: progress.onWait,
    }).finally(progress.end);
    return printReport(report, options, io);
  },
};

/** The token of `--token`, or that of the variable that `--token-env` names. */
function tokenGiven(command: Command, { token, tokenEnv }: Options, io: CliIo): string | undefined {
  if (tokenEnv === undefined) return token === undefined ? undefined : tokenIn(command, token);
  if (token !== undefined) command.error("--token and --token-env are given together");
  return tokenIn(command, namedVariable(command, io, "--token-env", tokenEnv));
}

/** The certificates in a file; one without any is an error of the command line. */
async function authoritiesIn(command: Command, path: string, io: CliIo): Promise<string> {
  const text = await readSource(path, io).then(
    (bytes) => new TextDecoder().decode(bytes),
    (cause: Error) => command.error(`--ca ${path}: ${cause.message}`),
  );
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return command.error(`--ca ${path}: there is no PEM certificate in it`);
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch {
      return command.error(`--ca ${path}: a certificate in it cannot be read`);
    }
  }
  return text;
}

import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { EgressPolicy } from "../egress.js";
import { isAsapError } from "../error.js";
import { withFlags } from "./auth-options.js";
import { another } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { parseDocument } from "./json-document.js";
import { readLines } from "./lines.js";
import { type CliIo, exitCodes } from "./output.js";
import { unreadable } from "./read-source.js";
import { columnText } from "./state-store.js";

type Known = readonly [host: string, addresses: readonly string[]];

interface Options extends GlobalOptions {
  readonly resolve?: readonly Known[];
  readonly jsonl?: string;
  readonly allowHttp?: boolean;
  readonly allowLoopback?: boolean;
  readonly allowPrivate?: boolean;
  readonly allowNetwork?: readonly string[];
  readonly allowHost?: readonly string[];
}

/** What became of a URL. */
interface Verdict {
  readonly allowed: boolean;
  /** Stable code of the error; null where webhooks may be posted to the URL. */
  readonly code: string | null;
  readonly reason: string | null;
}

const allowed: Verdict = { allowed: true, code: null, reason: null };
const blocked = (code: string, reason: string): Verdict => ({ allowed: false, code, reason });

/** A host and its addresses, `host=ip,ip`. */
function known(text: string, earlier: readonly Known[] = []): readonly Known[] {
  const [, host, addresses] = /^([^=]+)=([^=]*)$/.exec(text) ?? [];
  if (host === undefined || addresses === undefined)
    throw new InvalidArgumentError("It must be of the form host=ip,ip.");
  return [...earlier, [host, addresses.split(",").filter((address) => address !== "")]];
}

function policyOf(options: Options): EgressPolicy {
  return {
    allowLoopback: options.allowLoopback === true,
    allowPrivate: options.allowPrivate === true,
    allowNetworks: options.allowNetwork ?? [],
    allowHosts: options.allowHost ?? [],
  };
}

/** A policy that takes its names from a list in place of DNS, where there is one. */
async function withNames(policy: EgressPolicy, names: readonly Known[] | undefined): Promise<EgressPolicy> {
  if (names === undefined) return policy;
  const { knownHosts } = await import("../webhooks/known-hosts.js");
  return { ...policy, resolve: knownHosts(names) };
}

/** Judges a URL, and finds the address that it was refused for. */
async function judge(
  url: string,
  policy: EgressPolicy,
  requireHttps: boolean,
): Promise<Verdict & { address?: string }> {
  const { checkTarget } = await import("../webhooks/target.js");
  try {
    await checkTarget(url, policy, { requireHttps });
    return allowed;
  } catch (cause) {
    if (!isAsapError(cause) || cause.code !== "asap:transport/webhook_url_rejected") throw cause;
    const verdict = blocked(cause.code, String(cause.data["reason"]));
    const address = isAsapError(cause.cause) ? cause.cause.data["address"] : undefined;
    return typeof address === "string" ? { ...verdict, address } : verdict;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** Judges one line of a file. */
async function judgeLine(line: Uint8Array, policy: EgressPolicy, requireHttps: boolean): Promise<Verdict> {
  const document = parseDocument(line);
  if (!document.ok) return blocked("asap:rpc/parse_error", `the line is ${document.reason}`);
  const malformed = (reason: string) => blocked("asap:rpc/invalid_params", reason);
  if (!isRecord(document.value)) return malformed("the line is no JSON object");
  const { url, dns, require_https = requireHttps } = document.value;
  if (typeof url !== "string") return malformed("url is no string");
  if (typeof require_https !== "boolean") return malformed("require_https is neither true nor false");
  if (dns === undefined) return judge(url, policy, require_https);
  if (!isRecord(dns)) return malformed("dns is no object");
  const names: Known[] = [];
  for (const [host, addresses] of Object.entries(dns)) {
    if (!areTexts(addresses)) return malformed("dns holds something else than lists of addresses");
    names.push([host, addresses]);
  }
  return judge(url, await withNames(policy, names), require_https);
}

const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

const jsonOf = ({ allowed, code, reason }: Verdict): string => JSON.stringify({ allowed, code, reason });

async function judgeLines(source: string, policy: EgressPolicy, requireHttps: boolean, io: CliIo): Promise<number> {
  const chunks: AsyncIterable<Uint8Array> = source === "-" ? io.stdin() : createReadStream(resolve(io.cwd, source));
  let areAllowed = true;
  const lines = readLines(chunks);
  for (;;) {
    const next = await lines.next().catch((cause: unknown) => {
      throw unreadable(source, cause);
    });
    if (next.done === true) return areAllowed ? exitCodes.ok : exitCodes.findings;
    if (isBlank(next.value)) continue;
    const verdict = await judgeLine(next.value, policy, requireHttps);
    areAllowed &&= verdict.allowed;
    await io.print(jsonOf(verdict));
  }
}

async function judgeOne(
  url: string,
  policy: EgressPolicy,
  requireHttps: boolean,
  json: boolean,
  io: CliIo,
): Promise<number> {
  const { shownUrl } = await import("../webhooks/target.js");
  const verdict = await judge(url, policy, requireHttps);
  const { reason, address } = { address: undefined, ...verdict };
  const why = address === undefined ? reason : `${reason} (${address})`;
  const text = verdict.allowed ? `allowed: ${shownUrl(url)}` : `blocked: ${shownUrl(url)}: ${why}`;
  await io.print(json ? jsonOf(verdict) : columnText(text));
  return verdict.allowed ? exitCodes.ok : exitCodes.findings;
}

/** `asap webhook check`: tells whether webhooks may be posted to a URL. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("[url]", "URL of a receiver")
      .option("--jsonl <file>", "judge a document per line of a file, or of standard input for -")
      .option("--resolve <host=ip,…>", "addresses of a host, in place of DNS; may be given again", known)
      .option("--allow-http", "take http too")
      .option("--allow-loopback", "take addresses of this host")
      .option("--allow-private", "take addresses and names of private networks")
      .option("--allow-network <cidr>", "take addresses of a network; may be given again", another)
      .option("--allow-host <name>", "take a host, or *.name, whatever its address; may be given again", another);
    command.addHelpText(
      "after",
      `
Allowed are https URLs without a user name, on a port that belongs to no other protocol, whose host is a public address
or a public name all of whose addresses are public. An IPv4 address must be written as four decimal numbers.

With --resolve nothing is looked up: a host that is not listed does not resolve.

A line of --jsonl is {"url": "…", "dns": {"host": ["ip", …]}, "require_https": true}, the last two if need be; with dns,
nothing is looked up. Each is answered by a line {"allowed": …, "code": …, "reason": …}; blank lines are skipped.`,
    );
    addNotes(command, {
      examples: [
        "webhook check https://hooks.example.com/asap",
        "webhook check https://hooks.example.com/asap --resolve hooks.example.com=93.184.215.14,10.0.0.1",
        "webhook check --jsonl urls.jsonl",
      ],
      exits: { 0: "allowed, with --jsonl all of them", 1: "blocked, or some are", 2: "the file cannot be read" },
    });
  },
  async run(command: Command, io) {
    const [url] = command.args;
    const options = command.optsWithGlobals<Options>();
    const { jsonl, json = false, allowHttp = false } = options;
    if ((url === undefined) === (jsonl === undefined)) return command.error("give either a URL or --jsonl <file>");
    const policy = await withNames(policyOf(options), options.resolve);
    const flags = { "egress.allowNetworks": "--allow-network", "egress.allowHosts": "--allow-host" };
    const { egressRules } = await import("../egress-rules.js");
    await withFlags(command, flags, () => egressRules(policy));
    if (jsonl !== undefined) return judgeLines(jsonl, policy, !allowHttp, io);
    return judgeOne(url ?? "", policy, !allowHttp, json, io);
  },
};

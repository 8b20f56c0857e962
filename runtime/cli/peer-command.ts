import { type Command, InvalidArgumentError } from "commander";
import type { ValidationIssue } from "../../generated/models.js";
import { type AsapError, isAsapError } from "../error.js";
import { describeIssues } from "../validation.js";
import { type CliIo, exitCodes, fail } from "./output.js";

/** Options of every command that speaks to an agent. */
export interface PeerCommandOptions {
  readonly timeout?: number;
  readonly allowInsecure?: boolean;
  readonly header?: Readonly<Record<string, string>>;
}

/** Options of a command that asks for an agent's open documents. */
export interface DocumentOptions extends PeerCommandOptions {
  readonly allowPrivate?: boolean;
}

const notReached = new Set([
  "asap:transport/connection_failed",
  "asap:transport/timeout",
  "asap:transport/circuit_open",
  "asap:transport/aborted",
  "asap:auth/unavailable",
  "asap:auth/token_store_failed",
]);

const privateRanges = new Set<unknown>(["private", "uniqueLocal"]);

const wrongUse = new Set(["asap:config/invalid_option", "asap:transport/insecure_url"]);

/** A parser for a duration in seconds, given back in milliseconds. */
export function seconds(value: string): number {
  const number = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (number > 0 && number <= 86_400) return Math.max(1, Math.round(number * 1000));
  throw new InvalidArgumentError("It must be a number of seconds above 0 and up to 86400.");
}

/** A parser for `name: value`, given again and again. */
export function header(value: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, text] = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*([\x20-\x7e]*)$/.exec(value) ?? [];
  if (name === undefined || text === undefined) throw new InvalidArgumentError('It must be of the form "name: value".');
  return { ...earlier, [name]: text };
}

/** Adds the options of every command that speaks to an agent. */
export function addPeerOptions(command: Command, defaultTimeout: string): Command {
  return command
    .option("--timeout <seconds>", `longest wait (default: ${defaultTimeout})`, seconds)
    .option("--header <name: value>", "HTTP header to send; may be given again", header)
    .option("--allow-insecure", "allow plain http to another host than this one");
}

/** The options for the client that the command line asked for. */
export function peerOptions({ timeout, allowInsecure, header: headers }: PeerCommandOptions) {
  return {
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(allowInsecure !== undefined && { allowInsecure }),
    ...(headers !== undefined && { headers }),
  };
}

/** Adds the options of a command that asks for an agent's open documents. */
export function addDocumentOptions(command: Command): Command {
  return addPeerOptions(command, "10").option("--allow-private", "allow an agent in a private network");
}

/** The options for such a request that the command line asked for. */
export function documentOptions(options: DocumentOptions) {
  return { ...peerOptions(options), ...(options.allowPrivate === true && { egress: { allowPrivate: true } }) };
}

const isIssue = (value: unknown): value is ValidationIssue =>
  typeof value === "object" && value !== null && "loc" in value && Array.isArray(value.loc) && "msg" in value;

/** The message of an error that the agent answered, with the faults it found. */
function withIssues({ message, data }: AsapError): string {
  const { validation_errors: faults } = (data["data"] ?? {}) as { readonly validation_errors?: unknown };
  const issues = Array.isArray(faults) ? faults.filter(isIssue) : [];
  return issues.length === 0 ? message : `${message.replace(/\.$/, "")}: ${describeIssues(issues)}`.slice(0, 700);
}

/** The status that refuses credentials, 401 or 403: of HTTP, or in the body of the answer. */
function refusalOf({ code, data }: AsapError): number | undefined {
  const body: unknown = data["data"];
  const inBody = code === "asap:transport/remote_error" && typeof body === "object" && body !== null;
  const { status_code } = (inBody ? body : {}) as { readonly status_code?: unknown };
  const status = code === "asap:transport/http_status" ? data["status"] : status_code;
  return status === 401 || status === 403 ? status : undefined;
}

/**
 * Reports an error of the client and returns its exit code: 2 when the agent was not reached, 1 when its answer was bad.
 *
 * @param advice what to do about credentials that are missing or refused, by the status that says so
 */
export function failPeer(cause: unknown, io: CliIo, advice?: (status: number) => string | undefined): number {
  if (!isAsapError(cause)) throw cause;
  const { code, message } = cause;
  const said = code === "asap:transport/remote_error" ? withIssues(cause) : message;
  const refusal = refusalOf(cause);
  const hint = refusal === undefined ? undefined : advice?.(refusal);
  const isPrivate = code === "asap:transport/address_refused" && privateRanges.has(cause.data["range"]);
  if (code === "asap:transport/insecure_url") fail(io, `${message} Give --allow-insecure.`, code);
  else if (isPrivate) fail(io, `${message} Give --allow-private.`, code);
  else fail(io, hint === undefined ? said : `${said.replace(/\.$/, "")}. ${hint}`, code);
  if (notReached.has(code)) return exitCodes.couldNotRun;
  return wrongUse.has(code) || isPrivate ? exitCodes.usage : exitCodes.findings;
}

/** Writes a JSON document: on one line with `--json`, indented for people without. */
export const jsonText = (value: unknown, compact = false): string =>
  JSON.stringify(value, null, compact ? undefined : 2);

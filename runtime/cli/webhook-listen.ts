import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Command } from "commander";
import type { MemoryReplayStore, VerifiedWebhook } from "../webhooks/verify.js";
import { namedVariable, withFlags } from "./auth-options.js";
import { another, wholeNumber } from "./choice.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { type CliIo, exitCodes } from "./output.js";
import { columnText, recordJson } from "./state-store.js";

interface Options extends GlobalOptions {
  readonly port: number;
  readonly host: string;
  readonly secret?: readonly string[];
  readonly secretEnv?: readonly string[];
  readonly status: number;
}

interface Receiver {
  readonly secrets: readonly string[];
  readonly status: number;
  readonly json: boolean;
  readonly seen: MemoryReplayStore;
}

const maxBytes = 10 * 1024 * 1024;

/** The body of a request; undefined for one that is too large. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size <= maxBytes) parts.push(part as Buffer);
  }
  return size <= maxBytes ? Buffer.concat(parts) : undefined;
}

/** A webhook, verified where there is a secret to verify it with. */
async function receive(request: IncomingMessage, body: Buffer, secrets: readonly string[]): Promise<VerifiedWebhook> {
  const { verifyWebhookBody } = await import("../webhooks/verify.js");
  return verifyWebhookBody({ headers: request.headers, body }, { secret: secrets });
}

const headerOf = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
};

/** What is shown of an event. */
interface Shown {
  readonly id: string | null;
  /** How it was verified; null for not at all. */
  readonly verified: string | null;
  /** Whether a request with this id came before. */
  readonly repeated: boolean;
  readonly event: unknown;
}

function lineOf({ id, verified, repeated, event }: Shown): string {
  const { event: name = "-", task_id: task = "-" } = (event ?? {}) as Readonly<Record<string, unknown>>;
  const words = [name, task, id ?? "-", verified === null ? "not verified" : `verified (${verified})`];
  return `${[...words, ...(repeated ? ["repeated"] : [])].map(columnText).join("  ")}\n${recordJson(event, false)}`;
}

/** Takes a request, prints its events and gives the status of the answer and, for a refusal, its code. */
async function answer(
  request: IncomingMessage,
  receiver: Receiver,
  io: CliIo,
): Promise<[status: number, code?: string]> {
  if (request.method !== "POST") return [405, "method_not_allowed"];
  const { secrets, status, json, seen } = receiver;
  const body = await bodyOf(request);
  if (body === undefined) return [413, "too_large"];
  const { WebhookVerificationError } = await import("../webhooks/verify.js");
  let scheme: string | null = null;
  let events: readonly unknown[];
  try {
    if (secrets.length > 0) ({ scheme, events } = await receive(request, body, secrets));
    else events = [JSON.parse(body.toString())].flat();
  } catch (cause) {
    const isRefused = cause instanceof WebhookVerificationError;
    const code = isRefused ? cause.code : "invalid_body";
    const reason = isRefused ? cause.message : "The body is not JSON";
    await io.print(json ? JSON.stringify({ refused: code, reason }) : `refused: ${reason} (${code})`);
    return [isRefused ? 401 : 400, code];
  }
  const id = headerOf(request, "webhook-id");
  const repeated = id !== null && !(await seen.use(id, 0));
  for (const event of events) {
    const shown: Shown = { id, verified: scheme, repeated, event };
    await io.print(json ? recordJson(shown, true) : lineOf(shown));
  }
  return [status];
}

async function listen(receiver: Receiver, port: number, host: string, io: CliIo): Promise<void> {
  const stopped = io.stopped();
  const server = createServer((request, response) => {
    answer(request, receiver, io).then(
      ([status, code]) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(code === undefined || status < 400 ? undefined : JSON.stringify({ code }));
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  const text = `listening on http://${family === "IPv6" ? `[${address}]` : address}:${taken}`;
  if (receiver.json) io.log(text);
  else await io.print(text);
  await stopped;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

/** `asap webhook listen`: a receiver that verifies webhooks and prints their events. */
export const command: CliCommand = {
  configure(command) {
    command
      .option("--port <number>", "TCP port, 0 for a free one", wholeNumber(0, 65_535), 9000)
      .option("--host <address>", "address to listen on", "127.0.0.1")
      .option("--secret <secret>", "secret to verify with; may be given again while it is changed", another)
      .option("--secret-env <variable>", "environment variable with a secret; may be given again", another)
      .option(
        "--status <number>",
        "status to answer webhooks with, to see them tried again",
        wholeNumber(200, 599),
        200,
      );
    command.addHelpText(
      "after",
      `
Takes webhooks at any path and prints their events, and why one was refused; that is answered with status 401. Without a
secret nothing is verified. An event is marked as repeated where its webhook-id came before. With --json each event is a
line {"id", "verified", "repeated", "event"}, and a refusal a line {"refused", "reason"}.`,
    );
    addNotes(command, {
      examples: [
        "webhook listen",
        "webhook listen --port 0 --secret-env WEBHOOK_SECRET --json",
        "webhook listen --secret s3cret --status 503",
      ],
      exits: { 0: "stopped by SIGINT or SIGTERM", 2: "could not listen" },
    });
  },
  async run(command: Command, io) {
    const { port, host, secret = [], secretEnv = [], status, json = false } = command.optsWithGlobals<Options>();
    const named = secretEnv.map((name) => namedVariable(command, io, "--secret-env", name));
    const secrets = [...secret, ...named];
    const { checkSecret } = await import("../webhooks/sign.js");
    await withFlags(command, {}, () => {
      for (const each of secrets) checkSecret(each, "--secret");
    });
    const { memoryReplayStore } = await import("../webhooks/verify.js");
    await listen({ secrets, status, json, seen: memoryReplayStore() }, port, host, io);
    return exitCodes.ok;
  },
};

import { type Command, InvalidArgumentError } from "commander";
import { isAsapError } from "../error.js";
import { parseRateLimit } from "../rate-limit.js";
import type { StateStore } from "../state/state-store.js";
import { callbackHosts } from "../webhooks/callback-hosts.js";
import { addGuardOptions, egressOf, type GuardOptions, guardOf, logGuard } from "./auth-server.js";
import { wholeNumber } from "./choice.js";
import { addNotes, type CliCommand } from "./command.js";
import { type CliIo, exitCodes } from "./output.js";
import { addStorageOption, failState, openDurable, type StorageOptions } from "./state-store.js";
import { createStderrLog } from "./stderr-log.js";

interface Options extends GuardOptions, StorageOptions {
  readonly port: number;
  readonly host: string;
  readonly agentId?: string;
  readonly rateLimit?: string;
  readonly callbacks?: boolean | readonly string[];
}

function rateLimit(text: string): string {
  if (text === "off") return text;
  try {
    parseRateLimit(text);
    return text;
  } catch {
    throw new InvalidArgumentError('It must be "off" or of the form "10/second;100/minute".');
  }
}

/** What `--callbacks` says: a word for all or none of them, or hosts. */
function callbacks(text: string): boolean | readonly string[] {
  if (text === "any" || text === "off") return text === "any";
  const hosts = text.split(",").map((host) => host.trim());
  const word = hosts.find((host) => host === "any" || host === "off");
  if (word !== undefined) throw new InvalidArgumentError(`${word} stands alone, without hosts.`);
  try {
    callbackHosts(hosts);
    return hosts;
  } catch {
    throw new InvalidArgumentError("It must be off, any, or hosts separated by commas: names or addresses, no ports.");
  }
}

function maxRequestBytes(command: Command, io: CliIo): { maxRequestBytes?: number } {
  const text = io.env["ASAP_MAX_REQUEST_SIZE"];
  if (!text) return {};
  const bytes = /^\d+$/.test(text) ? Number(text) : 0;
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return { maxRequestBytes: bytes };
  return command.error("ASAP_MAX_REQUEST_SIZE must be a number of bytes from 1");
}

function rateLimitOf(command: Command, option: string | undefined, io: CliIo): { rateLimit?: string } {
  if (option !== undefined) return { rateLimit: option };
  const text = io.env["ASAP_RATE_LIMIT"];
  if (!text) return {};
  try {
    return { rateLimit: rateLimit(text) };
  } catch {
    return command.error('ASAP_RATE_LIMIT must be "off" or of the form "10/second;100/minute"');
  }
}

/** The webhooks of the agent; in memory where its tasks are, or are in a store that keeps none. */
async function posterOf(command: Command, options: Options, state: StateStore | undefined, io: CliIo) {
  const { memoryWebhooks, webhooks } = await import("../webhooks.js");
  const keys = (io.env["ASAP_WEBHOOK_KEYS"] ?? "").split(",").map((key) => key.trim());
  try {
    return webhooks({
      ...(options.callbacks !== undefined && { callbacks: options.callbacks }),
      egress: egressOf(options),
      encryptionKeys: keys.filter((key) => key !== ""),
      ...(state?.webhooks === undefined && { store: memoryWebhooks() }),
    });
  } catch (cause) {
    if (!isAsapError(cause)) throw cause;
    return command.error("ASAP_WEBHOOK_KEYS must hold keys of 32 bytes, as base64 or hexadecimal text");
  }
}

/** `asap serve`: runs the echo agent until it is told to stop. */
export const command: CliCommand = {
  configure(command) {
    command
      .option("--port <number>", "TCP port, 0 for a free one", wholeNumber(0, 65_535), 8000)
      .option("--host <address>", "address to listen on", "127.0.0.1")
      .option("--agent-id <urn>", "id of the agent (default: urn:asap:agent:echo-agent)")
      .option(
        "--rate-limit <limit>",
        "per caller over HTTP, such as 10/second;100/minute; off lifts it and that of WebSocket connections (default: 10/second;100/minute)",
        rateLimit,
      )
      .option(
        "--callbacks <hosts>",
        "callbacks that requests may ask for: any, off, or those to these hosts, separated by commas (default: any)",
        callbacks,
      );
    addStorageOption(command);
    addGuardOptions(command);
    command.addHelpText(
      "after",
      `
Skills:
  echo  takes any JSON object and answers {"echoed": input}
  slow  takes {"steps": 5, "ms": 100}, reports its progress after each step and answers with both; with --storage it goes
        on after its last step when the agent was ended and is begun again

The agent answers over HTTP at /asap and over WebSocket at /asap/ws. When it is told to stop it takes no new work, lets
tasks under way finish for up to 10 seconds, closes connections and ends.

With --issuer and --audience, /asap and /asap/ws take access tokens (JWTs, and opaque ones where introspection is on)
that name this agent in the claim https://asap.ai/agent_id; the issuer is compared as text. While the issuer is not
reached the agent listens and answers with status 503. Manifest, health and metrics stay open.

Tasks tell their callbacks what happens to them: callback_url, callback_events and callback_secret in the config of a
request. Callbacks lead to public https URLs, or to this host and private networks where that is allowed; --callbacks
leaves them alone, or refuses requests whose callback goes to another host. They are sent as long as they have not
arrived, after a new start too with --storage sqlite: or postgres:.

Environment:
  ASAP_WEBHOOK_KEYS      keys that seal secrets of webhooks, 32 bytes each in base64 or hexadecimal, separated by commas
  ASAP_RATE_LIMIT        as --rate-limit, which goes first
  ASAP_MAX_REQUEST_SIZE  largest request in bytes (default: 10485760)
  ASAP_AUTH_CUSTOM_CLAIM claim of the token that names the agent, in place of the one above
  ASAP_AUTH_SUBJECT_MAP  JSON object of agent id to subjects, for tokens without that claim
  ASAP_STORAGE_BACKEND   memory, sqlite, postgres or redis, where tasks are kept (default: memory)
  ASAP_STORAGE_PATH      file for sqlite (default: asap_state.db), or the URL of a server
  ASAP_LOG_LEVEL         debug, info, warn or error (default: info)
  ASAP_LOG_FORMAT        json for log lines in JSON`,
    );
    addNotes(command, {
      examples: [
        "serve",
        "serve --port 0 --rate-limit off",
        "serve --storage sqlite:./asap_state.db",
        "serve --callbacks hooks.example,hooks.acme.example",
        "serve --agent-id urn:asap:agent:acme:echo --rate-limit 50/second",
        "serve --issuer https://login.example --audience https://agent.example",
        "serve --issuer http://localhost:9000 --audience https://agent.example --allow-loopback",
      ],
      exits: { 0: "stopped by SIGINT or SIGTERM", 2: "could not listen, or the store is another agent's" },
    });
  },
  async run(command, io) {
    const options = command.opts<Options>();
    const { port, host, agentId } = options;
    const settings = { ...maxRequestBytes(command, io), ...rateLimitOf(command, options.rateLimit, io) };
    const { validateAgentUrn } = await import("../../generated/validators/agent-urn.js");
    if (agentId !== undefined && !validateAgentUrn(agentId)) {
      return command.error(`--agent-id ${agentId} is not an agent URN such as urn:asap:agent:my-agent`);
    }
    const auth = await guardOf(command, options, io);
    const [{ serve }, { createEchoAgent }] = await Promise.all([import("../node.js"), import("./echo-agent.js")]);
    const stopped = io.stopped();
    const log = createStderrLog(io);
    let state: StateStore | undefined;
    try {
      state = await openDurable(options.storage, io, log);
    } catch (cause) {
      return failState(cause, io);
    }
    const poster = await posterOf(command, options, state, io);
    if (state !== undefined && state.webhooks === undefined) {
      log.warn?.("asap.webhook.not_durable", { backend: state.backend, text: "webhooks are kept in memory" });
    }
    const agent = createEchoAgent({
      log,
      webhooks: poster,
      ...(agentId !== undefined && { id: agentId }),
      ...(state !== undefined && { state }),
      ...(auth !== undefined && { auth }),
    });
    if (auth !== undefined) logGuard(log, agent.id, options);
    const server = await serve(agent, { port, host, ...settings }).catch(async (cause: unknown) => {
      await agent.close(0);
      await state?.close();
      throw cause;
    });
    await io.print(`listening on ${server.url}`);
    await stopped;
    await server.close();
    await state?.close();
    return exitCodes.ok;
  },
};

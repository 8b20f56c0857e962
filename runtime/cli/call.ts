import { stripVTControlCharacters } from "node:util";
import type { Command } from "commander";
import type { Envelope, TaskUpdate } from "../../generated/models.js";
import type { TokenSource } from "../auth/token-source.js";
import { AsapError } from "../error.js";
import { addClientOptions, credentialsOf } from "./auth-client.js";
import { hasAuthorization, type TokenOptions, withTokenHeader } from "./auth-header.js";
import { addNotes, type CliCommand, type GlobalOptions } from "./command.js";
import { objectGiven } from "./json-document.js";
import { type CliIo, exitCodes } from "./output.js";
import { addPeerOptions, failPeer, jsonText, peerOptions } from "./peer-command.js";
import { readSource } from "./read-source.js";

interface Options extends GlobalOptions, TokenOptions {
  readonly sender?: string;
  readonly recipient?: string;
  readonly stream?: boolean;
}

interface Question {
  readonly url: string;
  readonly skill: string;
  readonly input: object;
  readonly options: Options;
  readonly credentials: TokenSource | undefined;
}

/** How credentials are given, for the error of an agent that asks for them. */
const howToLogIn = "Give --client-id with --issuer, --login with --issuer, or --token-env.";

/** How to find out why the agent does not take the token that it was given. */
const howToLook = "See asap token for what the token says, and the agent's log for why it is refused.";

/** The options of a connection that brings tokens along. */
function connectionOptions({ options, credentials }: Question) {
  return { ...peerOptions(options), ...(credentials !== undefined && { auth: credentials }) };
}

/** The options with the client as sender where its id is that of an agent. */
async function withSender(options: Options): Promise<Options> {
  const { sender, clientId } = options;
  if (sender !== undefined || clientId === undefined) return options;
  const { validateAgentUrn } = await import("../../generated/validators/agent-urn.js");
  return validateAgentUrn(clientId) ? { ...options, sender: clientId } : options;
}

/** An update as a line for people: `20 % step 1 of 5`, and what else it holds as JSON; the status alone without progress. */
function updateLine({ status, progress }: TaskUpdate): string {
  const { percent, message, ...rest } = progress ?? {};
  const words = [
    ...(typeof percent === "number" ? [`${Number(percent.toFixed(1))} %`] : []),
    ...(typeof message === "string" ? [message] : []),
    ...(Object.keys(rest).length > 0 ? [JSON.stringify(rest)] : []),
  ];
  return stripVTControlCharacters(words.join(" ") || status).replace(/\s+/g, " ");
}

async function follow(question: Question, io: CliIo): Promise<Envelope> {
  const { connect } = await import("../client.js");
  const { url, skill, input, options } = question;
  const { sender, recipient } = options;
  const peer = await connect(url, { ...connectionOptions(question), ...(sender !== undefined && { sender }) });
  try {
    const stream = peer.stream(skill, input, recipient === undefined ? {} : { recipient });
    for (;;) {
      const update = await stream.next().catch(() => undefined);
      if (update === undefined || update.done === true) return await stream.response;
      await io.print(options.json ? jsonText(update.value, true) : updateLine(update.value));
    }
  } finally {
    await peer.close();
  }
}

async function ask(question: Question): Promise<Envelope> {
  const { url, skill, input, options } = question;
  const [{ connect }, { discover }, { webSocketUrls }, { ulid }, { protocol }] = await Promise.all([
    import("../client.js"),
    import("../discovery/manifest.js"),
    import("../websocket-url.js"),
    import("../ulid.js"),
    import("../../generated/protocol.js"),
  ]);
  const shared = peerOptions(options);
  const { sender = "urn:asap:agent:client" } = options;
  const peer = await connect(url, { ...connectionOptions(question), sender });
  try {
    const recipient =
      options.recipient ??
      (await discover(webSocketUrls(url, shared, "/asap", "/asap/ws").baseUrl, { ...shared, timeoutMs: 2_000 }).then(
        ({ id }) => id,
        () => undefined,
      ));
    return await peer.sendEnvelope({
      asap_version: protocol.envelopeVersion,
      sender,
      recipient: recipient ?? "urn:asap:agent:peer",
      payload_type: protocol.messages["TaskRequest"]?.emit ?? "task.request",
      payload: { conversation_id: `conv_${ulid()}`, parent_task_id: null, skill_id: skill, input, config: null },
      correlation_id: null,
      trace_id: null,
      requires_ack: false,
      extensions: null,
    });
  } finally {
    await peer.close();
  }
}

/** `asap call`: runs a skill and prints its result. */
export const command: CliCommand = {
  configure(command) {
    command
      .argument("<url>", "URL of the agent: http, https, ws or wss")
      .argument("<skill>", "id of the skill")
      .argument("<input>", "input as a JSON object, or - to read it from standard input")
      .option("--sender <urn>", "agent that asks (default: the client id if it is a URN, else urn:asap:agent:client)")
      .option("--stream", "print each update of the task as it comes, before the result")
      .option("--recipient <urn>", "agent that is asked (default: the id in its manifest)");
    addPeerOptions(command, "60").option("--token-env <variable>", "environment variable with an access token to send");
    addClientOptions(command);
    command.addHelpText(
      "after",
      `
An agent that takes access tokens gets one with --client-id, --login or --token-env. Secrets and tokens come from
environment variables and files alone. Nothing is asked of an issuer that an agent names: give --issuer.`,
    );
    addNotes(command, {
      examples: [
        'call http://localhost:8000 echo \'{"message":"hi"}\'',
        "call http://localhost:8000 slow '{\"steps\":3}' --timeout 10",
        "call http://localhost:8000 slow '{\"steps\":3}' --stream",
        'call ws://localhost:8000/asap/ws echo \'{"message":"hi"}\'',
        "call http://localhost:8000 echo - --json < input.json",
        "call https://agent.example echo '{}' --issuer https://login.example --client-id me --client-secret-env SECRET",
        "call https://agent.example echo '{}' --issuer https://login.example --login",
        "call https://agent.example echo '{}' --token-env TOKEN",
      ],
      exits: {
        0: "the task was completed; its result is printed, with --json the whole envelope; with --stream --json an object for each update first",
        1: "the task failed, or the agent answered with an error",
        2: "not reached",
      },
    });
  },
  async run(command: Command, io) {
    const [url = "", skill = "", text = ""] = command.args;
    const options = withTokenHeader(command, command.optsWithGlobals<Options>(), io);
    const bytes = text === "-" ? await readSource("-", io) : new TextEncoder().encode(text);
    const input = objectGiven(command, "the input", bytes);
    let credentials: TokenSource | undefined;
    try {
      credentials = await credentialsOf(command, options, io);
      const question = { url, skill, input, options: await withSender(options), credentials };
      const envelope = await (options.stream === true ? follow(question, io) : ask(question));
      const { status, result } = envelope.payload as { status?: unknown; result?: unknown };
      if (options.json) await io.print(jsonText(envelope, true));
      if (status !== "completed") {
        const message = `The task of skill ${skill} has the status ${String(status)}.`;
        throw new AsapError("asap:task/not_completed", { message });
      }
      if (!options.json) await io.print(jsonText(result ?? {}));
      return exitCodes.ok;
    } catch (cause) {
      const hasToken = credentials !== undefined || hasAuthorization(options.header);
      return failPeer(cause, io, (status) => (hasToken ? howToLook : status === 401 ? howToLogIn : undefined));
    }
  },
};

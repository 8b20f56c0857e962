import type { AsapClient } from "../generated/client.js";
import type { MessageDefinition, ProtocolDefinition } from "../generated/contract.js";
import type { PayloadMap, ReplyMap } from "../generated/messages.js";
import type { Envelope } from "../generated/models.js";
import { abortedError, withDeadline } from "./deadline.js";
import { AsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";
import { judgeReply, type MessageRules } from "./reply.js";
import type { ClientTransport } from "./transport/transport.js";
import { ulid } from "./ulid.js";
import { describeIssues, issuesOf } from "./validation.js";

/** Options of one call. */
export interface CallOptions {
  /** Ends the call at once with AsapError `asap:transport/aborted`, whose cause is the signal's reason. */
  readonly signal?: AbortSignal;
  /** Longest duration of the call, attempts and waits included, in milliseconds. Default: the peer's. */
  readonly timeoutMs?: number;
  /** Key under which the receiver answers repeats of this call from its store. Default: a new ULID. */
  readonly idempotencyKey?: string;
  /** Agent the message is for. Default: the peer's. */
  readonly recipient?: string;
  /** Trace the message belongs to. Default: none. */
  readonly traceId?: string;
  /** Id of the envelope that this message answers. Default: none. */
  readonly correlationId?: string;
  /** Extensions of the envelope, such as `nonce`. Default: none. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Options of {@link PeerCalls.run}. */
export interface RunOptions extends CallOptions {
  /** Conversation the task belongs to. Default: a new one. */
  readonly conversationId?: string;
  /** Task that this one is part of. Default: none. */
  readonly parentTaskId?: string;
  /** Settings for the skill, agreed between caller and agent. Default: none. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What every peer can do, whatever the protocol. */
export interface PeerCalls<Payloads = PayloadMap, Replies = ReplyMap> {
  /** Where the peer is. */
  readonly url: string;
  /**
   * Runs a skill and waits for its result.
   *
   * @param skillId Id of the skill.
   * @param input Input of the skill.
   * @returns The result of the completed task, `{}` when it has none. Its type is the caller's word.
   * @throws AsapError `asap:task/not_completed` when the task ended in another status, and as {@link PeerCalls.send}.
   */
  run<Result extends object = Record<string, unknown>>(
    skillId: string,
    input: object,
    options?: RunOptions,
  ): Promise<Result>;
  /**
   * Sends a message and waits for the payload of its reply.
   *
   * @param name Name of the message in any spelling, such as `TaskCancel` or `task.cancel`.
   * @param payload Its payload, judged before it is sent.
   * @returns The payload of the reply, judged; undefined for a message that none answers.
   * @throws AsapError `asap:protocol/invalid_payload` or `asap:protocol/malformed_envelope` before anything is sent;
   * `asap:transport/remote_error`, `response_mismatch`, `invalid_response`, `timeout`, `aborted`, or what the
   * transport throws.
   */
  send<Name extends string>(
    name: Name | (keyof Payloads & string),
    payload: Name extends keyof Payloads ? Payloads[Name] : object,
    options?: CallOptions,
  ): Promise<Name extends keyof Replies ? Replies[Name] : object | undefined>;
  /**
   * Sends an envelope as it is, with id and timestamp filled in where it has none, and waits for the envelope that
   * answers. A payload type the protocol does not know is sent unjudged.
   *
   * @throws AsapError as {@link PeerCalls.send} does.
   */
  sendEnvelope(envelope: Envelope, options?: CallOptions): Promise<Envelope>;
  /** Ends calls under way with AsapError `asap:transport/aborted` and lets go of connections. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A peer: one method per message type, and {@link PeerCalls}, which win where names are equal. */
export type Peer<Client = AsapClient, Payloads = PayloadMap, Replies = ReplyMap> = Omit<
  Client,
  keyof PeerCalls<Payloads, Replies>
> &
  PeerCalls<Payloads, Replies>;

/** What a peer is made of. */
export interface PeerParts<Client, Payloads, Replies> {
  readonly transport: ClientTransport;
  readonly protocol: ProtocolDefinition<Client, Payloads, Replies>;
  readonly sender: string;
  /** Finds the agent to write as recipient. */
  readonly recipient: (signal: AbortSignal) => Promise<string>;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/**
 * Makes a peer over a transport.
 *
 * @param parts See {@link PeerParts}.
 * @see ASAP 1.1, sections 2, 4, 6 and 16
 */
export function createPeer<Client, Payloads, Replies>(
  parts: PeerParts<Client, Payloads, Replies>,
): Peer<Client, Payloads, Replies> {
  const { transport, protocol, now } = parts;
  const closing = new AbortController();
  let requests = 0;

  const bounded = <T>(work: (signal: AbortSignal) => Promise<T>, options: CallOptions): Promise<T> =>
    withDeadline(work, {
      signals: [options.signal, closing.signal],
      timeoutMs: timeoutOption(options.timeoutMs ?? parts.timeoutMs),
      url: transport.url,
    });

  async function exchange(
    envelope: Envelope,
    reply: string | null,
    options: CallOptions,
    signal: AbortSignal,
    ms: number,
  ) {
    judgeEnvelope(envelope, protocol);
    if (signal.aborted) throw abortedError(signal);
    const id = `req-${++requests}`;
    const idempotencyKey = keyOption(options.idempotencyKey ?? ulid());
    const envelopeId = envelope.id as string;
    const envelopeText = textOf(envelope);
    const requiresAck = envelope.requires_ack === true;
    const message = { envelopeText, envelopeId, requiresAck, id, idempotencyKey, signal, timeoutMs: ms };
    const answered = await transport.send(message);
    return judgeReply(answered.response, { protocol, url: transport.url, id: answered.id, envelopeId, reply });
  }

  async function sendEnvelope(given: Envelope, options: CallOptions = {}): Promise<Envelope> {
    const time = now();
    const { id, asap_version, timestamp, ...rest } = given;
    const envelope = {
      id: id ?? ulid(time),
      asap_version,
      timestamp: timestamp ?? new Date(time).toISOString(),
      ...rest,
    };
    const definition = protocol.messageOf(given.payload_type);
    if (definition !== undefined) judgePayload(definition, given.payload);
    const ms = options.timeoutMs ?? parts.timeoutMs;
    return bounded((signal) => exchange(envelope, definition?.reply ?? null, options, signal, ms), options);
  }

  async function send(name: string, payload: object, options: CallOptions = {}): Promise<object | undefined> {
    const definition = definitionOf(name, protocol);
    judgePayload(definition, payload);
    const started = performance.now();
    const answer = await bounded(async (signal) => {
      const recipient = options.recipient ?? (await parts.recipient(signal));
      const time = now();
      const envelope: Envelope = {
        id: ulid(time),
        asap_version: protocol.envelopeVersion,
        timestamp: new Date(time).toISOString(),
        sender: parts.sender,
        recipient,
        payload_type: definition.emit,
        payload: payload as Envelope["payload"],
        correlation_id: options.correlationId ?? null,
        trace_id: options.traceId ?? null,
        requires_ack: false,
        extensions: options.extensions ?? null,
      };
      const ms = (options.timeoutMs ?? parts.timeoutMs) - (performance.now() - started);
      return exchange(envelope, definition.reply, options, signal, ms);
    }, options);
    return definition.reply === null ? undefined : answer.payload;
  }

  async function run(skillId: string, input: object, options: RunOptions = {}): Promise<object> {
    const { conversationId, parentTaskId, config, ...call } = options;
    const payload = {
      conversation_id: conversationId ?? `conv_${ulid()}`,
      parent_task_id: parentTaskId ?? null,
      skill_id: skillId,
      input,
      config: config ?? null,
    };
    return resultOf((await send("TaskRequest", payload, call)) as TaskAnswer, skillId);
  }

  const close = async () => {
    closing.abort(new AsapError("asap:transport/aborted", { message: "The peer was closed." }));
    await transport.close();
  };
  const calls = { url: transport.url, run, send, sendEnvelope, close, [Symbol.asyncDispose]: close };
  const stub = protocol.createClient((name, payload, options) => send(name, payload, options as CallOptions));
  return { ...stub, ...calls } as Peer<Client, Payloads, Replies>;
}

interface TaskAnswer {
  readonly task_id: string;
  readonly status: string;
  readonly result?: object | null;
  readonly final_state?: object | null;
}

function resultOf(answer: TaskAnswer, skillId: string): object {
  const { task_id, status, result, final_state } = answer;
  if (status === "completed") return result ?? {};
  throw new AsapError("asap:task/not_completed", {
    message: `The task of skill ${skillId} has the status ${status}.`,
    data: { task_id, status, result: result ?? null, final_state: final_state ?? null },
  });
}

function definitionOf(name: string, protocol: MessageRules): MessageDefinition {
  const definition = protocol.messageOf(name);
  if (definition !== undefined) return definition;
  const reason = "names no message of the protocol";
  throw new AsapError("asap:config/invalid_option", {
    message: `"${name}" ${reason}.`,
    data: { option: "name", reason, name },
  });
}

function judgePayload(definition: MessageDefinition, payload: unknown): void {
  if (definition.validate(payload)) return;
  const issues = issuesOf(definition.validate.errors, ["payload"]);
  throw new AsapError("asap:protocol/invalid_payload", {
    message: `The payload is no ${definition.name}: ${describeIssues(issues)}.`,
    data: { payload_type: definition.name, validation_errors: issues },
  });
}

function judgeEnvelope(envelope: Envelope, protocol: MessageRules): void {
  if (protocol.validateEnvelope(envelope)) return;
  const issues = issuesOf(protocol.validateEnvelope.errors);
  throw new AsapError("asap:protocol/malformed_envelope", {
    message: `The envelope does not fit its schema: ${describeIssues(issues)}.`,
    data: { validation_errors: issues },
  });
}

function textOf(envelope: object): string {
  try {
    return JSON.stringify(envelope);
  } catch (cause) {
    throw new AsapError("asap:protocol/invalid_payload", { message: "The payload cannot be written as JSON.", cause });
  }
}

function keyOption(key: string): string {
  if (/^[!-~]{1,255}$/.test(key)) return key;
  throw invalidOption("idempotencyKey", "is not 1 to 255 visible ASCII characters");
}

function timeoutOption(timeoutMs: number): number {
  if (timeoutMs > 0) return timeoutMs;
  throw invalidOption("timeoutMs", "is no duration above 0");
}

import type { AsapClient } from "../generated/client.js";
import type { MessageDefinition, ProtocolDefinition } from "../generated/contract.js";
import type { PayloadMap, ReplyMap } from "../generated/messages.js";
import type { Envelope } from "../generated/models.js";
import type { Connection } from "./connection.js";
import { abortedError, withDeadline } from "./deadline.js";
import { AsapError } from "./error.js";
import { definitionOf, judgeEnvelope, judgePayload, keyOption, textOf, timeoutOption } from "./outgoing.js";
import { createPushes } from "./pushes.js";
import { judgeReply } from "./reply.js";
import { createTaskStream, type TaskStream } from "./task-stream.js";
import type { ClientTransport } from "./transport/transport.js";
import { ulid } from "./ulid.js";

/** Options of one call. */
export interface CallOptions {
  /** Ends the call at once with AsapError `asap:transport/aborted`, whose cause is the signal's reason. */
  readonly signal?: AbortSignal;
  /** Longest duration of the call, attempts and waits included, in milliseconds; Infinity for none. Default: the peer's. */
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

/** Options of {@link PeerCalls.stream}. Its `timeoutMs` bounds the whole stream, from the request to the response. */
export interface StreamOptions extends RunOptions {
  /** Most updates kept for a reader who is slower than the task. Default: 10,000. */
  readonly maxUnread?: number;
}

/** What every peer can do, whatever the protocol. */
export interface PeerCalls<Payloads = PayloadMap, Replies = ReplyMap> {
  /** Where the peer is. */
  readonly url: string;
  /** How the way to the peer fares, as a value that can be watched. */
  readonly connection: Connection;
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
   * Runs a skill and gives its updates as they come, then its result. The request is sent at once. The call ends at its
   * timeout, 60 seconds unless the peer or the call names another; then, as when the signal aborts or the iteration is
   * left early, the agent is asked to cancel the task.
   *
   * @param skillId Id of the skill.
   * @param input Input of the skill.
   * @param options See {@link StreamOptions}.
   * @returns The stream. It never throws at once: every fault is told by its `result` and its iteration.
   */
  stream<Result extends object = Record<string, unknown>>(
    skillId: string,
    input: object,
    options?: StreamOptions,
  ): TaskStream<Result>;
  /**
   * Calls back with each envelope that the peer pushes on its own: broadcasts, and what answers no call under way, as a late
   * update of a stream that was left. Over HTTP and in memory there are none. With the URL of a WebSocket listening opens the
   * connection, with another URL the first call does; it then stays open. The envelope was judged, its payload where the
   * protocol knows the type; one that does not fit is dropped and told to `onFault`. A listener that throws is told there too
   * and disturbs no other.
   *
   * @returns Stops listening.
   */
  onMessage(listener: (envelope: Envelope) => void): () => void;
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
  /** Decides on the way, where that is not known from the start; awaited before an envelope is made. */
  readonly ready?: (() => Promise<void>) | undefined;
  /** Told of pushes that do not fit and of listeners that throw. */
  readonly onFault?: ((error: AsapError) => void) | undefined;
}

interface Delivery {
  /** Id of the envelope; a new one without it. */
  readonly envelopeId?: string;
  readonly onUpdate?: (envelope: unknown) => void;
  /** Told when the message is handed to the transport. */
  readonly onSend?: () => void;
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
  const { transport, protocol, now, ready } = parts;
  const pushes = createPushes({ protocol, transport, onFault: parts.onFault });
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
    { onUpdate, onSend }: Delivery = {},
  ) {
    judgeEnvelope(envelope, protocol);
    if (signal.aborted) throw abortedError(signal);
    const id = `req-${++requests}`;
    const idempotencyKey = keyOption(options.idempotencyKey ?? ulid());
    const envelopeId = envelope.id as string;
    const envelopeText = textOf(envelope);
    const requiresAck = envelope.requires_ack === true;
    const message = { envelopeText, envelopeId, requiresAck, id, idempotencyKey, signal, timeoutMs: ms, onUpdate };
    onSend?.();
    const answered = await transport.send(message);
    return judgeReply(answered.response, { protocol, url: transport.url, id: answered.id, envelopeId, reply });
  }

  async function sendEnvelope(given: Envelope, options: CallOptions = {}): Promise<Envelope> {
    const definition = protocol.messageOf(given.payload_type);
    if (definition !== undefined) judgePayload(definition, given.payload);
    const started = performance.now();
    return bounded(async (signal) => {
      if (ready !== undefined) await ready();
      const time = now();
      const { id, asap_version, timestamp, ...rest } = given;
      const envelope = {
        id: id ?? ulid(time),
        asap_version,
        timestamp: timestamp ?? new Date(time).toISOString(),
        ...rest,
        ...(transport.acknowledges && definition?.needsAck === true && { requires_ack: true }),
      };
      const ms = (options.timeoutMs ?? parts.timeoutMs) - (performance.now() - started);
      return exchange(envelope, definition?.reply ?? null, options, signal, ms);
    }, options);
  }

  async function send(name: string, payload: object, options?: CallOptions): Promise<object | undefined> {
    const definition = definitionOf(name, protocol);
    const answer = await request(definition, payload, options);
    return definition.reply === null ? undefined : answer.payload;
  }

  async function request(
    definition: MessageDefinition,
    payload: object,
    options: CallOptions = {},
    delivery: Delivery = {},
  ): Promise<Envelope> {
    judgePayload(definition, payload);
    const started = performance.now();
    return bounded(async (signal) => {
      if (ready !== undefined) await ready();
      const recipient = options.recipient ?? (await parts.recipient(signal));
      const time = now();
      const envelope: Envelope = {
        id: delivery.envelopeId ?? ulid(time),
        asap_version: protocol.envelopeVersion,
        timestamp: new Date(time).toISOString(),
        sender: parts.sender,
        recipient,
        payload_type: definition.emit,
        payload: payload as Envelope["payload"],
        correlation_id: options.correlationId ?? null,
        trace_id: options.traceId ?? null,
        requires_ack: transport.acknowledges && definition.needsAck,
        extensions: options.extensions ?? null,
      };
      const ms = (options.timeoutMs ?? parts.timeoutMs) - (performance.now() - started);
      return exchange(envelope, definition.reply, options, signal, ms, delivery);
    }, options);
  }

  async function ask(skillId: string, input: object, options: RunOptions, delivery?: Delivery): Promise<Envelope> {
    const { conversationId, parentTaskId, config, ...call } = options;
    const payload = {
      conversation_id: conversationId ?? `conv_${ulid()}`,
      parent_task_id: parentTaskId ?? null,
      skill_id: skillId,
      input,
      config: config ?? null,
    };
    return request(definitionOf("TaskRequest", protocol), payload, call, delivery);
  }

  async function run(skillId: string, input: object, options: RunOptions = {}): Promise<object> {
    return resultOf(taskOf(await ask(skillId, input, options)), skillId);
  }

  function stream(skillId: string, input: object, options: StreamOptions = {}): TaskStream<object> {
    const { maxUnread = 10_000, ...call } = options;
    const envelopeId = ulid(now());
    let isSent = false;
    const onSend = () => {
      isSent = true;
    };
    return createTaskStream<object>({
      url: transport.url,
      protocol,
      envelopeId,
      maxUnread,
      async start(onUpdate, signal) {
        const signals = options.signal === undefined ? [signal] : [signal, options.signal];
        const work = (both: AbortSignal) =>
          ask(skillId, input, { ...call, signal: both }, { envelopeId, onUpdate, onSend });
        const response = await withDeadline(work, { signals, timeoutMs: Number.POSITIVE_INFINITY });
        return { response, taskId: taskOf(response).task_id };
      },
      resultOf: (response) => resultOf(taskOf(response), skillId),
      async cancel(task_id, reason) {
        const { recipient, traceId } = call;
        const same = { ...(recipient !== undefined && { recipient }), ...(traceId !== undefined && { traceId }) };
        if (isSent) await send("TaskCancel", { task_id, reason }, { ...same, timeoutMs: cancelTimeoutMs });
      },
      onOther: pushes.take,
    });
  }

  const close = async () => {
    closing.abort(new AsapError("asap:transport/aborted", { message: "The peer was closed." }));
    await transport.close();
  };
  const calls = {
    url: transport.url,
    connection: transport.connection,
    run,
    stream,
    send,
    sendEnvelope,
    onMessage: pushes.onMessage,
    close,
    [Symbol.asyncDispose]: close,
  };
  const stub = protocol.createClient((name, payload, options) => send(name, payload, options as CallOptions));
  return { ...stub, ...calls } as Peer<Client, Payloads, Replies>;
}

/** Longest wait for the answer to a cancellation that nobody waits for, in milliseconds. */
const cancelTimeoutMs = 10_000;

interface TaskAnswer {
  readonly task_id: string;
  readonly status: string;
  readonly result?: object | null;
  readonly final_state?: object | null;
}

const taskOf = (response: Envelope): TaskAnswer => response.payload as unknown as TaskAnswer;

function resultOf(answer: TaskAnswer, skillId: string): object {
  const { task_id, status, result, final_state } = answer;
  if (status === "completed") return result ?? {};
  throw new AsapError("asap:task/not_completed", {
    message: `The task of skill ${skillId} has the status ${status}.`,
    data: { task_id, status, result: result ?? null, final_state: final_state ?? null },
  });
}

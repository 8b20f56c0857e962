import type { MessageDefinition, ProtocolDefinition } from "../generated/contract.js";
import { type AsapErrorCode, errors } from "../generated/errors.js";
import type { Envelope } from "../generated/models.js";
import type { BearerAuth } from "./auth/bearer.js";
import type { MessageCall } from "./call.js";
import { AsapError } from "./error.js";
import { checkFreshness, type FreshnessLimits, type NonceLog } from "./freshness.js";
import type { Answer, AnswerLog } from "./idempotency.js";
import {
  decode,
  envelopeOf,
  errorMember,
  type Fault,
  type Frame,
  fault,
  isFault,
  quote,
  response,
  resultMember,
} from "./jsonrpc.js";
import type { Log } from "./observe/log.js";
import { type AgentMetrics, countError, countHandler, countSuccess, type PayloadSeries } from "./observe/metrics.js";
import { ulid } from "./ulid.js";
import { issuesOf } from "./validation.js";

/** What a transport knows of a message beside its text. */
export interface MessageContext {
  /** Value of the Authorization header. */
  readonly authorization?: string | undefined;
  /** Value of the X-Idempotency-Key header. */
  readonly idempotencyKey?: string | undefined;
}

/** Work on one kind of message: judged first, then run. */
export interface Handler {
  /**
   * Judges a message beyond its schema and returns the work, or says why it is refused.
   *
   * @param size Characters of the whole message.
   */
  prepare(payload: never, call: CallFacts, size: number): Work | Refused;
}

/** The facts a handler may use before a call exists. */
export interface CallFacts {
  readonly envelope: Envelope;
  readonly principal: string | undefined;
  readonly nowMs: number;
}

/** Why a handler refuses a message. */
export interface Refused {
  readonly code: AsapErrorCode;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Work ready to run. */
export interface Work {
  readonly call: MessageCall;
  /** Longest run in milliseconds. */
  readonly timeoutMs: number;
  run(): unknown;
  /**
   * Turns what `run` gave into the JSON text of the reply's payload.
   *
   * @throws when the output is not what it must be.
   */
  finish(output: unknown): string;
  /** Told that the work failed, by a throw, a bad output, the deadline or the agent's end. */
  failed(): void;
}

/** Everything a dispatcher works with. */
export interface DispatchParts {
  readonly protocol: ProtocolDefinition;
  readonly agentId: string;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly auth: BearerAuth | undefined;
  readonly answers: AnswerLog;
  readonly nonces: NonceLog | undefined;
  readonly freshness: FreshnessLimits;
  readonly maxDepth: number;
  readonly maxConcurrentTasks: number;
  readonly metrics: AgentMetrics;
  readonly log: Log;
  readonly now: () => number;
}

/** Takes messages as text and answers them as text. */
export interface Dispatcher {
  /**
   * Answers one JSON-RPC message; every fault of the message is an answer too.
   *
   * @throws AsapError `asap:transport/thread_pool_exhausted` when too many tasks run.
   */
  receive(text: string, context: MessageContext): string | Promise<string>;
  /** Messages being worked on. */
  readonly active: ReadonlySet<MessageCall>;
}

interface Route {
  readonly definition: MessageDefinition;
  readonly handler: Handler;
  readonly replyType: string;
  readonly series: PayloadSeries;
}

/** Labels of `asap_requests_error_total` (wire section 15.1) by error name, where the two differ. */
const errorTypes: Readonly<Record<string, string>> = {
  method_not_found: "invalid_request",
  malformed_envelope: "invalid_envelope",
  invalid_payload: "invalid_params",
  unknown_skill: "invalid_params",
  invalid_input: "invalid_params",
  invalid_output: "internal_error",
  deadline_exceeded: "internal_error",
  auth_required: "auth_failed",
};

const genericFailure: Answer = errorMember({
  definition: errors["asap:rpc/internal_error"],
  data: { error: "Internal server error" },
});

/** Makes the one path from a message's text to its answer: the order of checks of wire section 6.1. */
export function createDispatcher(parts: DispatchParts): Dispatcher {
  const { protocol, answers, nonces, metrics, log, now } = parts;
  const senderText = quote(parts.agentId);
  const other = metrics.of("other");
  const active = new Set<MessageCall>();
  const routes = new Map<string, Route>();
  for (const [name, handler] of parts.handlers) {
    const definition = protocol.messages[name];
    if (definition === undefined) continue;
    const reply = protocol.messages[definition.reply ?? "MessageAck"];
    routes.set(name, {
      definition,
      handler,
      replyType: reply?.emit ?? definition.emit,
      series: metrics.of(definition.emit),
    });
  }

  const routeOf = (payloadType: string): Route | undefined => {
    const definition = protocol.messageOf(payloadType);
    return definition && routes.get(definition.name);
  };

  const refuse = (refused: Fault, series: PayloadSeries, startedAt: number): string => {
    const { name } = refused.definition;
    countError(series, errorTypes[name] ?? name, (performance.now() - startedAt) / 1000);
    return response(errorMember(refused), refused.idText);
  };

  const receive = (text: string, context: MessageContext): string | Promise<string> => {
    const startedAt = performance.now();
    const frame = decode(text, protocol, parts);
    if (isFault(frame)) return refuse(frame, other, startedAt);
    if (parts.auth === undefined) return proceed(frame, context, undefined, text.length, startedAt);
    return parts.auth.authenticate(context.authorization).then((principal) => {
      if (typeof principal === "string") return proceed(frame, context, principal, text.length, startedAt);
      const data = { error: principal.text, status_code: 401 };
      return refuse(fault(principal.code, data, frame.idText), other, startedAt);
    });
  };

  const proceed = (
    frame: Frame,
    context: MessageContext,
    principal: string | undefined,
    size: number,
    startedAt: number,
  ): string | Promise<string> => {
    const { idText } = frame;
    const envelope = envelopeOf(frame, protocol);
    if (isFault(envelope)) return refuse(envelope, other, startedAt);
    const route = routeOf(envelope.payload_type);
    const series = route?.series ?? other;
    const nowMs = now();
    const envelopeId = envelope.id ?? ulid(nowMs);
    log.debug?.("asap.request.received", {
      envelope_id: envelopeId,
      trace_id: envelope.trace_id,
      payload_type: envelope.payload_type,
      sender: envelope.sender,
      recipient: envelope.recipient,
      authenticated: principal !== undefined,
    });
    if (principal !== undefined && principal !== envelope.sender) {
      const data = { error: "Sender does not match authenticated identity", status_code: 403 };
      return refuse(fault("asap:auth/sender_mismatch", data, idText), series, startedAt);
    }
    if (envelope.timestamp != null) {
      const stale = checkFreshness(envelope.timestamp, envelopeId, nowMs, parts.freshness);
      if (stale !== undefined)
        return refuse(protocolFault("Invalid envelope timestamp", stale, idText), series, startedAt);
    }

    const owner = principal ?? envelope.sender;
    const key = keyOf(context.idempotencyKey, frame.params["idempotency_key"]);
    const known = answers.find(owner, envelope.id, key);
    if (known !== undefined) return repeat(known, idText, series, startedAt);

    const nonce = nonces === undefined ? undefined : envelope.extensions?.["nonce"];
    if (nonces !== undefined && envelope.extensions != null && Object.hasOwn(envelope.extensions, "nonce")) {
      const used = nonces.use(nonce, envelopeId, nowMs);
      if (used !== undefined) return refuse(protocolFault("Invalid envelope nonce", used, idText), series, startedAt);
    }
    if (route === undefined) {
      const { payload_type } = envelope;
      const data = { payload_type, error: `No handler registered for payload type: ${payload_type}` };
      return refuse(fault("asap:transport/handler_not_found", data, idText), other, startedAt);
    }
    const { definition, handler } = route;
    if (!definition.validate(envelope.payload)) {
      const data = {
        error: `Invalid payload for ${definition.name}`,
        code: "asap:protocol/invalid_payload",
        validation_errors: issuesOf(definition.validate.errors, ["payload"]),
      };
      return refuse(fault("asap:protocol/invalid_payload", data, idText), series, startedAt);
    }
    const work = handler.prepare(envelope.payload as never, { envelope, principal, nowMs }, size);
    if ("code" in work) return refuse(fault(work.code, work.data, idText), series, startedAt);
    if (active.size >= parts.maxConcurrentTasks) {
      countError(series, "thread_pool_exhausted", (performance.now() - startedAt) / 1000);
      work.failed();
      throw new AsapError("asap:transport/thread_pool_exhausted", {
        data: { max_threads: parts.maxConcurrentTasks, active_threads: active.size },
      });
    }

    const answer = run(route, work, envelope, envelopeId, startedAt);
    answers.keep(owner, envelope.id, key, answer, nowMs);
    return typeof answer === "string" ? response(answer, idText) : answer.then((text) => response(text, idText));
  };

  const repeat = (
    known: Answer | Promise<Answer>,
    idText: string,
    series: PayloadSeries,
    startedAt: number,
  ): string | Promise<string> => {
    countSuccess(series, (performance.now() - startedAt) / 1000);
    return typeof known === "string" ? response(known, idText) : known.then((text) => response(text, idText));
  };

  const run = (
    route: Route,
    work: Work,
    envelope: Envelope,
    envelopeId: string,
    startedAt: number,
  ): Answer | Promise<Answer> => {
    const { series } = route;
    const handlerStartedAt = performance.now();
    const settle = (failed: boolean) => {
      const endedAt = performance.now();
      countHandler(series, failed, (endedAt - handlerStartedAt) / 1000);
      if (failed) countError(series, "internal_error", (endedAt - startedAt) / 1000);
      else countSuccess(series, (endedAt - startedAt) / 1000);
    };
    const fail = (cause: unknown): Answer => {
      work.failed();
      settle(true);
      log.error?.("asap.handler.failed", {
        payload_type: route.definition.emit,
        task_id: work.call.taskId,
        error: cause,
      });
      const deadline = cause instanceof AsapError && cause.code === "asap:task/deadline_exceeded";
      return deadline ? errorMember(protocolFault(cause.message, cause, "null")) : genericFailure;
    };
    const succeed = (output: unknown): Answer => {
      let payloadText: string;
      try {
        payloadText = work.finish(output);
      } catch (cause) {
        return fail(cause);
      }
      settle(false);
      const at = now();
      const id = ulid(at);
      log.debug?.("asap.request.processed", {
        envelope_id: envelopeId,
        response_id: id,
        trace_id: envelope.trace_id,
        payload_type: envelope.payload_type,
        duration_ms: performance.now() - startedAt,
      });
      return resultMember({
        id,
        timestamp: isoTime(at),
        senderText,
        payloadType: route.replyType,
        payloadText,
        request: envelope,
        correlationId: envelopeId,
      });
    };

    let output: unknown;
    try {
      output = work.run();
    } catch (cause) {
      return fail(cause);
    }
    if (!isPromiseLike(output)) return succeed(output);
    return settleLater(output, work, active, succeed, fail);
  };

  return { receive, active };
}

const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";

/** Waits for a promise until the deadline or until the call is aborted; always resolves with an answer. */
function settleLater(
  output: PromiseLike<unknown>,
  { call, timeoutMs }: Work,
  active: Set<MessageCall>,
  succeed: (output: unknown) => Answer,
  fail: (cause: unknown) => Answer,
): Promise<Answer> {
  active.add(call);
  return new Promise<Answer>((resolve) => {
    let done = false;
    const end = (make: (value: unknown) => Answer, value: unknown) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      active.delete(call);
      resolve(make(value));
    };
    const timer = setTimeout(() => {
      call.abort(new AsapError("asap:task/deadline_exceeded", { data: { timeout_ms: timeoutMs } }));
    }, timeoutMs);
    call.onAbort = (reason) => end(fail, reason);
    output.then(
      (value) => end(succeed, value),
      (cause: unknown) => end(fail, cause),
    );
  });
}

/** A fault whose data carries the code, text and details of an ASAP error. */
function protocolFault(text: string, error: AsapError, idText: string): Fault {
  return fault(error.code, { error: text, ...error.toJSON() }, idText);
}

const keyOf = (header: string | undefined, param: unknown): string | undefined =>
  header !== undefined && header !== "" ? header : typeof param === "string" && param !== "" ? param : undefined;

let isoMs = -1;
let isoText = "";

/** ISO 8601 text of a moment; the text of the latest one is kept, since messages come many in a millisecond. */
function isoTime(ms: number): string {
  if (ms !== isoMs) {
    isoText = new Date(ms).toISOString();
    isoMs = ms;
  }
  return isoText;
}

import type { ProtocolDefinition } from "../generated/contract.js";
import { type AsapErrorCode, errors } from "../generated/errors.js";
import type { Envelope } from "../generated/models.js";
import type { ActiveCalls } from "./active-calls.js";
import type { BearerAuth } from "./auth/bearer.js";
import { type AccessGuard, type AccessRefusal, type Identity, isRefusal } from "./auth/guard.js";
import type { MessageCall } from "./call.js";
import { AsapError } from "./error.js";
import { Execution, execute, executeStored, type Route, type Work } from "./execution.js";
import { checkFreshness, type FreshnessLimits, type NonceLog, type StoredNonces } from "./freshness.js";
import type { AnswerLog } from "./idempotency.js";
import {
  decode,
  envelopeOf,
  errorMember,
  type Fault,
  type Frame,
  fault,
  isErrorResponse,
  isFault,
  protocolFault,
  quote,
  response,
  withId,
} from "./jsonrpc.js";
import type { Log } from "./observe/log.js";
import { type AgentMetrics, countError, countSuccess, type PayloadSeries } from "./observe/metrics.js";
import { resumeTask } from "./resume.js";
import type { TaskEngine } from "./state/engine.js";
import type { StoredTask } from "./state/stored-task.js";
import { ulid } from "./ulid.js";
import { UndoneMessages } from "./undone.js";
import type { UpdateSink } from "./updates.js";
import { issuesOf } from "./validation.js";

/** What a transport knows of a message beside its text. */
export interface MessageContext {
  /** Value of the Authorization header. */
  readonly authorization?: string | undefined;
  /** Who the access token is of, where the transport had the agent's guard judge it already. */
  readonly identity?: Identity | undefined;
  /** Value of the X-Idempotency-Key header. */
  readonly idempotencyKey?: string | undefined;
  /**
   * Called once the envelope, the credentials and freshness pass, before any answer: the moment of an acknowledgement
   * (wire section 9.4). Must not throw.
   */
  readonly accepted?: ((envelope: Envelope, envelopeId: string) => void) | undefined;
  /** Takes the updates of the task that the message starts, or that an earlier message with the same id started. */
  readonly updates?: UpdateSink | undefined;
}

/** Work on one kind of message: judged first, then run. */
export interface Handler {
  /**
   * Judges a message beyond its schema and returns the work, or says why it is refused.
   *
   * @param size Characters of the whole message.
   */
  prepare(payload: never, call: CallFacts, size: number): Work | Refused | Promise<Work | Refused>;
  /** Whether this or another instance took the message before, where the store tells. */
  wasTaken?(payload: never, asked: AskedBy): Promise<boolean>;
  /** Takes up a task that nobody works on any more; `never` for one that cannot go on, undefined for an unknown one. */
  resume?(payload: never, call: CallFacts, stored: StoredTask): Work | "never" | undefined;
}

/** Who asks for what, as repeats are found by it. */
export type AskedBy = Pick<CallFacts, "envelope" | "owner" | "key">;

/** The facts a handler may use before a call exists. */
export interface CallFacts {
  readonly envelope: Envelope;
  /** The envelope's id, or the one made for it. */
  readonly envelopeId: string;
  /** Agent that the credentials name. */
  readonly principal: string | undefined;
  readonly identity: Identity | undefined;
  /** Whose message it is: whoever may repeat it and cancel what it started. */
  readonly owner: string;
  /** Idempotency key the message came with. */
  readonly key: string | undefined;
  readonly nowMs: number;
  readonly updates: UpdateSink | undefined;
  /** Throws where as many tasks run as may: before something costly is done for one more. */
  readonly checkRoom?: () => void;
}

/** Why a handler refuses a message. */
export interface Refused {
  readonly code: AsapErrorCode;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Everything a dispatcher works with. */
export interface DispatchParts {
  readonly protocol: ProtocolDefinition;
  readonly agentId: string;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly auth: BearerAuth | undefined;
  readonly guard: AccessGuard | undefined;
  readonly answers: AnswerLog;
  readonly nonces: NonceLog | StoredNonces | undefined;
  /** Keeps tasks in a store; absent where they live in memory. */
  readonly engine: TaskEngine | undefined;
  readonly freshness: FreshnessLimits;
  readonly maxDepth: number;
  readonly maxConcurrentTasks: number;
  readonly active: ActiveCalls;
  readonly metrics: AgentMetrics;
  readonly log: Log;
  readonly now: () => number;
}

/** Takes messages as text and answers them as text. */
export interface Dispatcher {
  /**
   * Answers one JSON-RPC message; every fault of the message is an answer too.
   *
   * @throws AsapError `asap:transport/thread_pool_exhausted` when too many tasks run, `asap:transport/shutting_down`
   * for new work once the active calls were closed.
   */
  receive(text: string, context: MessageContext): string | Promise<string>;
  /** Takes up a stored task that nobody works on any more, ends it as failed, or leaves it to other instances. */
  resume(stored: StoredTask): Promise<void>;
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

/** Makes the one path from a message's text to its answer: the order of checks of wire section 6.1. */
export function createDispatcher(parts: DispatchParts): Dispatcher {
  const { protocol, answers, nonces, active, metrics, log, now } = parts;
  const senderText = quote(parts.agentId);
  const other = metrics.of("other");
  const execution = { senderText, active, log, now };
  const routes = new Map<string, Route<Handler>>();
  const undone = new UndoneMessages();
  /** The calls behind the answers that are still being made. */
  const running = new WeakMap<Promise<string>, MessageCall>();
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

  const routeOf = (payloadType: string): Route<Handler> | undefined => {
    const definition = protocol.messageOf(payloadType);
    return definition && routes.get(definition.name);
  };

  const refuse = (refused: Fault, series: PayloadSeries, startedAt: number): string => {
    const { name } = refused.definition;
    countError(series, errorTypes[name] ?? name, (performance.now() - startedAt) / 1000);
    return response(errorMember(refused), refused.idText);
  };

  const repeat = (answer: string, idText: string, series: PayloadSeries, startedAt: number): string => {
    const seconds = (performance.now() - startedAt) / 1000;
    if (isErrorResponse(answer)) countError(series, "internal_error", seconds);
    else countSuccess(series, seconds);
    return withId(answer, idText);
  };

  const receive = (text: string, context: MessageContext): string | Promise<string> => {
    const startedAt = performance.now();
    const frame = decode(text, protocol, parts);
    if (isFault(frame)) return refuse(frame, other, startedAt);
    const caller = (principal: string | undefined, identity?: Identity): Caller => ({
      principal,
      identity,
      size: text.length,
      startedAt,
    });
    if (parts.guard !== undefined) {
      const known = context.identity;
      if (known !== undefined) return proceed(frame, context, caller(known.agent, known));
      const enter = (judged: Identity | AccessRefusal) =>
        isRefusal(judged)
          ? denied(judged.code, judged.detail, frame, startedAt)
          : proceed(frame, context, caller(judged.agent, judged));
      const judged = parts.guard.admit(context.authorization, rpcScope(parts));
      return judged instanceof Promise ? judged.then(enter) : enter(judged);
    }
    if (parts.auth === undefined) return proceed(frame, context, caller(undefined));
    return parts.auth.authenticate(context.authorization).then((principal) => {
      if (typeof principal === "string") return proceed(frame, context, caller(principal));
      return denied(principal.code, principal.text, frame, startedAt);
    });
  };

  const denied = (code: AsapErrorCode, error: string, frame: Frame, startedAt: number): string =>
    refuse(fault(code, { error, status_code: errors[code].http }, frame.idText), other, startedAt);

  const proceed = (frame: Frame, context: MessageContext, caller: Caller): string | Promise<string> => {
    const { principal, identity, startedAt } = caller;
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
      authenticated: principal !== undefined || identity !== undefined,
    });
    if (principal !== undefined && principal !== envelope.sender) {
      const data = { error: "Sender does not match authenticated identity", status_code: 403 };
      const reason = "asap:auth/sender_mismatch";
      log.info?.("asap.auth.refused", { status: 403, reason, sender: envelope.sender, expected: principal });
      return refuse(fault("asap:auth/sender_mismatch", data, idText), series, startedAt);
    }
    if (envelope.timestamp != null) {
      const stale = checkFreshness(envelope.timestamp, envelopeId, nowMs, parts.freshness);
      if (stale !== undefined)
        return refuse(protocolFault("Invalid envelope timestamp", stale, idText), series, startedAt);
    }

    const scope = parts.guard?.scopeOfMessage(route?.definition.scope ?? null) ?? null;
    if (scope !== null && identity?.scopes.includes(scope) !== true) {
      const data = { error: "Insufficient scope", status_code: 403, required_scope: scope };
      return refuse(fault("asap:auth/insufficient_scope", data, idText), series, startedAt);
    }

    const owner = ownerOf(envelope.sender, identity, principal);
    const key = keyOf(context.idempotencyKey, frame.params["idempotency_key"]);
    const asked = { route, envelope, envelopeId, owner, key, idText, series, startedAt, nowMs };
    const known = repeated(asked, context);
    if (known !== undefined) return known;
    if (active.isClosed) throw new AsapError("asap:transport/shutting_down");

    if (nonces === undefined || envelope.extensions == null || !Object.hasOwn(envelope.extensions, "nonce")) {
      return admit(asked, caller, context);
    }
    const nonce = envelope.extensions["nonce"];
    if (undone.take(owner, envelope.id, nonce)) return remembering(asked, nonce, () => admit(asked, caller, context));
    const judge = (used: AsapError | undefined) =>
      used === undefined
        ? remembering(asked, nonce, () => admit(asked, caller, context))
        : refuse(protocolFault("Invalid envelope nonce", used, idText), series, startedAt);
    const used = nonces.use(nonce, envelopeId, nowMs);
    if (!(used instanceof Promise)) return judge(used);
    return used.then((refused) =>
      refused === undefined ? judge(undefined) : (repeated(asked, context) ?? judgeRepeat(refused, asked).then(judge)),
    );
  };

  /** The answer to a message that came before, or the promise of it. */
  const repeated = (asked: Asked, context: MessageContext): string | Promise<string> | undefined => {
    const { envelope, envelopeId, owner, key, idText, series, startedAt, nowMs } = asked;
    const known = answers.find(owner, envelope.id, key, nowMs);
    if (known === undefined) return undefined;
    context.accepted?.(envelope, envelopeId);
    if (context.updates !== undefined && typeof known !== "string") running.get(known)?.listen(context.updates);
    const again = (answer: string) => repeat(answer, idText, series, startedAt);
    return typeof known === "string" ? again(known) : known.then(again);
  };

  /** A message that this or another instance took before is not refused for its nonce: it is a repeat. */
  const judgeRepeat = async (
    used: AsapError,
    { envelope, owner, key, route }: Asked,
  ): Promise<AsapError | undefined> => {
    if (route?.handler.wasTaken === undefined || !route.definition.validate(envelope.payload)) return used;
    return (await route.handler.wasTaken(envelope.payload as never, { envelope, owner, key })) ? undefined : used;
  };

  /** Remembers a message with a nonce that nobody got an answer to. */
  const remembering = (
    { owner, envelope }: Asked,
    nonce: unknown,
    run: () => string | Promise<string>,
  ): string | Promise<string> => {
    const unanswered = (cause: unknown): never => {
      undone.add(owner, envelope.id, nonce);
      throw cause;
    };
    try {
      const answer = run();
      return typeof answer === "string" ? answer : answer.catch(unanswered);
    } catch (cause) {
      return unanswered(cause);
    }
  };

  const admit = (
    asked: Asked,
    { principal, identity, size }: Caller,
    context: MessageContext,
  ): string | Promise<string> => {
    const { route, envelope, envelopeId, owner, key, idText, series, startedAt, nowMs } = asked;
    context.accepted?.(envelope, envelopeId);
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
    const facts = { envelope, envelopeId, principal, identity, owner, key, nowMs, updates: context.updates };
    const work = handler.prepare(
      envelope.payload as never,
      { ...facts, checkRoom: () => checkRoom(series, startedAt) },
      size,
    );
    return work instanceof Promise ? work.then((ready) => carryOut(ready, asked, route)) : carryOut(work, asked, route);
  };

  const checkRoom = (series: PayloadSeries, startedAt: number, work?: Work): void => {
    if (active.size < parts.maxConcurrentTasks) return;
    countError(series, "thread_pool_exhausted", (performance.now() - startedAt) / 1000);
    work?.failed();
    throw new AsapError("asap:transport/thread_pool_exhausted", {
      data: { max_threads: parts.maxConcurrentTasks, active_threads: active.size },
    });
  };

  const carryOut = (work: Work | Refused, asked: Asked, route: Route<Handler>): string | Promise<string> => {
    const { envelope, envelopeId, owner, key, idText, series, startedAt, nowMs } = asked;
    if ("code" in work) return refuse(fault(work.code, work.data, idText), series, startedAt);
    if (work.isUrgent !== true) checkRoom(series, startedAt, work);
    const run = new Execution(execution, route, work, envelope, envelopeId, idText, startedAt);
    const answer = work.store === undefined ? execute(run) : executeStored(run, work.store);
    if (typeof answer !== "string") running.set(answer, work.call);
    answers.keep(owner, envelope.id, key, answer, nowMs);
    return answer;
  };

  const resume = (stored: StoredTask): Promise<void> => resumeTask(stored, routes.get("TaskRequest"), execution);

  return { receive, resume };
}

/** A message that is about to be carried out. */
interface Asked {
  readonly route: Route<Handler> | undefined;
  readonly envelope: Envelope;
  readonly envelopeId: string;
  readonly owner: string;
  readonly key: string | undefined;
  readonly idText: string;
  readonly series: PayloadSeries;
  readonly startedAt: number;
  readonly nowMs: number;
}

/** Who sent a message, and what is measured of it. */
interface Caller {
  readonly principal: string | undefined;
  readonly identity: Identity | undefined;
  readonly size: number;
  readonly startedAt: number;
}

const rpcScope = ({ guard, protocol }: DispatchParts): string => {
  const route = protocol.routes["rpc"];
  return (route && guard?.scopeOfRoute(route)) ?? "asap:execute";
};

/** The agent that the credentials name; without one the sender, apart for each holder of a token. */
const ownerOf = (sender: string, identity: Identity | undefined, principal: string | undefined): string =>
  principal ?? (identity === undefined ? sender : `${identity.issuer}\n${identity.subject}\n${sender}`);

const keyOf = (header: string | undefined, param: unknown): string | undefined =>
  header !== undefined && header !== "" ? header : typeof param === "string" && param !== "" ? param : undefined;

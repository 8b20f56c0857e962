import type { Envelope, JsonRpcRequest, TaskRequest } from "../generated/models.js";
import { routes } from "../generated/routes.js";
import { validateAgentUrn } from "../generated/validators/agent-urn.js";
import type { Context } from "./case.js";
import type { WireRequest } from "./wire.js";

/** Members to set, or to leave out when undefined, in each layer of a task request. */
export interface Changes {
  readonly frame?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly envelope?: Readonly<Record<string, unknown>>;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** A payload with every member of TaskRequest. */
export function fullPayload(context: Context): Required<TaskRequest> {
  return {
    conversation_id: `conv_${context.newId()}`,
    parent_task_id: null,
    skill_id: context.skill,
    input: { ...context.input },
    config: null,
  };
}

/** An envelope with every member, fresh and addressed to the agent. */
export function fullEnvelope(context: Context): Required<Envelope> {
  const id = context.manifest?.id;
  const recipient = validateAgentUrn(id) ? id : "urn:asap:agent:under-test";
  return {
    id: context.newId(),
    asap_version: "0.1",
    timestamp: timeAt(context, 0),
    sender: context.sender,
    recipient,
    payload_type: "task.request",
    payload: { ...fullPayload(context) },
    correlation_id: null,
    trace_id: null,
    requires_ack: false,
    extensions: null,
  };
}

/** The frame `asap.send` travels in, around an envelope or around what a case puts in its place. */
export function frame(context: Context, envelope: unknown): Required<JsonRpcRequest> {
  return { jsonrpc: "2.0", method: "asap.send", params: { envelope }, id: `req-${context.newId()}` };
}

/** A task request as a JSON document, with changes. */
export function taskDocument(context: Context, changes: Changes = {}): Record<string, unknown> {
  const envelope: Record<string, unknown> = { ...fullEnvelope(context) };
  envelope.payload = { ...fullPayload(context), ...changes.payload };
  Object.assign(envelope, changes.envelope);
  const whole = frame(context, envelope);
  return { ...whole, params: { ...whole.params, ...changes.params }, ...changes.frame };
}

/** A POST of a JSON document to the JSON-RPC route. */
export function post(document: unknown, rest: Partial<WireRequest> = {}): WireRequest {
  return postText(JSON.stringify(document), { document, ...rest });
}

/** A POST of text or bytes to the JSON-RPC route. */
export function postText(body: string | Uint8Array, rest: Partial<WireRequest> = {}): WireRequest {
  return {
    method: "POST",
    path: routes.rpc.path,
    ...rest,
    headers: { "Content-Type": "application/json", ...rest.headers },
    body,
  };
}

/** A GET of a path. */
export function get(path: string, rest: Partial<WireRequest> = {}): WireRequest {
  return { method: "GET", path, ...rest };
}

/** POST of a task request with changes; an agent that conforms carries it out. */
export function task(context: Context, changes: Changes = {}, rest: Partial<WireRequest> = {}): WireRequest {
  return post(taskDocument(context, changes), { group: "task", ...rest });
}

/** The request without any fault, sent once in a run: what a refused request is held against. */
export function twin(context: Context): WireRequest {
  return task(context, {}, { share: "task" });
}

/**
 * A time by the agent's clock, in RFC 3339 with milliseconds and `Z`.
 *
 * @param offsetSeconds seconds from now, negative for the past
 */
export function timeAt(context: Context, offsetSeconds: number): string {
  return new Date(context.now() + context.clockAheadMs + offsetSeconds * 1000).toISOString();
}

/** Envelope inside a request document, or undefined. */
export function envelopeSent(request: WireRequest): Record<string, unknown> | undefined {
  const params = asObject(asObject(request.document)?.params);
  return asObject(params?.envelope);
}

/** The value when it is a JSON object, otherwise undefined. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

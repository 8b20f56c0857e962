import type { ErrorDefinition, ProtocolDefinition } from "../generated/contract.js";
import type { AsapErrorCode } from "../generated/errors.js";
import { errors } from "../generated/errors.js";
import type { Envelope } from "../generated/models.js";
import type { AsapError } from "./error.js";
import { pythonTypeName } from "./python-text.js";
import { issuesOf } from "./validation.js";

/** A well-formed call of `asap.send`, before its envelope is judged. */
export interface Frame {
  /** The request's id as JSON text, exactly as it arrived. */
  readonly idText: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Why a message is refused, and how that is told. */
export interface Fault {
  readonly definition: ErrorDefinition;
  /** `data` of the JSON-RPC error. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The request's id as JSON text; `null` where it could not be read. */
  readonly idText: string;
}

export function fault(code: AsapErrorCode, data: Readonly<Record<string, unknown>>, idText = "null"): Fault {
  return { definition: errors[code], data, idText };
}

/** A fault whose data carries the code, text and details of an ASAP error. */
export function protocolFault(text: string, error: AsapError, idText = "null"): Fault {
  return fault(error.code, { error: text, ...error.toJSON() }, idText);
}

export const isFault = (value: object): value is Fault => "definition" in value;

/** Bounds on a JSON text. */
export interface JsonLimits {
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number;
}

/**
 * Reads a JSON text once, for all later stages (RFC 8259; the last of equal member names counts; `__proto__` is
 * an ordinary own member).
 *
 * @returns The value, or the fault `asap:rpc/parse_error` or `asap:rpc/invalid_request` for too deep nesting.
 */
export function parseJson(text: string, limits: JsonLimits): { readonly value: unknown } | Fault {
  if (text.length > 2 * limits.maxDepth && nestsDeeperThan(text, limits.maxDepth)) {
    return fault("asap:rpc/invalid_request", { error: `JSON is nested deeper than ${limits.maxDepth} levels` });
  }
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    if (text.charCodeAt(0) === 0xfeff)
      return fault("asap:rpc/parse_error", { error: "Invalid JSON: unexpected byte order mark" });
    const position = /position (\d+)/.exec(cause instanceof Error ? cause.message : "")?.[1];
    const where =
      text.trim() === ""
        ? "the text is empty"
        : position === undefined
          ? "unexpected end"
          : `unexpected character at position ${position}`;
    return fault("asap:rpc/parse_error", { error: `Invalid JSON: ${where}` });
  }
}

function nestsDeeperThan(text: string, max: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = stringEnd(text, at);
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > max) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth--;
    }
  }
  return false;
}

/**
 * Turns the text of a message into a call of `asap.send`: steps 8 to 11 of wire section 6.1.
 */
export function decode(text: string, protocol: ProtocolDefinition, limits: JsonLimits): Frame | Fault {
  const parsed = parseJson(text, limits);
  if ("definition" in parsed) return parsed;
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fault("asap:rpc/invalid_request", {
      error: "JSON-RPC request must be an object",
      received_type: pythonTypeName(value),
    });
  }
  const request = value as Readonly<Record<string, unknown>>;
  if (!protocol.validateJsonRpcRequest(request)) {
    const issues = issuesOf(protocol.validateJsonRpcRequest.errors);
    const idText = idTextOf(request["id"], text) ?? "null";
    if (Object.hasOwn(request, "params") && !isObject(request["params"])) {
      const data = { error: "JSON-RPC 'params' must be an object", validation_errors: issues };
      return fault("asap:rpc/invalid_params", data, idText);
    }
    return fault(
      "asap:rpc/invalid_request",
      { error: "Invalid JSON-RPC structure", validation_errors: issues },
      idText,
    );
  }
  const idText = idTextOf(request["id"], text);
  if (idText === undefined) {
    const issue = { type: "int_type", loc: ["id"], msg: "Input should be a valid integer" };
    return fault("asap:rpc/invalid_request", { error: "Invalid JSON-RPC structure", validation_errors: [issue] });
  }
  const method = request["method"] as string;
  if (method !== "asap.send") return fault("asap:rpc/method_not_found", { method }, idText);
  return { idText, params: request["params"] as Readonly<Record<string, unknown>> };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON text of a request id, or undefined for one that is neither a string nor written as an integer. */
function idTextOf(id: unknown, text: string): string | undefined {
  if (typeof id === "string") return quote(id);
  if (typeof id !== "number") return undefined;
  if (Number.isSafeInteger(id) && !Object.is(id, -0) && !/:\s*-?\d+(?:\.|[eE])/.test(text)) return String(id);
  const token = topLevelToken(text, "id");
  return token !== undefined && /^-?\d{1,100}$/.test(token) ? token : undefined;
}

const numberText = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The text of a number, as written, that is a direct member of the root object; the last one of that name. */
function topLevelToken(text: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let key: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      const end = stringEnd(text, at);
      if (depth === 1 && key === undefined) key = JSON.parse(text.slice(at, end + 1)) as string;
      at = end;
    } else if (code === 0x5b || code === 0x7b) depth++;
    else if (code === 0x5d || code === 0x7d) depth--;
    else if (depth !== 1) continue;
    else if (code === 0x2c) key = undefined;
    else if (key === name && (code === 0x2d || (code >= 0x30 && code <= 0x39))) {
      numberText.lastIndex = at;
      found = numberText.exec(text)?.[0] ?? "";
      at += found.length - 1;
    }
  }
  return found;
}

/** Position of the quote that ends the string which begins at a position. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at;
}

/**
 * Judges the envelope of a call: steps 13 and 14 of wire section 6.1.
 */
export function envelopeOf(frame: Frame, protocol: ProtocolDefinition): Envelope | Fault {
  const envelope = frame.params["envelope"];
  if (envelope === undefined || envelope === null) {
    return fault("asap:rpc/missing_envelope", { error: "Missing 'envelope' in params" }, frame.idText);
  }
  if (!isObject(envelope)) {
    return fault("asap:rpc/invalid_params", { error: "'envelope' must be a JSON object" }, frame.idText);
  }
  if (!protocol.validateEnvelope(envelope)) {
    const data = {
      error: "Invalid envelope structure",
      validation_errors: issuesOf(protocol.validateEnvelope.errors),
    };
    return fault("asap:protocol/malformed_envelope", data, frame.idText);
  }
  return envelope as unknown as Envelope;
}

const plain = /^[ !#-[\]-~]*$/;

/** JSON text of a string. */
export function quote(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** The `error` member of a failed response. */
export function errorMember({ definition, data }: Pick<Fault, "definition" | "data">): string {
  return `"error":{"code":${definition.jsonrpc},"message":${quote(definition.message)},"data":${JSON.stringify(data)}}`;
}

/** A whole response from its `result` or `error` member and the request's id. */
export function response(member: string, idText: string): string {
  return `{"jsonrpc":"2.0",${member},"id":${idText}}`;
}

/** Whether a response of {@link response} carries an error. */
export const isErrorResponse = (answer: string): boolean => answer.startsWith('{"jsonrpc":"2.0","error":');

/**
 * The same response to another request. Inside a JSON string quotes are escaped, so the last `,"id":` is the one
 * that {@link response} wrote.
 */
export function withId(answer: string, idText: string): string {
  return `${answer.slice(0, answer.lastIndexOf(',"id":'))},"id":${idText}}`;
}

/** What an envelope that answers another is made of. */
export interface EnvelopeParts {
  readonly id: string;
  readonly timestamp: string;
  /** JSON text of the answering agent's id. */
  readonly senderText: string;
  readonly payloadType: string;
  /** JSON text of the payload. */
  readonly payloadText: string;
  /** The envelope that is answered: its sender becomes the recipient. */
  readonly request: Pick<Envelope, "sender" | "asap_version" | "trace_id">;
  /** Id of the envelope that is answered. */
  readonly correlationId: string | null;
  /** JSON text of `extensions`; `null` by default. */
  readonly extensionsText?: string;
}

const nullable = (text: string | null | undefined): string => (text == null ? "null" : quote(text));

/** The `result` member that carries an answering envelope, every optional field written. */
export function resultMember(reply: EnvelopeParts): string {
  const { request } = reply;
  const trace = request.trace_id;
  return (
    `"result":{"envelope":{"id":"${reply.id}","asap_version":${quote(request.asap_version)},` +
    `"timestamp":"${reply.timestamp}","sender":${reply.senderText},"recipient":"${request.sender}",` +
    `"payload_type":"${reply.payloadType}","payload":${reply.payloadText},` +
    `"correlation_id":${nullable(reply.correlationId)},"trace_id":${nullable(trace)},` +
    `"requires_ack":false,"extensions":${reply.extensionsText ?? "null"}}}`
  );
}

/**
 * The frame that tells the sender of an envelope that it was received (wire section 9.4).
 *
 * @param id Id of the acknowledging envelope.
 * @param timestamp When it is sent.
 * @param envelopeId Id of the envelope that was received.
 */
export function ackFrame(request: Envelope, envelopeId: string, id: string, timestamp: string): string {
  return (
    `{"jsonrpc":"2.0","method":"asap.ack","params":{"envelope":{"id":"${id}",` +
    `"asap_version":${quote(request.asap_version)},"timestamp":"${timestamp}","sender":"${request.recipient}",` +
    `"recipient":"${request.sender}","payload_type":"MessageAck","payload":{"original_envelope_id":` +
    `${quote(envelopeId)},"status":"received","error":null},"correlation_id":null,"trace_id":null,` +
    `"requires_ack":false,"extensions":null}}}`
  );
}

/** A frame the peer did not ask for: an envelope in the shape of a response with id null (wire section 9.5). */
export const pushFrame = (parts: EnvelopeParts): string => response(resultMember(parts), "null");

let isoMs = -1;
let isoText = "";

/** ISO 8601 text of a moment; the text of the latest one is kept, since messages come many in a millisecond. */
export function isoTime(ms: number): string {
  if (ms !== isoMs) {
    isoText = new Date(ms).toISOString();
    isoMs = ms;
  }
  return isoText;
}

import type { MessageDefinition, ProtocolDefinition, ValidationError } from "../generated/contract.js";
import type { Envelope } from "../generated/models.js";
import { AsapError } from "./error.js";
import { describeIssues, issuesOf } from "./validation.js";

/** The parts of a protocol by which messages are judged. */
export type MessageRules = Pick<ProtocolDefinition, "validateEnvelope" | "messageOf" | "errors">;

/** What the answer to a request must be. */
export interface Expectation {
  readonly protocol: MessageRules;
  /** Where the answer came from, for error messages. */
  readonly url: string;
  /** Id of the JSON-RPC request. */
  readonly id: string;
  /** Id of the envelope that was sent. */
  readonly envelopeId: string;
  /** Name of the message that answers; null takes any. */
  readonly reply: string | null;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Judges a JSON-RPC response to `asap.send`. Strict: members that do not belong are refused, the id is
 * compared by value and type, the envelope must answer the one that was sent, and its payload must fit its type. A
 * response with the member `error` is a failure whatever else it has, and its id may be null or empty.
 *
 * @param given The response, parsed; see {@link parseResponse}.
 * @param expected See {@link Expectation}.
 * @returns The envelope that answers.
 * @throws AsapError `asap:transport/remote_error` for a JSON-RPC error, `asap:transport/response_mismatch` for the
 * answer to another request, `asap:transport/invalid_response` for anything else.
 * @see ASAP 1.1, sections 2, 6 and 18
 */
export function judgeReply(given: unknown, expected: Expectation): Envelope {
  const { protocol, url } = expected;
  const response = membersOf(given, url, []);
  if (Object.hasOwn(response, "error")) throw failureOf(response, expected);
  onlyMembers(response, ["jsonrpc", "result", "id"], url, []);
  if (response["jsonrpc"] !== "2.0") throw invalid(url, `jsonrpc is not "2.0"`);
  if (response["id"] !== expected.id) throw mismatch("id", expected.id, response["id"]);
  const result = membersOf(response["result"], url, ["result"]);
  onlyMembers(result, ["envelope"], url, ["result"]);
  const envelope: unknown = result["envelope"];
  if (!protocol.validateEnvelope(envelope)) {
    throw faulty(url, "The envelope", protocol.validateEnvelope.errors, ["result", "envelope"]);
  }
  if (envelope.correlation_id !== expected.envelopeId) {
    throw mismatch("correlation_id", expected.envelopeId, envelope.correlation_id);
  }
  judgePayload(envelope, expected);
  return envelope as Envelope;
}

/**
 * Judges an envelope that a peer pushed: its members, and its payload where the protocol knows the type.
 *
 * @param given The envelope, parsed.
 * @returns The envelope.
 * @throws AsapError `asap:transport/invalid_response`.
 * @see ASAP 1.1, section 9.5
 */
export function judgePush(given: unknown, { protocol, url }: Pick<Expectation, "protocol" | "url">): Envelope {
  if (!protocol.validateEnvelope(given)) {
    throw faulty(url, "The envelope", protocol.validateEnvelope.errors, ["result", "envelope"]);
  }
  judgePayload(given, { protocol, url, reply: null });
  return given as Envelope;
}

function judgePayload(
  envelope: Pick<Envelope, "payload_type" | "payload">,
  expected: Pick<Expectation, "protocol" | "url" | "reply">,
): void {
  const { protocol, url, reply } = expected;
  const definition: MessageDefinition | undefined = protocol.messageOf(envelope.payload_type);
  if (reply !== null && definition?.name !== reply) {
    throw invalid(url, `payload_type is not that of a ${reply}`, {
      expected: reply,
      received: shown(envelope.payload_type),
    });
  }
  if (definition !== undefined && !definition.validate(envelope.payload)) {
    throw faulty(url, `The ${definition.name}`, definition.validate.errors, ["result", "envelope", "payload"]);
  }
}

/**
 * Parses the text of a response.
 *
 * @param url Where it came from, for the error.
 * @throws AsapError `asap:transport/invalid_response`.
 */
export function parseResponse(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AsapError("asap:transport/invalid_response", {
      message: "The answer is not JSON.",
      data: { url, reason: "not JSON" },
      cause,
    });
  }
}

function membersOf(value: unknown, url: string, place: readonly string[]): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw invalid(url, `${place.join(".") || "the answer"} is not an object`);
}

function onlyMembers(value: Members, allowed: readonly string[], url: string, place: readonly string[]): void {
  const extra = Object.keys(value).find((name) => !allowed.includes(name));
  if (extra === undefined) return;
  const loc = [...place, extra];
  throw invalid(url, `${loc.join(".")} does not belong there`, {
    validation_errors: [{ type: "extra_forbidden", loc, msg: "Extra inputs are not permitted" }],
  });
}

function failureOf(response: Members, { protocol, url, id }: Expectation): AsapError {
  const received = response["id"];
  if (received !== id && received !== null && received !== undefined && received !== "") {
    return mismatch("id", id, received);
  }
  const error = response["error"];
  if (typeof error !== "object" || error === null) return invalid(url, "error is not an object");
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown };
  if (!Number.isInteger(code)) return invalid(url, "error.code is not an integer");
  const said = typeof message === "string" ? message : "";
  const { code: known, error: why } = (typeof data === "object" ? (data ?? {}) : {}) as {
    code?: unknown;
    error?: unknown;
  };
  const isKnown = typeof known === "string" && Object.hasOwn(protocol.errors, known);
  return new AsapError("asap:transport/remote_error", {
    message: `The peer answered with error ${[code, said, why].flatMap(sentencePart).join(": ")}.`,
    data: { url, jsonrpc_code: code, message: said, data: data ?? null, ...(isKnown ? { code: known } : {}) },
  });
}

/** What a stranger says as a part of a sentence, cut short; nothing where it is no text. */
function sentencePart(said: unknown): readonly string[] {
  if (typeof said === "number") return [String(said)];
  return typeof said === "string" && said !== "" ? [said.slice(0, 200).replace(/\.$/, "")] : [];
}

function mismatch(member: string, expected: string, received: unknown): AsapError {
  return new AsapError("asap:transport/response_mismatch", {
    message: `The answer is to another request: its ${member} differs.`,
    data: { member, expected, received: shown(received) },
  });
}

/** A value from a stranger as an error may show it: text cut short, lists and objects by their kind. */
function shown(value: unknown): string | number | boolean | null {
  if (typeof value === "string") return value.slice(0, 200);
  if (typeof value === "number" || typeof value === "boolean") return value;
  return value === undefined || value === null ? null : Array.isArray(value) ? "a list" : "an object";
}

function invalid(url: string, reason: string, data: Members = {}): AsapError {
  const message = `The answer is not one of the protocol: ${reason}.`;
  return new AsapError("asap:transport/invalid_response", { message, data: { url, reason, ...data } });
}

function faulty(url: string, what: string, errors: ValidationError[] | null, root: readonly string[]): AsapError {
  const issues = issuesOf(errors, root);
  return new AsapError("asap:transport/invalid_response", {
    message: `${what} in the answer does not fit its schema: ${describeIssues(issues)}.`,
    data: { url, reason: "does not fit its schema", validation_errors: issues },
  });
}

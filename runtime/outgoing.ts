import type { MessageDefinition } from "../generated/contract.js";
import type { Envelope } from "../generated/models.js";
import { AsapError } from "./error.js";
import { invalidOption } from "./invalid-option.js";
import type { MessageRules } from "./reply.js";
import { describeIssues, issuesOf } from "./validation.js";

/**
 * The message that a spelling means.
 *
 * @throws AsapError `asap:config/invalid_option`.
 */
export function definitionOf(name: string, protocol: MessageRules): MessageDefinition {
  const definition = protocol.messageOf(name);
  if (definition !== undefined) return definition;
  const reason = "names no message of the protocol";
  throw new AsapError("asap:config/invalid_option", {
    message: `"${name}" ${reason}.`,
    data: { option: "name", reason, name },
  });
}

/**
 * Judges a payload before it is sent.
 *
 * @throws AsapError `asap:protocol/invalid_payload`.
 */
export function judgePayload(definition: MessageDefinition, payload: unknown): void {
  if (definition.validate(payload)) return;
  const issues = issuesOf(definition.validate.errors, ["payload"]);
  throw new AsapError("asap:protocol/invalid_payload", {
    message: `The payload is no ${definition.name}: ${describeIssues(issues)}.`,
    data: { payload_type: definition.name, validation_errors: issues },
  });
}

/**
 * Judges an envelope before it is sent.
 *
 * @throws AsapError `asap:protocol/malformed_envelope`.
 */
export function judgeEnvelope(envelope: Envelope, protocol: MessageRules): void {
  if (protocol.validateEnvelope(envelope)) return;
  const issues = issuesOf(protocol.validateEnvelope.errors);
  throw new AsapError("asap:protocol/malformed_envelope", {
    message: `The envelope does not fit its schema: ${describeIssues(issues)}.`,
    data: { validation_errors: issues },
  });
}

/**
 * The JSON text of an envelope.
 *
 * @throws AsapError `asap:protocol/invalid_payload`.
 */
export function textOf(envelope: object): string {
  try {
    return JSON.stringify(envelope);
  } catch (cause) {
    throw new AsapError("asap:protocol/invalid_payload", { message: "The payload cannot be written as JSON.", cause });
  }
}

/**
 * Checks an idempotency key.
 *
 * @throws AsapError `asap:config/invalid_option`.
 */
export function keyOption(key: string): string {
  if (/^[!-~]{1,255}$/.test(key)) return key;
  throw invalidOption("idempotencyKey", "is not 1 to 255 visible ASCII characters");
}

/**
 * Checks a duration in milliseconds.
 *
 * @throws AsapError `asap:config/invalid_option`.
 */
export function timeoutOption(timeoutMs: number): number {
  if (timeoutMs > 0) return timeoutMs;
  throw invalidOption("timeoutMs", "is no duration above 0");
}

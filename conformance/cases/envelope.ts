import { validateEnvelope } from "../../generated/validators/envelope.js";
import type { Case, Context } from "../case.js";
import { accepted, answerEnvelope, describe, errorData, errorOf, expect, judged, show } from "../checks.js";
import { frame, fullEnvelope, post, task, twin } from "../documents.js";
import { freeSender } from "../prerequisites.js";
import { acceptance, refusal } from "../refusal.js";
import { sampleContext } from "../sample-context.js";
import { generated } from "../tags.js";
import { type Variant, variantsOf } from "../variants.js";

const responseTypes = ["TaskResponse", "McpToolResult", "McpResourceData"];
const responseSpellings = ["task.response", "mcp_tool_result"];

/** Forms that a strict agent refuses and that others may accept (wire section 18 row 5). */
const isLax = ({ member, name }: Variant) =>
  ["number-one", "word-yes", "line-break"].includes(name) || (member === "timestamp" && name === "number");

/** Requirements behind a variant: of the member it changes and of the way it changes it. */
function requirementsOf(variant: Variant): string[] {
  const { member, name, valid } = variant;
  const urn = member === "sender" || member === "recipient";
  const ids: string[] = valid ? [] : ["RPC-010"];
  if (["asap_version", "sender", "recipient", "payload_type", "payload"].includes(member) && !valid)
    ids.push("ENV-001");
  if (name === "extra") return ["JSON-001", "RPC-010"];
  if (name === "missing" && valid) ids.push("JSON-003");
  if (name === "null") ids.push(valid ? "JSON-003" : "JSON-004");
  if (name === "empty" && valid) ids.push("JSON-006");
  if (member === "requires_ack") ids.push("ENV-009", "ACK-002");
  if (member === "extensions") ids.push("ENV-010");
  if (["payload", "extensions"].includes(member)) ids.push("JSON-002");
  if (isLax(variant)) ids.push("JSON-011");
  if (member === "id" && valid) ids.push("URN-006");
  if (urn) ids.push("URN-004", ...(valid ? [] : ["RPC-011"]));
  if (urn && ["longest", "too-long"].includes(name)) ids.push("URN-002");
  else if (urn) ids.push(name === "line-break" ? "URN-003" : "URN-001");
  if (member === "timestamp" && name === "missing") ids.push("ENV-004");
  if (member === "timestamp" && valid) ids.push(name === "no-offset" ? "TIME-002" : "TIME-004");
  if (member === "timestamp" && !valid) ids.push(name === "no-such-day" ? "TIME-005" : "TIME-003");
  return ids;
}

const notStale = expect(1, "a fault of the envelope's form", (exchange) =>
  errorData(exchange)?.code === "asap:protocol/invalid_timestamp" ? "asap:protocol/invalid_timestamp" : null,
);

const notRefusedAsEnvelope = expect(1, "a result, or an error of a later stage than the envelope", (exchange) => {
  if (answerEnvelope(exchange) !== undefined) return null;
  const code = errorOf(exchange)?.code;
  const late = code === -32601 || (code === -32602 && errorData(exchange)?.error !== "Invalid envelope structure");
  return late ? null : describe(exchange);
});

function variantCase(variant: Variant): Case | null {
  const { member, name, words, change, valid } = variant;
  const base = {
    id: `envelope.${member}.${name}`,
    area: "envelope",
    requirements: requirementsOf(variant),
    request: (context: Context) => {
      const whole: Record<string, unknown> = { ...fullEnvelope(context) };
      return task(context, { envelope: { [member]: change(whole[member]) } });
    },
  } as const;
  if (!valid)
    return refusal({
      ...base,
      title: `An envelope whose ${member} ${words} is refused`,
      level: isLax(variant) ? "SHOULD" : "MUST",
      code: -32602,
      checks: [notStale],
    });
  if (member === "payload_type" || member === "payload") return null;
  const accepting = acceptance({ ...base, title: `An envelope whose ${member} ${words} is accepted` });
  return member === "sender" ? { ...accepting, prerequisites: [freeSender] } : accepting;
}

const derived = variantsOf({ ...fullEnvelope(sampleContext) }, validateEnvelope)
  .map(variantCase)
  .filter((one) => one !== null)
  .map(generated);

const withoutEnvelope: Case[] = [
  refusal({
    id: "envelope.absent",
    title: "A request without envelope is refused as missing it",
    area: "envelope",
    requirements: ["RPC-008"],
    code: -32602,
    says: "Missing 'envelope' in params",
    request: (context) => post({ ...frame(context, null), params: {} }),
  }),
  refusal({
    id: "envelope.null",
    title: "A null envelope is refused as missing",
    area: "envelope",
    requirements: ["RPC-008"],
    code: -32602,
    says: "Missing 'envelope' in params",
    request: (context) => post(frame(context, null)),
  }),
  ...[[], "x"].map((envelope) =>
    refusal({
      id: `envelope.${typeof envelope === "string" ? "string" : "array"}`,
      title: `An envelope that is ${typeof envelope === "string" ? "a string" : "an array"} is refused as no object`,
      area: "envelope",
      requirements: ["RPC-009"],
      code: -32602,
      says: "'envelope' must be a JSON object",
      request: (context) => post(frame(context, envelope)),
    }),
  ),
  refusal({
    id: "envelope.empty",
    title: "An empty envelope is refused with the faults of its structure",
    area: "envelope",
    requirements: ["RPC-010"],
    code: -32602,
    says: "Invalid envelope structure",
    request: (context) => post(frame(context, {})),
  }),
  refusal({
    id: "envelope.proto-member",
    title: "A member named __proto__ is refused in an envelope",
    area: "envelope",
    requirements: ["JSON-010", "JSON-001"],
    code: -32602,
    request: (context) => {
      const plain = task(context);
      return { ...plain, body: String(plain.body).replace('"asap_version"', '"__proto__":{"id":"x"},"asap_version"') };
    },
  }),
];

const absence: Case[] = [
  acceptance({
    id: "envelope.optional-members-absent",
    title: "An envelope with only the required members is accepted",
    area: "envelope",
    requirements: ["JSON-003", "ENV-015", "ENV-009", "ACK-002"],
    request: (context) =>
      task(context, {
        envelope: {
          id: undefined,
          timestamp: undefined,
          correlation_id: undefined,
          trace_id: undefined,
          requires_ack: undefined,
          extensions: undefined,
        },
      }),
  }),
  acceptance({
    id: "envelope.optional-members-null",
    title: "An envelope whose optional members are null is accepted",
    area: "envelope",
    requirements: ["JSON-003"],
    request: (context) =>
      task(context, {
        envelope: { id: null, timestamp: null, correlation_id: null, trace_id: null, extensions: null },
      }),
  }),
  acceptance({
    id: "envelope.extensions.any-members",
    title: "Extensions with any members are accepted",
    area: "envelope",
    requirements: ["ENV-010", "ENV-017", "JSON-002"],
    request: (context) =>
      task(context, {
        envelope: {
          extensions: { trace_id: "0af7651916cd43dd8448eb211c80319c", span_id: "b7ad6b7169203331", x: [1, null] },
        },
      }),
  }),
  acceptance({
    id: "envelope.extensions.proto-member",
    title: "A member named __proto__ is accepted as plain data in extensions",
    area: "envelope",
    requirements: ["JSON-010"],
    request: (context) => {
      const plain = task(context, { envelope: { extensions: { note: 1 } } });
      return { ...plain, body: String(plain.body).replace('"note":1', '"__proto__":{"polluted":true}') };
    },
  }),
  acceptance({
    id: "envelope.recipient.another-agent",
    title: "An envelope addressed to another agent is served",
    area: "envelope",
    requirements: ["ENV-006"],
    request: (context) => task(context, { envelope: { recipient: "urn:asap:agent:under-test" } }),
  }),
  acceptance({
    id: "envelope.requires-ack.true",
    title: "An envelope that asks for an acknowledgement is served over HTTP",
    area: "envelope",
    requirements: ["ACK-002", "ACK-007"],
    request: (context) => task(context, { envelope: { requires_ack: true } }),
  }),
];

const correlation: Case[] = [
  ...responseTypes.flatMap((type) =>
    [undefined, null, ""].map((value) =>
      refusal({
        id: `envelope.correlation.${type}.${value === undefined ? "missing" : value === null ? "null" : "empty"}`,
        title: `An envelope of type ${type} whose correlation_id is ${value === undefined ? "missing" : show(JSON.stringify(value))} is refused`,
        area: "envelope",
        requirements: ["ENV-007", "RPC-011"],
        code: -32602,
        request: (context) => task(context, { envelope: { payload_type: type, correlation_id: value } }),
      }),
    ),
  ),
  ...responseSpellings.map(
    (type): Case => ({
      id: `envelope.correlation.${type}.not-needed`,
      title: `An envelope of type ${type} is not refused for its missing correlation_id`,
      area: "envelope",
      level: "MUST",
      requirements: ["ENV-008"],
      steps: (context) => [twin(context), task(context, { envelope: { payload_type: type, correlation_id: null } })],
      judge: judged(accepted(0), notRefusedAsEnvelope),
    }),
  ),
];

/** The envelope layer of the protocol: members, URNs, times and correlation. */
export const envelopeCases: readonly Case[] = [...derived, ...withoutEnvelope, ...correlation, ...absence];

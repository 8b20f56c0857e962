import { limits } from "../../generated/limits.js";
import { messages } from "../../generated/messages.js";
import { validateAgentUrn } from "../../generated/validators/agent-urn.js";
import { validateEnvelope } from "../../generated/validators/envelope.js";
import { validateTaskRequest } from "../../generated/validators/task-request.js";
import { fault, show } from "../checks.js";
import { asObject } from "../documents.js";
import { idOf } from "./json.js";
import { eachItsOwn, envelopeOf, everyMessage, type Message, paramsOf, payloadOf } from "./messages.js";
import type { ClientCase } from "./scenario.js";
import type { Received } from "./session.js";

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const members = ["jsonrpc", "method", "params", "id"];
const { max_timestamp_age_seconds: oldest, max_timestamp_ahead_seconds: ahead } = limits;

const frameOf = ({ document }: Message) => asObject(document);

/** Rules for the form of every message that a client sends, over HTTP and WebSocket alike. */
export const formCases: readonly ClientCase[] = [
  {
    aspect: "json",
    title: "Each message is a JSON object in UTF-8",
    level: "MUST",
    requirements: ["RPC-003"],
    judge: everyMessage("one JSON object", (message) => {
      if (frameOf(message) !== undefined) return null;
      return message.document === undefined ? "no JSON" : show(message.document);
    }),
  },
  {
    aspect: "jsonrpc",
    title: 'jsonrpc is "2.0" on each request',
    level: "MUST",
    requirements: ["RPC-003"],
    judge: everyMessage('jsonrpc "2.0"', (message) => {
      const value = frameOf(message)?.jsonrpc;
      return value === "2.0" ? null : `jsonrpc is ${quoted(value)}`;
    }),
  },
  {
    aspect: "method",
    title: "The method of each request is asap.send",
    level: "MUST",
    requirements: ["RPC-001"],
    judge: everyMessage('method "asap.send"', (message) => {
      const value = frameOf(message)?.method;
      return value === "asap.send" ? null : `method is ${quoted(value)}`;
    }),
  },
  {
    aspect: "rpc-id",
    title: "The id of each request is a string or an integer",
    level: "MUST",
    requirements: ["RPC-004"],
    judge: everyMessage("a string or an integer as id", (message) => {
      const value = frameOf(message)?.id;
      return typeof value === "string" || Number.isInteger(value) ? null : `id is ${quoted(value)}`;
    }),
  },
  {
    aspect: "rpc-members",
    title: "A request has no member beyond jsonrpc, method, params and id",
    level: "MUST",
    requirements: ["RPC-006", "JSON-001"],
    judge: everyMessage("the members jsonrpc, method, params and id alone", (message) => {
      const surplus = Object.keys(frameOf(message) ?? {}).find((name) => !members.includes(name));
      return frameOf(message) === undefined ? "no JSON object" : surplus === undefined ? null : `the member ${surplus}`;
    }),
  },
  {
    aspect: "envelope",
    title: "The envelope fits its schema",
    level: "MUST",
    requirements: ["ENV-001", "JSON-001", "JSON-007"],
    judge: everyMessage("an envelope in params that fits Envelope", (message) => {
      const envelope = paramsOf(message)?.envelope;
      return envelope === undefined ? "no envelope in params" : fault(validateEnvelope, envelope);
    }),
  },
  {
    aspect: "version",
    title: "asap_version is 0.1",
    level: "MUST",
    requirements: ["ENV-016"],
    judge: everyMessage('asap_version "0.1"', (message) => {
      const value = envelopeOf(message)?.asap_version;
      return value === "0.1" ? null : `asap_version is ${quoted(value)}`;
    }),
  },
  {
    aspect: "sender",
    title: "The sender of the envelope is an agent URN",
    level: "MUST",
    requirements: ["URN-001", "URN-002", "URN-004"],
    judge: everyMessage("urn:asap:agent: and one or two segments, 256 characters at most", urnIn("sender")),
  },
  {
    aspect: "recipient",
    title: "The recipient of the envelope is an agent URN",
    level: "MUST",
    requirements: ["URN-001", "URN-002", "URN-004"],
    judge: everyMessage("urn:asap:agent: and one or two segments, 256 characters at most", urnIn("recipient")),
  },
  {
    aspect: "envelope-id",
    title: "Each envelope has an id",
    level: "MUST",
    requirements: ["CLIENT-019"],
    judge: everyMessage("an id that is a text and not empty", (message) => {
      const value = envelopeOf(message)?.id;
      return typeof value === "string" && value !== "" ? null : `id is ${quoted(value)}`;
    }),
  },
  {
    aspect: "ulid",
    title: "The id of the envelope is a ULID",
    level: "SHOULD",
    requirements: ["URN-007"],
    judge: everyMessage("26 characters of Crockford's base32 in upper case", (message) => {
      const value = envelopeOf(message)?.id;
      return typeof value === "string" && ulid.test(value) ? null : `id is ${quoted(value)}`;
    }),
  },
  {
    aspect: "fresh",
    title: `The timestamp is at most ${oldest} seconds old and ${ahead} seconds ahead, or left to the receiver`,
    level: "MUST",
    requirements: ["REPLAY-001", "REPLAY-002"],
    judge: everyMessage(`a time from ${oldest} s ago to ${ahead} s ahead`, (message) => {
      const envelope = envelopeOf(message);
      if (envelope === undefined) return "no envelope";
      if ((envelope.timestamp ?? null) === null) return null;
      const age = (message.clockMs - momentOf(envelope.timestamp)) / 1000;
      if (age <= oldest && age >= -ahead) return null;
      return Number.isNaN(age) ? `timestamp is ${quoted(envelope.timestamp)}` : `${envelope.timestamp}, ${aged(age)}`;
    }),
  },
  {
    aspect: "utc",
    title: "The timestamp is written in RFC 3339, in UTC with Z",
    level: "SHOULD",
    requirements: ["TIME-001"],
    judge: everyMessage("such as 2026-01-31T12:00:00.000Z", (message) => {
      const value = envelopeOf(message)?.timestamp ?? null;
      if (envelopeOf(message) === undefined) return "no envelope";
      return value === null || (typeof value === "string" && utc.test(value)) ? null : `timestamp is ${quoted(value)}`;
    }),
  },
];

/** Rules for the task that most scenarios ask for: the skill `echo` with `{"message": "hello"}`. */
export const taskCases: readonly ClientCase[] = [
  {
    aspect: "payload-type",
    title: "The payload_type of a TaskRequest is written task.request",
    level: "MUST",
    requirements: ["MSG-002"],
    judge: everyMessage(`payload_type ${quoted(messages.TaskRequest.emit)}`, (message) => {
      const value = envelopeOf(message)?.payload_type;
      return value === messages.TaskRequest.emit ? null : `payload_type is ${quoted(value)}`;
    }),
  },
  {
    aspect: "payload",
    title: "The payload fits TaskRequest",
    level: "MUST",
    requirements: ["PAY-001", "JSON-001"],
    judge: everyMessage("a payload that fits TaskRequest", (message) => {
      const payload = payloadOf(message);
      return payload === undefined ? "no payload" : fault(validateTaskRequest, payload);
    }),
  },
  {
    aspect: "task",
    title: 'The task is the one asked for: skill echo, input {"message":"hello"}',
    level: "MUST",
    requirements: ["PAY-001"],
    judge: everyMessage('skill_id "echo" and input {"message":"hello"}', (message) => {
      const { skill_id: skill, input } = payloadOf(message) ?? {};
      const { message: text, ...rest } = asObject(input) ?? {};
      const isAsked = skill === "echo" && text === "hello" && Object.keys(rest).length === 0;
      return isAsked ? null : `skill_id ${quoted(skill)} and input ${quoted(input)}`;
    }),
  },
];

function urnIn(member: "sender" | "recipient") {
  return (message: Message): string | null => {
    const value = envelopeOf(message)?.[member];
    return validateAgentUrn(value) ? null : `${member} is ${quoted(value)}`;
  };
}

/** Milliseconds since 1970 of a time, which is in UTC where it names no offset; NaN for what is no text with a time. */
function momentOf(time: unknown): number {
  if (typeof time !== "string") return Number.NaN;
  return Date.parse(/(?:z|[+-]\d\d:?\d\d)$/i.test(time) ? time : `${time}Z`);
}

const aged = (seconds: number) => `${Math.abs(seconds).toFixed(0)} s ${seconds > 0 ? "old" : "ahead"}`;

/** A value for a message: JSON, cut. */
function quoted(value: unknown): string {
  return value === undefined ? "missing" : show(JSON.stringify(value), 120);
}

/**
 * Rules for the ids of several messages, each new.
 *
 * @param connection what connects them, in words
 * @param numberOf which connection a message came on
 */
export const newIdCases = (connection: string, numberOf: (request: Received) => number): readonly ClientCase[] => [
  {
    aspect: "envelope-ids",
    title: "A new message has a new envelope id",
    level: "MUST",
    requirements: ["CLIENT-019"],
    judge: eachItsOwn("an envelope id that no other message has", (message) => envelopeOf(message)?.id),
  },
  {
    aspect: "rpc-ids",
    title: `A new request on the same ${connection} has a new JSON-RPC id`,
    level: "MUST",
    requirements: ["CLIENT-019"],
    judge: eachItsOwn(`an id that no other request on the ${connection} has`, ({ document, request }) => {
      const id = idOf(document) ?? null;
      return id === null ? null : [numberOf(request), id];
    }),
  },
];

import { type Trait, trait, typeOf } from "./kind.js";

/** Members of an envelope, what they hold in a plain task request, and their type. */
const envelopeMembers: Readonly<
  Record<string, "text" | "text or null" | "urn" | "time" | "boolean" | "object" | "object or null">
> = {
  id: "text or null",
  asap_version: "text",
  timestamp: "time",
  sender: "urn",
  recipient: "urn",
  payload_type: "text",
  payload: "object",
  correlation_id: "text or null",
  trace_id: "text or null",
  requires_ack: "boolean",
  extensions: "object or null",
};
const payloadMembers: Readonly<Record<string, "text" | "text or null" | "object" | "object or null">> = {
  conversation_id: "text",
  parent_task_id: "text or null",
  skill_id: "text",
  input: "object",
  config: "object or null",
};
/** Types whose envelope must name what it answers, as section 2 of the wire document spells them. */
const answering = ["TaskResponse", "McpToolResult", "McpResourceData"];
const structure = "envelope's structure";
const faulty = "faulty payload";

/** How an envelope differs from that of a plain task request, and the members where it is wrong. */
export function envelopeTraits(envelope: Record<string, unknown>, atMs: number) {
  const traits: Trait[] = [];
  const members: string[] = [];
  const wrong = (member: string, exact: string, general = exact, broad = general) => {
    traits.push(trait(exact, general, broad));
    members.push(member);
  };
  for (const [member, type] of Object.entries(envelopeMembers)) {
    const value = envelope[member];
    const found = typeOf(value);
    const isUnset = value == null;
    if (isUnset && ["correlation_id", "trace_id", "extensions"].includes(member)) continue;
    if (isUnset && (member === "id" || member === "timestamp")) traits.push(trait(`${member} unset`));
    else if (found === "missing" && member === "requires_ack") traits.push(trait("requires_ack missing", ""));
    else if (found === "missing") wrong(member, `${member} missing`, "member missing", structure);
    else if (type === "urn" && found === "string") traits.push(...urnTraits(member, String(value)));
    else if (type === "time" && found === "string") {
      const time = timeTraits(String(value), atMs);
      if (time === null) wrong(member, "timestamp unreadable", structure);
      else traits.push(...time);
    } else if (type === "time" && found === "number") traits.push(...numberTraits(Number(value), atMs));
    else if (type === "boolean" && found === "boolean") traits.push(...(value === true ? [trait("ack wanted")] : []));
    else if (type === "boolean" && isLaxTrue(value))
      traits.push(trait(`${member} ${String(value)}`, "requires_ack lax"));
    else if (type.startsWith("text") && found === "string") traits.push(...textTraits(member, String(value)));
    else if (type.startsWith("object") && found === "object") {
      if (member === "extensions") traits.push(trait("extensions"));
    } else wrong(member, `${member} ${found}`, `${member} of another type`, structure);
  }
  for (const name of Object.keys(envelope))
    if (!Object.hasOwn(envelopeMembers, name))
      wrong(name, `envelope with ${name}`, "envelope with another member", structure);
  const { payload, payload_type: type } = envelope;
  if (typeOf(payload) === "object" && typeof type === "string") {
    const own = payload as Record<string, unknown>;
    if (type === "task.request") traits.push(...payloadTraits(own));
    else if (payloadTraits(own).length > 0)
      traits.push(trait(`payload ${JSON.stringify(Object.entries(own).sort())}`, "payload of another type", ""));
  }
  return { traits, members };
}

const isLaxTrue = (value: unknown) =>
  value === 1 || (typeof value === "string" && /^(?:yes|true|on|y|t|1)$/i.test(value));

function textTraits(member: string, value: string): Trait[] {
  if (member === "payload_type") {
    if (value === "task.request") return [];
    if (answering.includes(value)) return [trait(`type ${value}`, "answering type")];
    return [
      trait(
        `type ${value}`,
        value.replace(/[._-]/g, "").toLowerCase() === "taskrequest" ? "type another spelling" : "type unknown",
        "type other",
      ),
    ];
  }
  if (member === "asap_version")
    return value === "0.1" ? [] : [trait(value === "" ? "version empty" : "another version", "another version")];
  if (value === "") return [trait(`${member} empty`)];
  return member === "id" ? [] : [trait(`${member} given`, `${member} given`, "")];
}

function urnTraits(member: string, value: string): Trait[] {
  if (value.length > 256) return [trait(`${member} too long`, "URN too long")];
  if (/^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?\n$/.test(value))
    return [trait(`${member} with line break`, "URN with line break")];
  if (!/^urn:asap:agent:[a-z0-9-]+(?::[a-z0-9-]+)?$/.test(value))
    return [trait(`${member} not a URN ${value}`, "not a URN")];
  if (value.length === 256) return [trait(`${member} of 256`, "URN of 256")];
  return value.split(":").length === 5 ? [trait(`${member} of two segments`, "URN of two segments")] : [];
}

const form = /^(\d{4}-\d\d-\d\d)(?:([Tt_ ])(\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|[+-]\d\d:?\d\d)?)?$/;

/** The form and the age of a time; null when it cannot be read. */
function timeTraits(value: string, atMs: number): Trait[] | null {
  if (/^\d+(?:\.\d+)?$/.test(value)) return numberTraits(Number(value), atMs);
  const [, date = "", mark, minutes = "00:00", seconds = "00", fraction = "0", offset] = form.exec(value) ?? [];
  if (date === "") return null;
  const zone = offset === undefined || /z/i.test(offset) ? "Z" : offset;
  const time = Date.parse(`${date}T${minutes}:${seconds}.${fraction.slice(0, 3)}${zone}`);
  const isDay = new Date(`${date}T00:00:00Z`).toJSON()?.slice(0, 10) === date;
  if (Number.isNaN(time) || !isDay || minutes.startsWith("24") || seconds === "60") return null;
  const fresh = freshness(time, atMs);
  const names = [
    mark === undefined ? "date only" : "",
    mark === " " || mark === "_" ? "space" : "",
    mark === "t" || offset === "z" ? "lower case" : "",
    offset === undefined && mark !== undefined ? "no offset" : "",
    zone === "Z" ? "" : "offset",
  ].filter((name) => name !== "");
  const forms = names.map((name) => trait(`timestamp ${name}`, fresh === "" ? `timestamp ${name}` : ""));
  return [...forms, ...(fresh === "" ? [] : [trait(`timestamp ${fresh}`)])];
}

function freshness(timeMs: number, atMs: number): string {
  const age = (atMs - timeMs) / 1000;
  return age > 300 ? "old" : age < -30 ? "ahead" : "";
}

/** The age of a time that is a Unix number, in milliseconds where it is large. */
function numberTraits(value: number, atMs: number): Trait[] {
  const fresh = freshness(Math.abs(value) > 2e10 ? value : value * 1000, atMs);
  return fresh === "" ? [trait("timestamp number")] : [trait("timestamp number", ""), trait(`timestamp ${fresh}`)];
}

function payloadTraits(payload: Record<string, unknown>): Trait[] {
  const traits: Trait[] = [];
  for (const [member, type] of Object.entries(payloadMembers)) {
    const value = payload[member];
    const found = typeOf(value);
    if (value == null && type.endsWith("or null")) continue;
    const fits = type.startsWith("text") ? found === "string" : found === "object";
    if (!fits) traits.push(trait(`payload ${member} ${found}`, `payload ${member} wrong`, faulty));
    else if (value === "") traits.push(trait(`payload ${member} empty`));
    else if (type.endsWith("or null")) traits.push(trait(`payload ${member} given`));
    else if (member === "skill_id" && value !== "echo") traits.push(trait("another skill"));
  }
  for (const name of Object.keys(payload))
    if (!Object.hasOwn(payloadMembers, name))
      traits.push(trait(`payload with ${name}`, "payload with another member", faulty));
  return traits;
}

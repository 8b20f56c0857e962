import { isUtf8 } from "node:buffer";
import { asObject } from "../documents.js";
import type { Answered, Asked } from "./wrap.js";

/** A JSON object. */
export type Json = Record<string, unknown>;

/**
 * The JSON object of a body, or an empty one; so is that of a long body, since what is nested
 * deep cannot be written again, and of one that is not UTF-8.
 */
export function objectOf(body: Buffer): Json {
  if (body.length > 100_000 || !isUtf8(body)) return {};
  try {
    return asObject(JSON.parse(body.toString("utf8"))) ?? {};
  } catch {
    return {};
  }
}

/** Changes a JSON answer; one that is no JSON object stays. */
export const json =
  (change: (answer: Json, asked: Asked) => Json | null) =>
  (answered: Answered, asked: Asked): Answered => {
    const answer = answered.status === 200 ? objectOf(answered.body) : {};
    const changed = Object.keys(answer).length === 0 ? null : change(answer, asked);
    return changed === null ? answered : { ...answered, body: Buffer.from(JSON.stringify(changed)) };
  };

/** Changes the envelope of a successful answer. */
export const envelope = (change: (envelope: Json, sent: Json) => Json) =>
  json((answer, asked) => {
    const inner = asObject(asObject(answer.result)?.envelope);
    const sent = asObject(asObject(objectOf(asked.body).params)?.envelope) ?? {};
    return inner === undefined ? null : { ...answer, result: { envelope: { ...inner, ...change(inner, sent) } } };
  });

/** Changes the payload of a successful answer. */
export const payload = (change: (payload: Json) => Json) =>
  envelope((inner) => ({ payload: { ...asObject(inner.payload), ...change(asObject(inner.payload) ?? {}) } }));

/** Changes an error. */
export const error = (change: (error: Json, answer: Json) => Json) =>
  json((answer) => {
    const inner = asObject(answer.error);
    return inner === undefined ? null : { ...answer, error: { ...inner, ...change(inner, answer) } };
  });

/** Puts a code and its message in place of those of an error. */
export const recoded = (code: keyof typeof messages): Json => ({ code: Number(code), message: messages[code] });

const messages = {
  "-32600": "Invalid request",
  "-32602": "Invalid params",
  "-32603": "Internal error",
};

/** Changes the envelope on its way in. */
export const sent =
  (change: (envelope: Json) => Json) =>
  (asked: Asked): Asked => {
    const request = objectOf(asked.body);
    const params = asObject(request.params);
    const inner = asObject(params?.envelope);
    if (inner === undefined || asked.body.length > 100_000) return asked;
    const changes = Object.entries(change(inner));
    if (changes.every(([name, value]) => JSON.stringify(inner[name]) === JSON.stringify(value))) return asked;
    const changed = { ...request, params: { ...params, envelope: { ...inner, ...Object.fromEntries(changes) } } };
    return { ...asked, body: Buffer.from(JSON.stringify(changed)) };
  };

/** Changes the frame on its way in; what is no JSON object stays. */
export const frame =
  (change: (frame: Json) => Json) =>
  (asked: Asked): Asked => {
    const request = asked.body.length > 100_000 ? {} : objectOf(asked.body);
    const changes = Object.keys(request).length === 0 ? [] : Object.entries(change(request));
    if (changes.length === 0) return asked;
    return { ...asked, body: Buffer.from(JSON.stringify({ ...request, ...Object.fromEntries(changes) })) };
  };

/** Changes the answers of one path. */
export const at =
  (path: string, change: (answered: Answered, asked: Asked) => Answered) => (answered: Answered, asked: Asked) =>
    asked.path.startsWith(path) ? change(answered, asked) : answered;

/** Leaves a header out. */
export const without =
  (name: string) =>
  (answered: Answered): Answered => ({ ...answered, headers: { ...answered.headers, [name]: undefined } });
/** Puts one status in place of another. */
export const withStatus =
  (from: number, to: number) =>
  (answered: Answered): Answered =>
    answered.status === from ? { ...answered, status: to } : answered;
/** Leaves a member out of a JSON answer. */
export const dropMember = (member: string) =>
  json((body) => {
    const { [member]: _, ...rest } = body;
    return rest;
  });
/** Changes a body as text. */
export const text =
  (from: RegExp, to: string) =>
  (answered: Answered): Answered => ({
    ...answered,
    body: Buffer.from(answered.body.toString("utf8").replace(from, to)),
  });

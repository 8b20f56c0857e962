import { answerTo, isSend } from "../../client/conforming.js";
import { asObject } from "../../documents.js";
import { type Json, objectOf } from "../edit.js";
import type { Answered, Asked } from "../wrap.js";
import type { ClientFault, ClientMutant, Exchange } from "./mutant.js";

/** A JSON answer with status 200, or another one. */
export const jsonAnswer = (body: unknown, status = 200): Answered => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(body)),
});

/** Whether a request carries a message. */
export const isMessage = ({ method, body }: Asked): boolean => method === "POST" && isSend(objectOf(body));

/** The right answer to a message, whatever the agent would say. */
export function rightAnswer({ body }: Asked): Answered {
  const document = objectOf(body);
  return jsonAnswer(isSend(document) ? answerTo(document) : {});
}

/** Deals with the messages of a client alone; what else it asks for is handed on. */
export const messages = (exchange: Exchange): Exchange => {
  return (asked, forward) => (isMessage(asked) ? exchange(asked, forward) : forward());
};

/** Writes messages otherwise; the client is answered as if it had written them itself. */
export const rewriting = (change: (asked: Asked) => Partial<Asked>): Exchange =>
  messages(async (asked, forward) => {
    await forward(change(asked));
    return rightAnswer(asked);
  });

/** Changes the JSON-RPC request. */
export const frame = (change: (frame: Json) => Json) =>
  rewriting(({ body }) => {
    const document = objectOf(body);
    return { body: Buffer.from(JSON.stringify({ ...document, ...change(document) })) };
  });

/** Changes the envelope. */
export const envelope = (change: (envelope: Json) => Json) =>
  frame((document) => {
    const params = asObject(document.params);
    const inner = asObject(params?.envelope) ?? {};
    return { params: { ...params, envelope: { ...inner, ...change(inner) } } };
  });

/** Changes the payload. */
export const payload = (change: (payload: Json) => Json) =>
  envelope((inner) => ({ payload: { ...asObject(inner.payload), ...change(asObject(inner.payload) ?? {}) } }));

/** Changes headers of messages; undefined leaves one out. */
export const headers = (change: (headers: Asked["headers"]) => Asked["headers"]) =>
  rewriting((asked) => ({ headers: { ...asked.headers, ...change(asked.headers) } }));

/** Makes mutants of a scenario that are wrong in what they send or take over HTTP. */
export const mutantsOf = (scenario: string) => {
  const idOf = (aspect: string) => `client.${scenario}.${aspect}`;
  return (
    id: string,
    name: string,
    kills: string | readonly string[],
    fault: Exchange | (() => ClientFault),
    also: readonly string[] = [],
  ): ClientMutant => ({
    id,
    name,
    scenario,
    kills: [kills].flat().map(idOf),
    also: also.map(idOf),
    make: fault.length === 0 ? (fault as () => ClientFault) : () => ({ exchange: fault as Exchange }),
  });
};

/** Aspects of every message, which none passes that cannot be read. */
export const formAspects: readonly string[] = [
  "jsonrpc",
  "method",
  "rpc-id",
  "rpc-members",
  "envelope",
  "version",
  "sender",
  "recipient",
  "envelope-id",
  "ulid",
  "fresh",
  "utc",
  "payload-type",
  "payload",
  "task",
];

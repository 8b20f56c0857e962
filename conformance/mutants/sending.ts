import { type MessageName, messages } from "../../generated/messages.js";
import { payloadCases, wholePayloads } from "../cases/payloads.js";
import { asObject } from "../documents.js";
import { type Json, objectOf, sent } from "./edit.js";
import type { Answered, Asked, Mutant } from "./wrap.js";

/** An agent that takes messages of every type and is wrong about the payloads of one of them. */
export interface SendingMutant extends Omit<Mutant, "killedBy"> {
  /** Ids of the cases that must fail on it, and no others. */
  readonly killedBy: readonly string[];
}

type Type = keyof typeof wholePayloads;
const types = Object.keys(wholePayloads) as Type[];

const idsOf = (type: Type, ending: RegExp): string[] =>
  payloadCases
    .filter(({ id, title }) => id.startsWith(`payloads.${messages[type].method}.`) && ending.test(title))
    .map(({ id }) => id);

const isOf = (type: MessageName, envelope: Json | undefined) => envelope?.payload_type === messages[type].emit;
const isWhole = (type: Type, payload: unknown) => JSON.stringify(payload) === JSON.stringify(wholePayloads[type]);

/** Takes any payload of a type for a whole one. */
const takesAny = (type: Type): SendingMutant => ({
  name: `takes any payload as ${type}`,
  killedBy: idsOf(type, /is refused/),
  ask: sent((envelope): Json => (isOf(type, envelope) ? { payload: wholePayloads[type] } : {})),
});

const faults = [{ type: "missing", loc: ["payload"], msg: "Field required" }];

/** Refuses payloads of a type that are not whole. */
const refusesParts = (type: Type): SendingMutant => ({
  name: `refuses a ${type} that has not all of its members as usual`,
  killedBy: idsOf(type, /is taken$/),
  answer: (answered, asked) => {
    const { id, envelope } = requestIn(asked);
    if (!isOf(type, envelope) || isWhole(type, envelope?.payload)) return answered;
    const data = {
      error: `Invalid payload for ${type}`,
      code: "asap:protocol/invalid_payload",
      validation_errors: faults,
    };
    const error = { code: -32602, message: "Invalid params", data };
    return withBody(answered, { jsonrpc: "2.0", error, id });
  },
});

function requestIn({ body }: Asked): { readonly id: unknown; readonly envelope: Json | undefined } {
  const request = objectOf(body);
  return { id: request.id ?? null, envelope: asObject(asObject(request.params)?.envelope) };
}

const withBody = (answered: Answered, json: Json): Answered => ({
  ...answered,
  body: Buffer.from(JSON.stringify(json)),
});

/** Agents that are wrong about the payloads of one type. */
export const sending: readonly SendingMutant[] = types.flatMap((type) => {
  const both = [takesAny(type), refusesParts(type)];
  return both.filter(({ killedBy }) => killedBy.length > 0);
});

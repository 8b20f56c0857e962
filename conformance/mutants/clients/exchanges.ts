import { asObject } from "../../documents.js";
import { newUlid } from "../../ids.js";
import { objectOf } from "../edit.js";
import type { Answered, Asked } from "../wrap.js";
import { jsonAnswer, messages, rightAnswer } from "./edit.js";
import { type ClientFault, type Exchange, type Forward, pause, type Reply, reset } from "./mutant.js";

/** An answer that is a refusal for good. */
export const refusal = jsonAnswer({}, 400);
const isRefused = (reply: Reply) => reply === reset || reply.status === 429 || reply.status >= 500;

/** Changes every attempt; what is answered with 200 is answered as if nothing had been changed. */
export const attempts = (change: (asked: Asked) => Partial<Asked>): Exchange =>
  messages(async (asked, forward) => {
    const reply = await forward(change(asked));
    return reply !== reset && reply.status === 200 ? rightAnswer(asked) : reply;
  });

const inParams = (asked: Asked, change: (params: Record<string, unknown>) => object): Partial<Asked> => {
  const document = objectOf(asked.body);
  const params = asObject(document.params) ?? {};
  return { body: Buffer.from(JSON.stringify({ ...document, params: { ...params, ...change(params) } })) };
};

/** Attempts with keys of their own. */
export const newKeys = attempts((asked) => {
  const key = newUlid(Date.now());
  return {
    ...inParams(asked, () => ({ idempotency_key: key })),
    headers: { ...asked.headers, "x-idempotency-key": key },
  };
});
/** Attempts with envelope ids of their own. */
export const newEnvelopes = attempts((asked) =>
  inParams(asked, ({ envelope }) => ({ envelope: { ...asObject(envelope), id: newUlid(Date.now()) } })),
);

/** Gives up at once. */
export const oneAttempt: Exchange = messages(async (_, forward) => {
  const reply = await forward();
  return isRefused(reply) ? refusal : reply;
});

/** Gives up an attempt without an answer, and the message with it. */
export const oneWait: Exchange = messages((_, forward) => Promise.race([forward(), pause(500).then(() => refusal)]));

/** Repeats in the place of the client, with waits of so many milliseconds. */
export const repeating = (...waits: readonly number[]): Exchange =>
  messages(async (_, forward) => {
    let reply = await forward();
    for (const ms of waits) {
      if (!isRefused(reply)) return reply;
      await pause(ms);
      reply = await forward();
    }
    return isRefused(reply) ? refusal : reply;
  });

/** Sends everything twice. */
export const again: Exchange = messages(async (_, forward) => {
  await forward();
  return forward();
});

/** Takes whatever comes for the right answer. */
export const credulous: Exchange = messages(async (asked, forward) => {
  await forward();
  return rightAnswer(asked);
});

/** Takes whatever comes for a refusal. */
export const hopeless: Exchange = messages(async (_, forward) => {
  await forward();
  return refusal;
});

/** Deals with one message in some way, by its number from 1, and hands the others on. */
export const only = (number: number, exchange: Exchange): (() => ClientFault) =>
  counting((at, asked, forward) => (at === number ? exchange(asked, forward) : forward()));

/** Sends nothing. */
export const silent = (answer: (asked: Asked) => Answered): Exchange =>
  messages((asked) => Promise.resolve(answer(asked)));

/** Deals with messages by their number, from 1. */
export const counting =
  (exchange: (number: number, asked: Asked, forward: Forward) => Promise<Reply>) => (): ClientFault => {
    let count = 0;
    return {
      exchange: messages((asked, forward) => {
        count += 1;
        return exchange(count, asked, forward);
      }),
    };
  };

/** Does not see Retry-After. */
export const unaware: Exchange = messages(async (_, forward) => {
  const reply = await forward();
  return reply === reset ? reset : { ...reply, headers: { ...reply.headers, "retry-after": undefined } };
});

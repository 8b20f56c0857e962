import { createHmac } from "node:crypto";
import { asObject } from "../documents.js";
import { sendsOf } from "./checks.js";
import { envelopeOf, payloadOf } from "./messages.js";
import type { Script, Stage } from "./scenario.js";
import type { Posted, Received, Session } from "./session.js";

/** Something that a peer posts to the callback of a client. */
export interface Delivery {
  /** What it is for: the aspect of its case. */
  readonly aspect: string;
  /** Whether a receiver must take it. */
  readonly isGood: boolean;
  /** Makes the request; the task id is of its own. */
  readonly make: (taskId: string, nowSeconds: number) => Pick<Posted, "body"> & { readonly headers: HeaderValues };
}

/** Values of headers by name. */
export type HeaderValues = Readonly<Record<string, string>>;

/** Secret that the callbacks of clients are signed with. */
export const hookSecret = "conformance-hook-secret_1";

/** The task id of the n-th delivery of a scenario. */
export const taskIdOf = (count: number): string => `task_${count}`;

/** HMAC of a body. */
export const hmac = (body: string, secret = hookSecret, hash = "sha256") =>
  createHmac(hash, secret).update(Buffer.from(body, "utf8"));

/** The value of `X-ASAP-Signature`. */
export const asapSignature = (body: string, secret = hookSecret): string =>
  `sha256=${hmac(body, secret).digest("hex")}`;

/** Headers of Standard Webhooks. */
export function standardHeaders(id: string, seconds: number, body: string, secret = hookSecret): HeaderValues {
  const signature = `v1,${hmac(`${id}.${seconds}.${body}`, secret).digest("base64")}`;
  return { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": signature };
}

/** The callback that a message names, undefined where it names none. */
export function callbackIn(request: Received): Readonly<Record<string, unknown>> | undefined {
  const config = asObject(payloadOf(request)?.config);
  return config?.callback_url === undefined ? undefined : config;
}

/** The message of a session that names a callback, and that callback. */
export function subscriptionIn(session: Pick<Session, "requests">) {
  for (const request of session.requests) {
    const config = callbackIn(request);
    if (config !== undefined && typeof config.callback_url === "string") return { request, url: config.callback_url };
  }
  return undefined;
}

/** A script that posts deliveries one after the other to the callback that the first task names. */
export const delivering = (deliveries: readonly Delivery[]) => (): Script => ({
  async meanwhile(stage: Stage) {
    let callback = subscriptionIn(stage);
    while (callback === undefined && !stage.signal.aborted) {
      await stage.next();
      callback = subscriptionIn(stage);
    }
    if (callback === undefined) return;
    for (const [count, { make }] of deliveries.entries()) {
      const { headers, body } = make(taskIdOf(count), Math.floor(Date.now() / 1000));
      await stage.post(callback.url, { "Content-Type": "application/json", ...headers }, body);
      if (stage.signal.aborted) return;
    }
  },
});

/** The list of task ids that the last message of a session tells, undefined where there is none. */
export function handledIn(session: Session): { readonly request: Received; readonly handled: unknown } | undefined {
  const told = sendsOf(session).findLast((request) => {
    const input = asObject(asObject(envelopeOf(request)?.payload)?.input);
    return input !== undefined && Object.hasOwn(input, "handled");
  });
  if (told === undefined) return undefined;
  return { request: told, handled: asObject(asObject(envelopeOf(told)?.payload)?.input)?.handled };
}

import { asapSignature, hookSecret, standardHeaders } from "../../client/delivering.js";
import { asObject } from "../../documents.js";
import type { Answered, Asked } from "../wrap.js";
import { jsonAnswer, messages, mutantsOf, payload } from "./edit.js";
import type { ClientFault, ClientMutant, Exchange } from "./mutant.js";

const plainAnswer = (status: number): Answered => ({ status, headers: {}, body: Buffer.alloc(0) });
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** A request as if it had been signed by who knows the secret, so that the client takes it. */
function resigned({ headers, body }: Asked, id = `msg_${body.toString("base64url")}`.slice(0, 64)): Partial<Asked> {
  const text = body.toString("utf8");
  const isStandard = headers["webhook-id"] !== undefined;
  const { "webhook-signature": _, "x-asap-signature": __, ...rest } = headers;
  const signature = isStandard
    ? standardHeaders(id, nowSeconds(), text, hookSecret)
    : { "x-asap-signature": asapSignature(text) };
  return { headers: { ...rest, ...signature } };
}

/** Deals with the n-th delivery, counted from 0; the others are handed on. */
const nth =
  (at: number, deal: Exchange): (() => ClientFault) =>
  () => {
    let count = 0;
    return { callback: (asked, forward) => (count++ === at ? deal(asked, forward) : forward()) };
  };

/** A receiver that refuses the n-th delivery. */
const refuses = (at: number) => nth(at, async () => plainAnswer(401));

/** A receiver that takes the n-th delivery although it is forged. */
const takes = (at: number) => nth(at, (asked, forward) => forward(resigned(asked)));

const writesAgain = (): ClientFault => ({
  callback: (asked, forward) => forward({ body: Buffer.from(JSON.stringify(JSON.parse(asked.body.toString("utf8")))) }),
});

/** A client that makes nothing of the answer to its last message. */
const failsAtEnd: Exchange = messages(async (asked, forward) => {
  const reply = await forward();
  return asked.body.includes('"handled"') ? jsonAnswer({}, 400) : reply;
});

const asap = mutantsOf("webhook");
const standard = mutantsOf("webhook-standard");
const handled = ["handled"];

/** Clients that are wrong as receivers of webhooks. */
export const webhookClients: readonly ClientMutant[] = [
  asap("webhook-fails", "A receiver that fails after its last webhook", "completed", failsAtEnd),
  asap(
    "keeps-secret",
    "A client that names a callback without its secret",
    "subscription",
    payload(({ config }) => {
      const { callback_secret: _, ...rest } = asObject(config) ?? {};
      return config === undefined || config === null ? {} : { config: rest };
    }),
  ),
  asap("refuses-signed", "A receiver that refuses what is signed", "signed", refuses(0), [
    ...handled,
    "unsigned",
    "other-secret",
    "changed-body",
    "algorithm",
  ]),
  asap("takes-unsigned", "A receiver that takes what is not signed", "unsigned", takes(1), handled),
  asap("takes-other-secret", "A receiver that takes a signature by any secret", "other-secret", takes(2), handled),
  asap("takes-changed", "A receiver that takes a signature of another body", "changed-body", takes(3), handled),
  asap("takes-sha1", "A receiver that takes a signature by SHA-1", "algorithm", takes(4), handled),
  asap("writes-again", "A receiver that verifies the body as it would write it", "exact-body", writesAgain, handled),
  asap("strict-events", "A receiver that refuses events that say more", "further-members", refuses(6), handled),
  asap(
    "handles-first",
    "A receiver that handles an event before it verifies it",
    "handled",
    nth(1, async (asked, forward) => {
      await forward(resigned(asked));
      return plainAnswer(401);
    }),
  ),
  standard("standard-fails", "A receiver of Standard Webhooks that fails after its last", "completed", failsAtEnd),
  standard("standard-refuses-signed", "A receiver that refuses a signed webhook at first", "signed", refuses(0), [
    "too-old",
    "too-new",
    "other-secret",
    "other-id",
    "other-version",
  ]),
  standard("refuses-repeated", "A receiver that refuses what comes again", "repeated", refuses(1)),
  standard(
    "handles-repeated",
    "A receiver that handles what comes again",
    "handled",
    nth(1, (asked, forward) => forward(resigned(asked, "msg_again"))),
  ),
  standard("takes-old", "A receiver that takes what was signed long ago", "too-old", takes(2), handled),
  standard("takes-new", "A receiver that takes what is signed ahead", "too-new", takes(3), handled),
  standard(
    "standard-takes-other-secret",
    "A receiver of Standard Webhooks that takes any secret",
    "other-secret",
    takes(4),
    handled,
  ),
  standard("takes-other-id", "A receiver that does not verify the webhook-id", "other-id", takes(5), handled),
  standard(
    "takes-other-version",
    "A receiver that takes a signature of any version",
    "other-version",
    takes(6),
    handled,
  ),
  standard(
    "first-signature",
    "A receiver that looks at the first signature alone",
    "two-signatures",
    nth(7, (asked, forward) => {
      const [first] = String(asked.headers["webhook-signature"]).split(" ");
      return forward({ headers: { ...asked.headers, "webhook-signature": first } });
    }),
    handled,
  ),
];

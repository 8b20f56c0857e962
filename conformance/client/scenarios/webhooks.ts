import { isDeepStrictEqual } from "node:util";
import { ending, failed, pass } from "../checks.js";
import {
  asapSignature,
  callbackIn,
  type Delivery,
  delivering,
  handledIn,
  hmac,
  hookSecret,
  standardHeaders,
  taskIdOf,
} from "../delivering.js";
import type { ClientCase, Scenario } from "../scenario.js";
import type { Session } from "../session.js";

const env: Scenario["env"] = {
  ASAP_CONFORMANCE_WEBHOOK_SECRET: { summary: "secret that webhooks are signed with", value: () => hookSecret },
};

const eventOf = (taskId: string, event = "task.started"): string => JSON.stringify({ event, task_id: taskId });
const bytes = (text: string): Buffer => Buffer.from(text, "utf8");
const minutes = 15 * 60;
const otherSecret = "another-secret-of-nobody";

/** A delivery with the headers that a body is given. */
const delivery = (
  aspect: string,
  isGood: boolean,
  headersFor: (body: string, taskId: string, nowSeconds: number) => Readonly<Record<string, string>>,
  bodyOf: (taskId: string) => string = eventOf,
): Delivery => ({
  aspect,
  isGood,
  make: (taskId, nowSeconds) => {
    const body = bodyOf(taskId);
    return { headers: headersFor(body, taskId, nowSeconds), body: bytes(body) };
  },
});

const signed = (body: string) => ({ "X-ASAP-Signature": asapSignature(body) });
const completed = (taskId: string) => eventOf(taskId, "task.completed");

/** What is signed in `X-ASAP-Signature` alone. */
const asapDeliveries: readonly Delivery[] = [
  delivery("signed", true, signed),
  delivery("unsigned", false, () => ({})),
  delivery("other-secret", false, (body) => ({ "X-ASAP-Signature": asapSignature(body, otherSecret) })),
  delivery("changed-body", false, (_, taskId) => signed(eventOf(`${taskId}0`))),
  delivery("algorithm", false, (body) => ({
    "X-ASAP-Signature": `sha1=${hmac(body, hookSecret, "sha1").digest("hex")}`,
  })),
  delivery(
    "exact-body",
    true,
    signed,
    (taskId) => `{ "task_id" : "${taskId}",\n  "event":"task.progress", "note":"caf\\u00e9" }`,
  ),
  delivery("further-members", true, signed, (taskId) =>
    JSON.stringify({ event: "task.progress", task_id: taskId, of_the_future: { weight: 3 }, tags: ["a"] }),
  ),
  delivery("last", true, signed, completed),
];

/** As our agents sign what they send: both ways. */
const both = (body: string, taskId: string, seconds: number) => ({
  ...signed(body),
  ...standardHeaders(`msg_${taskId}`, seconds, body),
});

const repeated = 0;

/** What is signed as Standard Webhooks say. */
const standardDeliveries: readonly Delivery[] = [
  delivery("signed", true, both),
  delivery(
    "repeated",
    true,
    (body, _, seconds) => both(body, taskIdOf(repeated), seconds),
    () => eventOf(taskIdOf(repeated)),
  ),
  delivery("too-old", false, (body, taskId, seconds) => both(body, taskId, seconds - minutes)),
  delivery("too-new", false, (body, taskId, seconds) => both(body, taskId, seconds + minutes)),
  delivery("other-secret", false, (body, taskId, seconds) =>
    standardHeaders(`msg_${taskId}`, seconds, body, otherSecret),
  ),
  delivery("other-id", false, (body, taskId, seconds) => ({
    ...standardHeaders(`msg_${taskId}`, seconds, body),
    "webhook-id": `msg_${taskId}0`,
  })),
  delivery("other-version", false, (body, taskId, seconds) => {
    const headers = standardHeaders(`msg_${taskId}`, seconds, body);
    return { ...headers, "webhook-signature": String(headers["webhook-signature"]).replace("v1,", "v9,") };
  }),
  delivery("two-signatures", true, (body, taskId, seconds) => {
    const { "webhook-signature": own = "", ...headers } = standardHeaders(`msg_${taskId}`, seconds, body);
    const { "webhook-signature": other = "" } = standardHeaders(`msg_${taskId}`, seconds, body, otherSecret);
    return { ...headers, "webhook-signature": `${other} ${own}` };
  }),
  delivery("last", true, both, completed),
];

/** A case about the answer to one delivery. */
function answered(
  deliveries: readonly Delivery[],
  aspect: string,
  title: string,
  level: ClientCase["level"],
  requirements: readonly string[],
): ClientCase {
  const count = deliveries.findIndex((one) => one.aspect === aspect);
  const isGood = deliveries[count]?.isGood === true;
  const expected = isGood ? "a status of 2xx" : "a status of 4xx, by a receiver that answers 2xx to what is signed";
  const first = deliveries.findIndex((one) => one.aspect === "signed");
  return {
    aspect,
    title,
    level,
    requirements,
    judge: (session) => {
      const posted = session.posted[count];
      if (posted === undefined) return failed(expected, `nothing could be posted; ${ending(session.end)}`, -1);
      const { status, answer } = posted;
      if (status === null || Math.floor(status / 100) !== (isGood ? 2 : 4))
        return failed(expected, status === null ? answer : `status ${status}`, session.requests.length + count);
      const taken = session.posted[first]?.status ?? 0;
      if (isGood || Math.floor(taken / 100) === 2) return pass;
      return failed(expected, `status ${taken} to what is signed`, session.requests.length + first);
    },
  };
}

/** A case that exactly the events are handled that should be, each once. */
function handledCase(
  deliveries: readonly Delivery[],
  level: ClientCase["level"],
  requirements: readonly string[],
): ClientCase {
  const right = deliveries.flatMap(({ aspect, isGood }, count) =>
    isGood && aspect !== "repeated" ? [taskIdOf(count)] : [],
  );
  const expected = `handled ${JSON.stringify(right)}`;
  return {
    aspect: "handled",
    title: "What is signed is handled once, and nothing else is",
    level,
    requirements,
    judge: (session) => {
      const told = handledIn(session);
      if (told === undefined) return failed(expected, `no message that tells it; ${ending(session.end)}`, -1);
      const { handled } = told;
      if (Array.isArray(handled) && isDeepStrictEqual(handled.toSorted(), right.toSorted())) return pass;
      return failed(expected, `handled ${JSON.stringify(handled)}`, told.request.at);
    },
  };
}

const subscription: ClientCase = {
  aspect: "subscription",
  title: "The task names a callback: an http or https URL in config, with the secret",
  level: "MUST",
  requirements: ["HOOKW-007", "PAY-018"],
  judge: (session: Session) => {
    const expected = "config with callback_url and callback_secret";
    const request = session.requests.find((one) => callbackIn(one) !== undefined);
    const config = request === undefined ? undefined : callbackIn(request);
    if (request === undefined || config === undefined)
      return failed(expected, `no message with config.callback_url; ${ending(session.end)}`, -1);
    const { callback_url: url, callback_secret: secret, callback_events: events = [] } = config;
    if (typeof url !== "string" || !/^https?:\/\//i.test(url) || !URL.canParse(url))
      return failed(expected, `callback_url ${JSON.stringify(url)}`, request.at);
    if (secret !== hookSecret)
      return failed(expected, secret === undefined ? "no secret" : "another secret", request.at);
    const isList = events === null || (Array.isArray(events) && events.every((one) => typeof one === "string"));
    return isList ? pass : failed(expected, `callback_events ${JSON.stringify(events)}`, request.at);
  },
};

const receive =
  'Listen for webhooks at 127.0.0.1 over plain HTTP. Send a task for the skill `echo` with the input `{"message":"hello"}` whose config names that URL as callback_url and the value of ASAP_CONFORMANCE_WEBHOOK_SECRET as callback_secret. The agent posts events there, each with a task_id of its own and not that of your task, and others post events that are forged: verify each as your library does it, answer 2xx to what is signed and 4xx to the rest. When the event task.completed has come, send a task for the skill `echo` with the input `{"handled":[…]}`, the task_id of each event that you handled, in any order.';

/** Scenarios of receiving webhooks. */
export const webhookScenarios: readonly Scenario[] = [
  {
    name: "webhook",
    title: "A receiver of webhooks",
    summary: `${receive} The signature is in X-ASAP-Signature. Exit 0 once that is answered.`,
    profile: "webhooks",
    requirements: ["HOOK-003"],
    env,
    behave: delivering(asapDeliveries),
    cases: [
      subscription,
      answered(asapDeliveries, "signed", "A webhook that is signed is taken", "MUST", ["HOOK-003", "HOOKW-001"]),
      answered(asapDeliveries, "unsigned", "A webhook without a signature is refused", "MUST", ["HOOK-003"]),
      answered(asapDeliveries, "other-secret", "A signature by another secret is refused", "MUST", ["HOOK-003"]),
      answered(asapDeliveries, "changed-body", "A signature of another body is refused", "MUST", ["HOOKW-001"]),
      answered(asapDeliveries, "algorithm", "A signature by another algorithm is refused", "MUST", ["HOOKW-001"]),
      answered(
        asapDeliveries,
        "exact-body",
        "The body is verified as it came, not as it would be written again",
        "MUST",
        ["HOOKW-001"],
      ),
      answered(asapDeliveries, "further-members", "An event that says more is taken", "MUST", ["HOOKW-008"]),
      handledCase(asapDeliveries, "MUST", ["HOOK-003"]),
    ],
  },
  {
    name: "webhook-standard",
    title: "A receiver of Standard Webhooks",
    summary: `${receive} The signatures are those of Standard Webhooks 1.0, keyed with the bytes of the secret as text, not Base64, which our agents send beside X-ASAP-Signature; an event that comes again by its webhook-id is answered 2xx and not handled again. Exit 0 once that is answered; decline where your library verifies X-ASAP-Signature alone.`,
    profile: "webhooks",
    requirements: ["HOOK-003"],
    env,
    behave: delivering(standardDeliveries),
    cases: [
      answered(standardDeliveries, "signed", "A webhook that is signed is taken", "SHOULD", ["HOOK-003"]),
      answered(
        standardDeliveries,
        "repeated",
        "A webhook that comes again is answered as one that was taken",
        "SHOULD",
        ["HOOKW-010"],
      ),
      answered(standardDeliveries, "too-old", "A webhook that was signed 15 minutes ago is refused", "SHOULD", [
        "HOOK-003",
      ]),
      answered(standardDeliveries, "too-new", "A webhook that is signed 15 minutes ahead is refused", "SHOULD", [
        "HOOK-003",
      ]),
      answered(standardDeliveries, "other-secret", "A signature by another secret is refused", "SHOULD", ["HOOK-003"]),
      answered(standardDeliveries, "other-id", "A signature of another webhook-id is refused", "SHOULD", ["HOOK-003"]),
      answered(standardDeliveries, "other-version", "A signature of a version that is not known is refused", "SHOULD", [
        "HOOK-003",
      ]),
      answered(standardDeliveries, "two-signatures", "One right signature of several is enough", "SHOULD", [
        "HOOK-003",
      ]),
      handledCase(standardDeliveries, "SHOULD", ["HOOK-003"]),
    ],
  },
];

import { routes } from "../../../generated/routes.js";
import { asObject } from "../../documents.js";
import { answeredAt, answeringEach, answerUnder, earlyMs, endedWithin } from "../calls.js";
import { ending, everySend, failed, headerIn, pass, pathIn } from "../checks.js";
import { answerTo, errorTo, isSend } from "../conforming.js";
import { everyMessage, messageCount, messagesIn, payloadOf } from "../messages.js";
import type { Scenario } from "../scenario.js";
import type { Received } from "../session.js";
import { helloTask } from "./http.js";

const longText = "hello agent, ".repeat(150);
const prefix = "/agents/echo";
const elsewhere = "/elsewhere";
const redirects = [301, 302, 303, 307, 308];
const bearer = "conformance.redirect~token_1";
const answeredAfterMs = 10_000;
const soonMs = 7000;
/** Milliseconds for which the circuit stays open. */
const openMs = 1500;

const late = answeringEach((document) => ({ status: 200, body: answerTo(document), afterMs: answeredAfterMs }));

/** A judge of what is asked for at the place that redirects name, once all of them were met. */
const elsewhereIs = (expected: string, wrong: (request: Received) => string | null): Scenario["cases"][0]["judge"] => {
  return (session) => {
    const met = session.requests.filter(({ sent }) => redirects.includes(sent?.status ?? 0));
    if (met.length === 0) return failed(expected, `no redirect was met; ${ending(session.end)}`, -1);
    for (const request of session.requests.filter((one) => pathIn(one) === elsewhere)) {
      const found = wrong(request);
      if (found !== null) return failed(expected, found, request.at);
    }
    return pass;
  };
};

/** Scenarios of how messages are written and where they go, and of calls that end early. */
export const requestScenarios: readonly Scenario[] = [
  {
    name: "base-path",
    title: "A base URL with a path",
    summary: `Send ${helloTask} to the agent whose base URL is ASAP_CONFORMANCE_BASE_URL; it has a path, with a slash at its end. Exit 0 once its answer has come.`,
    profile: "core",
    requirements: ["CLIENT-001"],
    env: {
      ASAP_CONFORMANCE_BASE_URL: { summary: "base URL of the agent, with a path", value: (url) => `${url}${prefix}/` },
    },
    behave: () => ({ answer: (request, { url }) => answerUnder(prefix, request, url) }),
    cases: [
      {
        aspect: "path",
        title: "A message is posted to the base URL, without the slash at its end, and /asap",
        level: "MUST",
        requirements: ["CLIENT-001"],
        judge: everySend(`POST ${prefix}${routes.rpc.path}`, ({ target }) =>
          target === `${prefix}${routes.rpc.path}` ? null : `POST ${target}`,
        ),
      },
    ],
  },
  {
    name: "large-body",
    title: "A large message",
    summary:
      'Send a task for the skill `echo` with the input `{"message":"…"}`, where the text is that of ASAP_CONFORMANCE_MESSAGE, with the compression that your library does by itself. Exit 0 once its answer has come.',
    profile: "core",
    requirements: ["CLIENT-003"],
    env: {
      ASAP_CONFORMANCE_MESSAGE: { summary: `a text of ${longText.length} characters`, value: () => longText },
    },
    cases: [
      {
        aspect: "compressed",
        title: "A body of 1024 bytes or more is compressed",
        level: "MUST",
        requirements: ["CLIENT-003"],
        judge: everySend("Content-Encoding: gzip or br", (request) => {
          const coding = headerIn(request, "content-encoding");
          if (coding === undefined) return `no Content-Encoding, and a body of ${request.body.length} bytes`;
          return /^(?:gzip|br)$/i.test(coding.trim()) ? null : `Content-Encoding: ${coding}`;
        }),
      },
      {
        aspect: "smaller",
        title: "A compressed body is smaller than the plain one",
        level: "MUST",
        requirements: ["CLIENT-003"],
        judge: everySend("a body smaller than its text where it is compressed", (request) => {
          const { body, text } = request;
          if (headerIn(request, "content-encoding") === undefined) return null;
          if (text === null) return "a body that its Content-Encoding does not undo";
          const plain = Buffer.byteLength(text);
          return body.length < plain ? null : `${body.length} bytes for ${plain} bytes of text`;
        }),
      },
      {
        aspect: "task",
        title: "The whole text arrives",
        level: "MUST",
        requirements: ["CLIENT-021"],
        judge: everyMessage("the text of ASAP_CONFORMANCE_MESSAGE as input", (message) => {
          const input = asObject(payloadOf(message)?.input);
          if (input?.message === longText) return null;
          return typeof input?.message === "string" ? `a text of ${input.message.length} characters` : "no text";
        }),
      },
    ],
  },
  {
    name: "redirect",
    title: "Redirects",
    summary: `Send ${helloTask} ${redirects.length} times, one after another, each as a new message, whatever becomes of the one before, with the bearer token ASAP_CONFORMANCE_TOKEN. They are answered with the redirects ${redirects.join(", ")} to the same agent under another name. Exit 0 when each call has failed, 1 when one gave a result.`,
    profile: "core",
    requirements: ["CLIENT-009"],
    env: { ASAP_CONFORMANCE_TOKEN: { summary: "the bearer token to send", value: () => bearer } },
    behave: () => {
      let count = 0;
      return {
        answer(request, { url }) {
          if (pathIn(request) === elsewhere)
            return { status: 200, body: isSend(request.document) ? answerTo(request.document) : {} };
          if (request.method !== "POST") return undefined;
          count += 1;
          const status = redirects[(count - 1) % redirects.length] ?? 307;
          return { status, headers: { Location: `${url.replace("127.0.0.1", "localhost")}${elsewhere}` } };
        },
      };
    },
    cases: [
      {
        aspect: "not-followed",
        title: "A redirect is not followed, whichever status it has",
        level: "MUST",
        requirements: ["CLIENT-009"],
        judge: elsewhereIs("no request to where a redirect points", ({ method, target }) => `${method} ${target}`),
      },
      {
        aspect: "token",
        title: "No token is carried on to where a redirect points",
        level: "MUST",
        requirements: ["CLIENT-009"],
        judge: elsewhereIs("no Authorization where a redirect points", (request) =>
          headerIn(request, "authorization") === undefined ? null : "the header Authorization",
        ),
      },
      {
        aspect: "met",
        title: "Every message is sent",
        level: "MUST",
        requirements: ["CLIENT-009"],
        judge: (session) => {
          const met = new Set(session.requests.map(({ sent }) => sent?.status ?? 0));
          const missing = redirects.filter((status) => !met.has(status));
          const expected = `the redirects ${redirects.join(", ")} met`;
          if (missing.length === 0) return pass;
          return failed(expected, `none of ${missing.join(", ")}; ${ending(session.end)}`, -1);
        },
      },
    ],
  },
  {
    name: "call-timeout",
    title: "A call that takes too long",
    summary: `Set the longest duration of a call, with all its attempts, to ASAP_CONFORMANCE_TIMEOUT_MS and send ${helloTask}. The answer comes ${answeredAfterMs / 1000} seconds later. Exit 0 as soon as the call has failed, 1 when it gave a result.`,
    profile: "core",
    requirements: ["CLIENT-015"],
    env: { ASAP_CONFORMANCE_TIMEOUT_MS: { summary: "milliseconds that a call may take", value: () => "2000" } },
    takesMs: answeredAfterMs,
    behave: late,
    cases: [
      {
        aspect: "ended",
        title: "The call ends at its timeout",
        level: "MUST",
        requirements: ["CLIENT-015"],
        judge: endedWithin(soonMs, `the end of the client within ${soonMs} ms of its message`),
      },
    ],
  },
  {
    name: "call-abort",
    title: "A call that is given up",
    summary: `Send ${helloTask} and give the call up 1.5 seconds after you began it, by the means that your library has for that, such as a signal. The answer comes ${answeredAfterMs / 1000} seconds after the message. Exit 0 as soon as the call has failed, 1 when it gave a result.`,
    profile: "core",
    requirements: ["CLIENT-015"],
    takesMs: answeredAfterMs,
    behave: late,
    cases: [
      {
        aspect: "ended",
        title: "A call that is given up ends at once",
        level: "MUST",
        requirements: ["CLIENT-015"],
        judge: endedWithin(soonMs, `the end of the client within ${soonMs} ms of its message`),
      },
    ],
  },
  {
    name: "breaker",
    title: "A circuit breaker that opens",
    summary: `Switch the circuit breaker of your library on, let one attempt do for a call, and let the circuit stay open for ASAP_CONFORMANCE_BREAKER_RESET_MS. Send ${helloTask} eight times, one after another, each as a new message, whatever becomes of the one before; wait as long as the circuit stays open and half a second more; send two further ones. Every one is answered with HTTP status 503. Exit 0 when all ten calls have failed. Where there is no circuit breaker, exit 77.`,
    profile: "core",
    requirements: ["CLIENT-013"],
    env: {
      ASAP_CONFORMANCE_BREAKER_RESET_MS: {
        summary: "milliseconds for which the circuit stays open",
        value: () => String(openMs),
      },
    },
    takesMs: 3000,
    behave: answeringEach(() => ({ status: 503, body: { detail: "Service Unavailable" } })),
    cases: [
      {
        aspect: "opens",
        title: "After five consecutive failures no message is sent while the circuit is open",
        level: "MUST",
        requirements: ["CLIENT-013"],
        judge: (session) => {
          const expected = `five messages, and none in the ${openMs} ms after them`;
          const messages = messagesIn(session);
          const fifth = messages[4];
          const sixth = messages[5];
          if (fifth === undefined)
            return failed(
              expected,
              `${messages.length} messages; ${ending(session.end)}`,
              messages.at(-1)?.request.at ?? -1,
            );
          const gap = sixth === undefined ? Number.POSITIVE_INFINITY : sixth.atMs - answeredAt(fifth);
          return gap >= openMs - earlyMs
            ? pass
            : failed(expected, `a sixth message after ${gap} ms`, sixth?.request.at ?? -1);
        },
      },
      {
        aspect: "probe",
        title: "Then one message is let through, and no other once that has failed",
        level: "MUST",
        requirements: ["CLIENT-013"],
        judge: messageCount(6, "six messages in all"),
      },
    ],
  },
  {
    name: "breaker-errors",
    title: "A circuit breaker, and errors of the agent",
    summary: `Switch the circuit breaker of your library on and send ${helloTask} seven times, one after another, each as a new message, whatever becomes of the one before. Every one is answered with the JSON-RPC error -32602 and HTTP status 200. Exit 0 when all seven calls have failed by this error. Where there is no circuit breaker, exit 77.`,
    profile: "core",
    requirements: ["CLIENT-014"],
    behave: answeringEach((document) => ({ status: 200, body: errorTo(document, -32602, "Invalid params") })),
    cases: [
      {
        aspect: "closed",
        title: "JSON-RPC errors do not open the circuit: every message is sent",
        level: "MUST",
        requirements: ["CLIENT-014"],
        judge: messageCount(7, "seven messages"),
      },
    ],
  },
];

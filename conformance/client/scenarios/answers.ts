import { newUlid } from "../../ids.js";
import { answeringEach, callsMade } from "../calls.js";
import { answerTo, errorTo } from "../conforming.js";
import { messageCount } from "../messages.js";
import type { ClientCase, Scenario } from "../scenario.js";
import { helloTask } from "./http.js";

type Document = Parameters<typeof answerTo>[0];
type Json = Record<string, unknown>;

const times = (count: number) =>
  `Send ${helloTask} ${count} times, one after another, each as a new message, whatever becomes of the one before`;

const called = (count: number, requirements: readonly string[]): ClientCase => ({
  aspect: "calls",
  title: count === 1 ? "The message is sent" : "Every message is sent, each as one of its own",
  level: "MUST",
  requirements,
  judge: callsMade(count),
});

/** Answers to messages with HTTP status 200, in order and from the beginning again. */
const withEach = (...bodies: readonly ((document: Document) => Json)[]) =>
  answeringEach((document, number) => {
    const body = bodies[number % bodies.length];
    return body === undefined ? undefined : { status: 200, body: body(document) };
  });

const resultTo = (document: Document, result: unknown): Json => ({ jsonrpc: "2.0", result, id: document.id });
const withEnvelope = (document: Document, change: (envelope: Json) => Json): Json => {
  const { envelope } = answerTo(document).result as { envelope: Json };
  return resultTo(document, { envelope: change(envelope) });
};
const without =
  (member: string) =>
  (envelope: Json): Json => {
    const { [member]: _, ...rest } = envelope;
    return rest;
  };

/** Spellings of the type of the answer to a task. */
const spellings = ["task.response", "TaskResponse", "task_response", "Task-Response"];

/** Scenarios of answers that a client must not take for one, or must. */
export const answerScenarios: readonly Scenario[] = [
  {
    name: "answer-error-and-result",
    title: "An answer with an error and a result",
    summary: `Send ${helloTask}. It is answered with HTTP status 200 and a response that has the member result with a whole envelope, and the member error. Exit 0 when the call has failed, 1 when it gave a result.`,
    profile: "core",
    requirements: ["CLIENT-010"],
    behave: withEach((document) => ({ ...answerTo(document), ...errorTo(document, -32602, "Invalid params") })),
    cases: [called(1, ["CLIENT-010"])],
  },
  {
    name: "answer-no-envelope",
    title: "Answers without an envelope",
    summary: `${times(4)}. The answers have HTTP status 200 and an empty result, the result null, a result whose envelope is null, and neither result nor error. Exit 0 when each call has failed, 1 when one gave a result.`,
    profile: "core",
    requirements: ["CLIENT-011"],
    behave: withEach(
      (document) => resultTo(document, {}),
      (document) => resultTo(document, null),
      (document) => resultTo(document, { envelope: null }),
      (document) => ({ jsonrpc: "2.0", id: document.id }),
    ),
    cases: [called(4, ["CLIENT-011"])],
  },
  {
    name: "answer-bad-envelope",
    title: "Answers whose envelope does not fit its schema",
    summary: `${times(4)}. The answers have HTTP status 200 and an envelope without sender, one without payload_type, one with the sender \`agent\` and one with the surplus member \`priority\`. Exit 0 when each call has failed, 1 when one gave a result.`,
    profile: "core",
    requirements: ["CLIENT-011"],
    behave: withEach(
      (document) => withEnvelope(document, without("sender")),
      (document) => withEnvelope(document, without("payload_type")),
      (document) => withEnvelope(document, (envelope) => ({ ...envelope, sender: "agent" })),
      (document) => withEnvelope(document, (envelope) => ({ ...envelope, priority: 1 })),
    ),
    cases: [called(4, ["CLIENT-011"])],
  },
  {
    name: "answer-foreign-id",
    title: "The answer to another request",
    summary: `Send ${helloTask}. It is answered with HTTP status 200 and a response whose id is that of no request. Exit 0 when the call has failed, 1 when it gave a result.`,
    profile: "core",
    requirements: ["CLIENT-012"],
    behave: withEach((document) => ({ ...answerTo(document), id: "another-request" })),
    cases: [called(1, ["CLIENT-012"])],
  },
  {
    name: "answer-foreign-correlation",
    title: "The answer to another envelope",
    summary: `Send ${helloTask}. It is answered with HTTP status 200 and an envelope whose correlation_id is that of no envelope that was sent. Exit 0 when the call has failed, 1 when it gave a result.`,
    profile: "core",
    requirements: ["CLIENT-012"],
    behave: withEach((document) => answerTo(document, { envelope: { correlation_id: newUlid(Date.now()) } })),
    cases: [called(1, ["CLIENT-012"])],
  },
  {
    name: "answer-error-without-id",
    title: "Errors without the id of the request",
    summary: `${times(2)}. They are answered with HTTP status 200 and the JSON-RPC error -32602, whose id is an empty text and null. Exit 0 when each call has failed, and your library told this error of the agent and no other; 1 otherwise.`,
    profile: "core",
    requirements: ["CLIENT-016"],
    behave: withEach(
      (document) => ({ ...errorTo(document, -32602, "Invalid params"), id: "" }),
      (document) => ({ ...errorTo(document, -32602, "Invalid params"), id: null }),
    ),
    cases: [
      {
        aspect: "once",
        title: "A message that was refused in this way is not sent again",
        level: "MUST",
        requirements: ["CLIENT-016", "CLIENT-006"],
        judge: messageCount(2, "two messages, each of which is refused"),
      },
    ],
  },
  {
    name: "answer-spellings",
    title: "Spellings of the answer",
    summary: `${times(spellings.length)}. The payload_type of the answers is ${spellings.map((one) => `\`${one}\``).join(", ")}. Exit 0 once each of the answers has come.`,
    profile: "core",
    requirements: ["CLIENT-020"],
    behave: answeringEach((document, number) => {
      const payload_type = spellings[number % spellings.length];
      return { status: 200, body: answerTo(document, { envelope: { payload_type } }) };
    }),
    cases: [called(spellings.length, ["CLIENT-020"])],
  },
];

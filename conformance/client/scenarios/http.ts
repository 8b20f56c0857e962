import { routes } from "../../../generated/routes.js";
import { everySend, headerIn, pathIn } from "../checks.js";
import { errorTo } from "../conforming.js";
import { formCases, newIdCases, taskCases } from "../form.js";
import { eachItsOwn, everyMessage, keyOf, messageCount, paramsOf } from "../messages.js";
import type { ClientCase, Scenario } from "../scenario.js";

/** Rules for the request that carries a message over HTTP. */
const requestCases: readonly ClientCase[] = [
  {
    aspect: "path",
    title: "A message is posted to the base URL and /asap",
    level: "MUST",
    requirements: ["CLIENT-001"],
    judge: everySend(`POST ${routes.rpc.path}`, (request) =>
      request.target === routes.rpc.path
        ? null
        : `POST ${pathIn(request)}${request.target === pathIn(request) ? "" : " with a query"}`,
    ),
  },
  {
    aspect: "content-type",
    title: "The Content-Type is application/json",
    level: "MUST",
    requirements: ["CLIENT-021"],
    judge: everySend("Content-Type: application/json", (request) => {
      const value = headerIn(request, "content-type");
      if (value === undefined) return "no Content-Type";
      return /^application\/json(?:\s*;|$)/i.test(value.trim()) ? null : `Content-Type: ${value}`;
    }),
  },
  {
    aspect: "content-encoding",
    title: "The body is what its Content-Encoding says",
    level: "MUST",
    requirements: ["CLIENT-021"],
    judge: everySend("a body that its Content-Encoding undoes to UTF-8, one of gzip, br and identity", (request) => {
      const coding = headerIn(request, "content-encoding");
      const isKnown = coding === undefined || /^(?:gzip|br|identity)$/i.test(coding.trim());
      if (isKnown && request.text !== null) return null;
      return coding === undefined ? "no Content-Encoding, and a body that is no UTF-8" : `Content-Encoding: ${coding}`;
    }),
  },
  {
    aspect: "idempotency-key",
    title: "X-Idempotency-Key is sent, and the same value as params.idempotency_key",
    level: "MUST",
    requirements: ["CLIENT-002"],
    judge: everyMessage("one key, as header and in params", (message) => {
      const header = keyOf(message);
      const inside = paramsOf(message)?.idempotency_key;
      if (header === undefined) return "no X-Idempotency-Key";
      if (header === "") return "an empty X-Idempotency-Key";
      return header === inside
        ? null
        : `X-Idempotency-Key: ${header}, params.idempotency_key ${JSON.stringify(inside)}`;
    }),
  },
];

/** What the command is asked to send in most scenarios, for the published list. */
export const helloTask = 'a task for the skill `echo` with the input `{"message":"hello"}`';

/** Scenarios of single requests over HTTP. */
export const httpScenarios: readonly Scenario[] = [
  {
    name: "send",
    title: "One message over HTTP",
    summary: `Send ${helloTask} to the agent at the URL, over HTTP. Exit 0 once its answer has come.`,
    profile: "core",
    requirements: ["CLIENT-001"],
    cases: [
      {
        aspect: "once",
        title: "A message that was answered is not sent again",
        level: "MUST",
        requirements: ["CLIENT-005", "CLIENT-006"],
        judge: messageCount(1, "one message, which is answered"),
      },
      ...requestCases,
      ...formCases,
      ...taskCases,
    ],
  },
  {
    name: "send-twice",
    title: "Two messages over HTTP",
    summary: `Send ${helloTask}, and when its answer has come the same task again as a new message. Exit 0 once both are answered.`,
    profile: "core",
    requirements: ["CLIENT-019"],
    cases: [
      {
        aspect: "count",
        title: "Two messages are sent, each of them once",
        level: "MUST",
        requirements: ["CLIENT-005", "CLIENT-006"],
        judge: messageCount(2, "two messages, each of which is answered"),
      },
      ...newIdCases("connection", ({ connection }) => connection),
      {
        aspect: "idempotency-keys",
        title: "A new message has a new idempotency key",
        level: "MUST",
        requirements: ["CLIENT-002"],
        judge: eachItsOwn("an X-Idempotency-Key that no other message has", keyOf),
      },
    ],
  },
  {
    name: "answer-error",
    title: "An answer that is an error",
    summary: `Send ${helloTask}. It is answered with the JSON-RPC error -32602 and HTTP status 200. Exit 0 when your library told of a failure, 1 when it took the answer for a success.`,
    profile: "core",
    requirements: ["CLIENT-010"],
    behave: () => ({
      answer: ({ method, document }) => {
        if (method !== "POST") return undefined;
        const data = { error: "Invalid envelope structure", validation_errors: [] };
        return { status: 200, body: errorTo(document, -32602, "Invalid params", data) };
      },
    }),
    cases: [
      {
        aspect: "final",
        title: "A message that was refused by a JSON-RPC error is not sent again",
        level: "MUST",
        requirements: ["CLIENT-006"],
        judge: messageCount(1, "one message, which is refused"),
      },
    ],
  },
];

import { closeOf, opcodes } from "../../socket-frames.js";
import { answerUnder } from "../calls.js";
import { ending, failed, headerIn, pass, pathIn } from "../checks.js";
import { answerTo, isSend } from "../conforming.js";
import { formCases, newIdCases, taskCases } from "../form.js";
import { bearerIn } from "../issuing.js";
import { envelopeOf, everyMessage, messageCount } from "../messages.js";
import type { Scenario } from "../scenario.js";
import { frameCases, noPing, reply, together, twoTasks, upgradeCases } from "../socket-cases.js";
import { everyUpgrade, socketPath, someFrame, upgradesIn } from "../sockets.js";
import { helloTask } from "./http.js";

const basePath = "/agents/one";
const token = "conformance-suite-5d0c9a7e41";

/** Scenarios of messages over a WebSocket. */
export const websocketScenarios: readonly Scenario[] = [
  {
    name: "socket-send",
    title: "One message over a WebSocket",
    summary: `Send ${helloTask} to the agent at the URL, over a WebSocket. Exit 0 once its answer has come and the WebSocket is closed.`,
    profile: "websocket",
    requirements: ["WS-002"],
    cases: [
      {
        aspect: "once",
        title: "A message that was acknowledged and answered is not sent again",
        level: "MUST",
        requirements: ["ACK-004"],
        judge: messageCount(1, "one message, which is answered"),
      },
      ...upgradeCases,
      ...frameCases,
      noPing,
      ...formCases,
      ...taskCases,
      {
        aspect: "requires-ack",
        title: "A TaskRequest over a WebSocket asks for an acknowledgement",
        level: "MUST",
        requirements: ["ACK-002", "ACK-003"],
        judge: everyMessage("requires_ack true", (message) => {
          const value = envelopeOf(message)?.requires_ack;
          return value === true ? null : `requires_ack is ${JSON.stringify(value) ?? "missing"}`;
        }),
      },
      {
        aspect: "close",
        title: "The client ends the WebSocket with a close frame of code 1000",
        level: "SHOULD",
        requirements: ["WS-002"],
        judge: someFrame(
          "a close frame of code 1000",
          (frame) => frame.opcode === opcodes.close && closeOf(frame).code === 1000,
        ),
      },
    ],
  },
  {
    name: "socket-reuse",
    title: "Three messages over one WebSocket",
    summary: `Send ${helloTask} over a WebSocket, and when its answer has come the same task twice more as new messages, each when the one before is answered. Exit 0 once all three are answered.`,
    profile: "websocket",
    requirements: ["WS-002"],
    cases: [
      {
        aspect: "one-connection",
        title: "An open WebSocket is used again",
        level: "SHOULD",
        requirements: ["WS-006"],
        judge: (session) => {
          const upgrades = upgradesIn(session);
          if (upgrades.length === 1) return pass;
          const found = `${upgrades.length} requests for a WebSocket; ${ending(session.end)}`;
          return failed("one WebSocket", found, upgrades.at(-1)?.at ?? -1);
        },
      },
      {
        aspect: "count",
        title: "Three messages are sent, each of them once",
        level: "MUST",
        requirements: ["ACK-004"],
        judge: messageCount(3, "three messages, each of which is answered"),
      },
      ...newIdCases("WebSocket", ({ at }) => at),
    ],
  },
  {
    name: "socket-answers-swapped",
    title: "Two messages at once, answered in the other order",
    summary: `Send ${twoTasks}, over WebSocket and at the same time: the agent answers when both have come, the second first. Exit 0 when each task has got its own result, 1 when not.`,
    profile: "websocket",
    requirements: ["WS-003"],
    behave: together(2, (all) => {
      for (const [document, socket] of all.toReversed()) reply(document, socket);
    }),
    cases: [
      {
        aspect: "both",
        title: "The second message is sent before the first is answered, and neither is sent again",
        level: "MUST",
        requirements: ["WS-003"],
        judge: messageCount(2, "two messages, which are answered when both have come"),
      },
    ],
  },
  {
    name: "socket-answer-repeated",
    title: "An answer that comes twice, and one to nobody",
    summary: `Send ${twoTasks}, over a WebSocket, the second when the first is answered. The first answer comes twice, and beside it one with a JSON-RPC id that was never used. Exit 0 when each task has got its own result, 1 when not.`,
    profile: "websocket",
    requirements: ["WS-003"],
    behave: () => {
      let isFirst = true;
      return {
        message(document, socket) {
          if (!isSend(document)) return false;
          reply(document, socket);
          if (isFirst) socket.sendJson(answerTo(document));
          if (isFirst) socket.sendJson({ ...answerTo(document), id: "conformance-nobody" });
          isFirst = false;
          return true;
        },
      };
    },
    cases: [
      {
        aspect: "count",
        title: "An answer that comes twice makes the client send nothing",
        level: "MUST",
        requirements: ["WS-003"],
        judge: messageCount(2, "two messages, each of which is answered"),
      },
    ],
  },
  {
    name: "socket-base-path",
    title: "A WebSocket under a base path",
    summary: `Send ${helloTask} over a WebSocket to the agent whose base URL is in ASAP_CONFORMANCE_BASE_URL. Exit 0 once its answer has come.`,
    profile: "websocket",
    requirements: ["WSB-021"],
    env: {
      ASAP_CONFORMANCE_BASE_URL: {
        summary: "base URL of the agent, http with a path",
        value: (url) => `${url}${basePath}`,
      },
    },
    behave: () => ({
      socketPath: `${basePath}${socketPath}`,
      answer: (request, { url }) => answerUnder(basePath, request, url),
    }),
    cases: [
      {
        aspect: "path",
        title: "The WebSocket is opened under the path of the base URL, with /asap/ws after it",
        level: "MUST",
        requirements: ["WSB-021"],
        judge: everyUpgrade(`GET ${basePath}${socketPath}`, ({ target }) =>
          target === `${basePath}${socketPath}` ? null : target,
        ),
      },
    ],
  },
  {
    name: "socket-url",
    title: "The URL of a WebSocket",
    summary: `Send ${helloTask} to the agent whose WebSocket is at the URL in ASAP_CONFORMANCE_SOCKET_URL, which begins with ws and ends with /asap/ws. Exit 0 once its answer has come.`,
    profile: "websocket",
    requirements: ["WSB-021"],
    env: {
      ASAP_CONFORMANCE_SOCKET_URL: {
        summary: "URL of the WebSocket, such as `ws://127.0.0.1:41233/asap/ws`",
        value: (url) => `${url.replace(/^http/, "ws")}${socketPath}`,
      },
    },
    cases: [
      {
        aspect: "path",
        title: "/asap/ws is not appended to a URL that ends with it",
        level: "MUST",
        requirements: ["WSB-021"],
        judge: everyUpgrade(`GET ${socketPath}`, ({ target }) => (target === socketPath ? null : target)),
      },
    ],
  },
  {
    name: "socket-token",
    title: "A token for a WebSocket",
    summary: `Send ${helloTask} over a WebSocket, with the bearer token in ASAP_CONFORMANCE_TOKEN. The WebSocket is refused with 401 where the token is not in the header Authorization of the request that opens it. Exit 0 once the answer has come.`,
    profile: "websocket",
    requirements: ["WSB-006"],
    env: { ASAP_CONFORMANCE_TOKEN: { summary: "a bearer token", value: () => token } },
    behave: () => ({
      upgrade: (request, { env }) =>
        bearerIn(request) === env.ASAP_CONFORMANCE_TOKEN
          ? undefined
          : { status: 401, headers: { "WWW-Authenticate": "Bearer" }, body: { detail: "Authentication required" } },
    }),
    cases: [
      {
        aspect: "authorization",
        title: "The request for a WebSocket carries the token in Authorization",
        level: "MUST",
        requirements: ["WSB-006"],
        judge: everyUpgrade("Authorization: Bearer and the token", (request, { env }) => {
          if (headerIn(request, "authorization") === undefined) return "no Authorization";
          return bearerIn(request) === env.ASAP_CONFORMANCE_TOKEN ? null : "another Authorization";
        }),
      },
      {
        aspect: "not-in-url",
        title: "The token is not written in the URL",
        level: "MUST",
        requirements: ["WSB-006", "WSB-021"],
        judge: everyUpgrade(`GET ${socketPath} without a query`, (request) =>
          request.target === pathIn(request) ? null : "a query",
        ),
      },
    ],
  },
];

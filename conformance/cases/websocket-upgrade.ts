import { routes } from "../../generated/routes.js";
import type { Case, Context } from "../case.js";
import { type Check, describe, expect, judged, show } from "../checks.js";
import { answered, answers, say, sayTask, talk, talking } from "../conversation.js";
import { taskDocument } from "../documents.js";
import { headerOf } from "../http-response.js";
import { hasWebSocket } from "../prerequisites.js";
import { acceptOf } from "../websocket.js";
import type { Exchange } from "../wire.js";

const keyOf = (exchange: Exchange) => exchange.request.headers?.["Sec-WebSocket-Key"] ?? "";

/** The upgrade got a status of at least that number, and none that says that the agent is at fault. */
const refusedUpgrade = (at: number, from: 300 | 400): Check =>
  expect(at, from === 300 ? "HTTP 3xx or 4xx" : "HTTP 4xx", (exchange) => {
    const { status = 0 } = exchange.response ?? {};
    return status >= from && status < 500 ? null : describe(exchange);
  });

const plainTask = (context: Context) => [sayTask(context), answers(1)];

/** Opening a WebSocket: paths, headers and what is offered. */
export const upgradeCases: readonly Case[] = [
  talking({
    id: "upgrade",
    title: "A WebSocket is opened at /asap/ws by 101 with Upgrade, Connection and the accept value, and serves a task",
    requirements: ["WS-001"],
    actions: plainTask,
    checks: [
      expect(0, "101 with Upgrade: websocket, Connection: Upgrade and Sec-WebSocket-Accept", (exchange) => {
        const header = (name: string) => headerOf(exchange.response, name) ?? "";
        if (exchange.response?.status !== 101) return describe(exchange);
        if (header("upgrade").toLowerCase() !== "websocket") return `Upgrade: ${show(header("upgrade"))}`;
        if (!/\bupgrade\b/i.test(header("connection"))) return `Connection: ${show(header("connection"))}`;
        const accept = header("sec-websocket-accept");
        return accept === acceptOf(keyOf(exchange)) ? null : `Sec-WebSocket-Accept: ${show(accept)}`;
      }),
      answered("task"),
    ],
  }),
  talking({
    id: "upgrade.subprotocol",
    title: "An offered subprotocol is passed over",
    requirements: ["WS-001"],
    headers: { "Sec-WebSocket-Protocol": "chat, asap.v9" },
    actions: plainTask,
    checks: [
      expect(0, "no Sec-WebSocket-Protocol in the answer", (exchange) => {
        const chosen = headerOf(exchange.response, "sec-websocket-protocol");
        return chosen === undefined ? null : `Sec-WebSocket-Protocol: ${chosen}`;
      }),
      answered("task"),
    ],
  }),
  talking({
    id: "upgrade.deflate",
    title: "A client that offers permessage-deflate is served, whether the agent takes it or not",
    requirements: ["WS-001"],
    headers: {
      "Sec-WebSocket-Extensions": "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
    },
    actions: (context) => [
      say(JSON.stringify(taskDocument(context, { frame: { id: "task" } })), { compress: true }),
      answers(1),
    ],
    checks: [answered("task")],
  }),
  talking({
    id: "upgrade.no-deflate",
    title: "Nothing is compressed for a client that did not offer it",
    requirements: ["WS-001"],
    actions: plainTask,
    checks: [
      expect(0, "no Sec-WebSocket-Extensions in the answer", (exchange) => {
        const chosen = headerOf(exchange.response, "sec-websocket-extensions");
        return chosen === undefined ? null : `Sec-WebSocket-Extensions: ${chosen}`;
      }),
      answered("task"),
    ],
  }),
  {
    id: "websocket.upgrade.query",
    title: "A query after the path is passed over",
    area: "websocket",
    prerequisites: [hasWebSocket],
    level: "MUST",
    requirements: ["WS-001"],
    steps: (context) => [talk(context, plainTask(context), { path: `${routes.websocket.path}?token=x&y` })],
    judge: judged(answered("task")),
  },
  ...[
    ["version", "of another version", { "Sec-WebSocket-Version": "12" }] as const,
    ["key", "without a usable key", { "Sec-WebSocket-Key": "short" }] as const,
  ].map(
    ([name, words, headers]): Case => ({
      id: `websocket.upgrade.bad-${name}`,
      title: `An upgrade ${words} is refused with a 4xx`,
      area: "websocket",
      prerequisites: [hasWebSocket],
      level: "SHOULD",
      requirements: ["WS-001"],
      steps: (context) => [talk(context, plainTask(context)), talk(context, [], { headers })],
      judge: judged(answered("task"), refusedUpgrade(1, 400)),
    }),
  ),
  ...["/asap/other", "/asap/ws/", "/asap/ws/more", "/ws"].map(
    (path): Case => ({
      id: `websocket.path.${path === "/asap/ws/" ? "trailing-slash" : path.slice(1).replace(/\W/g, "-")}`,
      title: `An upgrade on ${path} is refused`,
      area: "websocket",
      prerequisites: [hasWebSocket],
      level: "MUST",
      requirements: ["WSB-005"],
      steps: (context) => [talk(context, plainTask(context)), talk(context, [], { path })],
      judge: judged(answered("task"), refusedUpgrade(1, 300)),
    }),
  ),
];

import { opcodes } from "../socket-frames.js";
import { ending, failed, headerIn, pass } from "./checks.js";
import { ackOf, answerTo, isSend } from "./conforming.js";
import type { ClientCase, PeerSocket, Script } from "./scenario.js";
import { everyFrame, everyUpgrade, objectsIn, socketPath } from "./sockets.js";

/** A request with an envelope. */
export type Send = Parameters<typeof answerTo>[0];

/** Acknowledges a request where it asks for that. */
export function acknowledge(document: Send, socket: PeerSocket): void {
  const ack = ackOf(document);
  if (ack !== null) socket.sendJson(ack);
}

/** Acknowledges a request where it asks for that, and answers it. */
export function reply(document: Send, socket: PeerSocket): void {
  acknowledge(document, socket);
  socket.sendJson(answerTo(document));
}

/** Answers only when so many messages have come. */
export function together(count: number, answer: (all: readonly (readonly [Send, PeerSocket])[]) => void): () => Script {
  return () => {
    const all: [Send, PeerSocket][] = [];
    return {
      message(document, socket) {
        if (!isSend(document)) return false;
        all.push([document, socket]);
        if (all.length === count) answer(all);
        return true;
      },
    };
  };
}

/** What the command is asked to send where two tasks are told apart, for the published list. */
export const twoTasks =
  'two tasks for the skill `echo`, with the inputs `{"message":"first"}` and `{"message":"second"}`';

/** Rules for the requests that open WebSockets. */
export const upgradeCases: readonly ClientCase[] = [
  {
    aspect: "path",
    title: "The WebSocket is opened at the base URL and /asap/ws",
    level: "MUST",
    requirements: ["WSB-021"],
    judge: everyUpgrade(`GET ${socketPath}`, ({ target }) => (target === socketPath ? null : target)),
  },
  {
    aspect: "handshake",
    title: "The request for a WebSocket is that of RFC 6455: version 13, and a key of 16 bytes",
    level: "MUST",
    requirements: ["WS-002"],
    judge: everyUpgrade("GET with Connection: Upgrade, Sec-WebSocket-Version: 13 and a key of 16 bytes", (request) => {
      if (request.method !== "GET") return request.method;
      const version = headerIn(request, "sec-websocket-version");
      if (version?.trim() !== "13") return `Sec-WebSocket-Version: ${version ?? "missing"}`;
      const key = headerIn(request, "sec-websocket-key")?.trim() ?? "";
      return /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key) ? null : `Sec-WebSocket-Key: ${key === "" ? "missing" : key}`;
    }),
  },
];

/** Rules for the frames of a client. */
export const frameCases: readonly ClientCase[] = [
  {
    aspect: "masks",
    title: "Each frame of the client is masked",
    level: "MUST",
    requirements: ["WSB-001"],
    judge: everyFrame("a mask on each frame", ({ masked }) => (masked ? null : "a frame without a mask")),
  },
  {
    aspect: "reserved-bits",
    title: "No reserved bit is set where no extension was agreed on",
    level: "MUST",
    requirements: ["WSB-001"],
    judge: everyFrame("no reserved bits", ({ rsv }) => (rsv === 0 ? null : `the reserved bits ${rsv}`)),
  },
  {
    aspect: "text",
    title: "Each message is sent in a text frame",
    level: "MUST",
    requirements: ["WSB-001"],
    judge: everyFrame("text frames, and no binary one", ({ opcode }) =>
      opcode === opcodes.binary ? "a binary frame" : null,
    ),
  },
];

/** The client sends no `{"type":"ping"}`, which a server of version 1.1.0 answers with an error. */
export const noPing: ClientCase = {
  aspect: "no-ping",
  title: "The client sends no application ping to a server of version 1.1.0",
  level: "MUST",
  requirements: ["WSB-023"],
  judge: (session) => {
    const expected = "no application ping";
    const objects = objectsIn(session);
    if (objects.length === 0) return failed(expected, `no message; ${ending(session.end)}`, -1);
    const ping = objects.find(({ json }) => json.type === "ping");
    return ping === undefined ? pass : failed(expected, JSON.stringify(ping.json), ping.request.at);
  },
};

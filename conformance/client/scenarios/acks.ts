import { isDeepStrictEqual } from "node:util";
import { asObject } from "../../documents.js";
import { newUlid } from "../../ids.js";
import { ending, failed, pass } from "../checks.js";
import { ackOf, answerTo, isSend } from "../conforming.js";
import { idOf, writeJson } from "../json.js";
import { envelopeOf, type Message, messageCount, messagesIn } from "../messages.js";
import type { ClientCase, PeerSocket, Scenario, Variable } from "../scenario.js";
import { acknowledge, reply, type Send } from "../socket-cases.js";
import { everyAgain, transmissionCount, transmissionsOf } from "../sockets.js";
import { helloTask } from "./http.js";

/** The wait for an acknowledgement, in milliseconds, where the agent sends one or sends it later. */
const timeoutMs = 1000;
/** The wait for one that never comes, in milliseconds. */
const vainMs = 500;
const retries = 3;
const ackTimeout = (ms = timeoutMs): Readonly<Record<"ASAP_CONFORMANCE_ACK_TIMEOUT_MS", Variable>> => ({
  ASAP_CONFORMANCE_ACK_TIMEOUT_MS: {
    summary: "milliseconds to wait for an acknowledgement, in place of 30,000",
    value: () => String(ms),
  },
});
const withTimeout = "with ASAP_CONFORMANCE_ACK_TIMEOUT_MS milliseconds as the wait for an acknowledgement";

/** An ack of a request, with changes to its payload. */
function sendAck(document: Send, socket: PeerSocket, changes: Readonly<Record<string, unknown>>): void {
  const ack = ackOf(document);
  const envelope = asObject(asObject(ack?.params)?.envelope);
  if (envelope === undefined) return;
  const payload = { ...asObject(envelope.payload), ...changes };
  socket.sendJson({ ...ack, params: { envelope: { ...envelope, payload } } });
}

const norm = (name: unknown) => String(name).toLowerCase().replaceAll(/[._-]/g, "");
const askedFor = ["task.request", "task.cancel", "StateRestore", "MessageSend"];
const notAskedFor = "StateQuery";

/** A judge of the messages with some payload types; each type must have come. */
function typed(
  names: readonly string[],
  expected: string,
  wrong: (message: Message, name: string) => string | null,
): ClientCase["judge"] {
  return (session) => {
    const messages = messagesIn(session);
    for (const name of names) {
      const own = messages.filter((message) => norm(envelopeOf(message)?.payload_type) === norm(name));
      if (own.length === 0)
        return failed(expected, `no ${name}; ${ending(session.end)}`, messages.at(-1)?.request.at ?? -1);
      for (const message of own) {
        const found = wrong(message, name);
        if (found !== null) return failed(expected, found, message.request.at);
      }
    }
    return pass;
  };
}

const written = (value: unknown) => (value === undefined ? "missing" : writeJson(value));
const changed = (before: unknown, now: unknown): string | null =>
  isDeepStrictEqual(before, now) ? null : `${written(before)}, then ${written(now)}`;
const requiresAck = (message: Message) => envelopeOf(message)?.requires_ack;

/** Rules for an envelope that is sent again. */
const againCases: readonly ClientCase[] = [
  {
    aspect: "same-id",
    title: "What is sent again keeps the envelope id, its timestamp and its nonce",
    level: "MUST",
    requirements: ["WSB-018", "ACK-004"],
    judge: everyAgain("the same id, timestamp and extensions.nonce", (again, first) => {
      const [now, before] = [again, first].map((message) => {
        const { timestamp, extensions } = envelopeOf(message) ?? {};
        return [timestamp, asObject(extensions)?.nonce];
      });
      return changed(before, now);
    }),
  },
  {
    aspect: "same-envelope",
    title: "What is sent again is the same envelope as a whole",
    level: "MUST",
    requirements: ["ACK-004"],
    judge: everyAgain("the same envelope", (again, first) => {
      const { timestamp: _, extensions: __, ...now } = envelopeOf(again) ?? {};
      const { timestamp: ___, extensions: ____, ...before } = envelopeOf(first) ?? {};
      return changed(before, now);
    }),
  },
  {
    aspect: "rpc-id",
    title: "What is sent again takes a new JSON-RPC id",
    level: "MUST",
    requirements: ["WSB-018"],
    judge: (session) => {
      const expected = "a JSON-RPC id of its own each time";
      const all = transmissionsOf(session);
      const ids = all.map(({ document }) => written(idOf(document)));
      if (all.length > 1 && new Set(ids).size === ids.length && !ids.includes("missing")) return pass;
      return failed(
        expected,
        all.length > 1 ? `the ids ${ids.join(", ")}` : `not sent again; ${ending(session.end)}`,
        all.at(-1)?.request.at ?? -1,
      );
    },
  },
];

/** Scenarios of acknowledgements over a WebSocket. */
export const ackScenarios: readonly Scenario[] = [
  {
    name: "ack-flags",
    title: "Which messages ask for an acknowledgement",
    summary: `Send five messages over a WebSocket, each when the one before is answered: ${helloTask}; a TaskCancel of the task \`task_1\`; a StateRestore of the snapshot \`snap_1\` of that task; a MessageSend of the message \`msg_1\` to that task, with the role \`user\` and the part \`part_1\`; a StateQuery of that task. A MessageAck answers the MessageSend, a TaskResponse each of the others. Exit 0 once all are answered.`,
    profile: "websocket",
    requirements: ["ACK-003"],
    behave: () => ({
      message(document, socket) {
        if (!isSend(document) || norm(document.params.envelope.payload_type) !== "messagesend") return false;
        acknowledge(document, socket);
        const { id } = document.params.envelope;
        const { result, ...rest } = answerTo(document);
        const payload = { original_envelope_id: id, status: "processed", error: null };
        const envelope = { ...asObject(asObject(result)?.envelope), payload_type: "MessageAck", payload };
        socket.sendJson({ ...rest, result: { envelope } });
        return true;
      },
    }),
    cases: [
      {
        aspect: "asked",
        title: "TaskRequest, TaskCancel, StateRestore and MessageSend ask for an acknowledgement",
        level: "MUST",
        requirements: ["ACK-003", "ACK-002"],
        judge: typed(askedFor, "requires_ack true on each of the four", (message, name) => {
          const value = requiresAck(message);
          return value === true ? null : `requires_ack of ${name} is ${written(value)}`;
        }),
      },
      {
        aspect: "not-asked",
        title: "A StateQuery asks for none",
        level: "SHOULD",
        requirements: ["ACK-003"],
        judge: typed([notAskedFor], "requires_ack false, or none", (message, name) => {
          const value = requiresAck(message);
          return value === false || value === undefined ? null : `requires_ack of ${name} is ${written(value)}`;
        }),
      },
      {
        aspect: "spellings",
        title: "TaskRequest and TaskCancel are written with a dot, the others in PascalCase",
        level: "MUST",
        requirements: ["MSG-002"],
        judge: typed([...askedFor, notAskedFor], [...askedFor, notAskedFor].join(", "), (message, name) => {
          const value = envelopeOf(message)?.payload_type;
          return value === name ? null : `payload_type ${written(value)}`;
        }),
      },
    ],
  },
  {
    name: "ack-missing",
    title: "No acknowledgement at first",
    summary: `Send ${helloTask} over a WebSocket, ${withTimeout}, and with a nonce where your library sends one. The agent says nothing to the first, but acknowledges an envelope that was never sent; what comes again is acknowledged and answered. Exit 0 once the answer has come.`,
    profile: "websocket",
    requirements: ["ACK-004"],
    takesMs: 6000,
    env: ackTimeout(),
    behave: () => {
      let count = 0;
      return {
        message(document, socket) {
          if (!isSend(document)) return false;
          count += 1;
          if (count > 1) return false;
          sendAck(document, socket, { original_envelope_id: newUlid(Date.now()) });
          return true;
        },
      };
    },
    cases: [
      {
        aspect: "again",
        title: "An envelope that is not acknowledged is sent again, and not once more after it was",
        level: "MUST",
        requirements: ["ACK-004"],
        judge: transmissionCount(2, 2, "the same envelope twice"),
      },
      {
        aspect: "wait",
        title: "It is sent again when the wait that was set is over, and not before",
        level: "MUST",
        requirements: ["ACK-005"],
        judge: everyAgain(`the first time ${timeoutMs} ms later or more`, (again, first) => {
          const waited = again.atMs - first.atMs;
          return waited >= timeoutMs / 2 ? null : `${waited} ms later`;
        }),
      },
      ...againCases,
    ],
  },
  {
    name: "ack-never",
    title: "No acknowledgement at all",
    summary: `Send ${helloTask} over a WebSocket, ${withTimeout}. It is never acknowledged nor answered. Exit 0 when the call failed after the last retry by itself, 1 when it gave a result or was still waiting 5 seconds after that.`,
    profile: "websocket",
    requirements: ["ACK-006"],
    takesMs: 20_000,
    env: ackTimeout(vainMs),
    behave: () => ({ message: isSend }),
    cases: [
      {
        aspect: "retries",
        title: `An envelope that is never acknowledged is sent again ${retries} times`,
        level: "MUST",
        requirements: ["ACK-004", "ACK-006"],
        judge: transmissionCount(retries + 1, retries + 1, `the same envelope ${retries + 1} times in all`),
      },
      {
        aspect: "waits",
        title: "It waits that long before each retry",
        level: "MUST",
        requirements: ["ACK-005"],
        judge: (session) => {
          const times = transmissionsOf(session).map(({ atMs }) => atMs);
          const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
          const expected = `${vainMs} ms or more before each`;
          if (gaps.length > 0 && gaps.every((gap) => gap >= vainMs / 2)) return pass;
          const found = gaps.length === 0 ? `no retry; ${ending(session.end)}` : `${gaps.join(", ")} ms`;
          return failed(expected, found, transmissionsOf(session).at(-1)?.request.at ?? -1);
        },
      },
    ],
  },
  {
    name: "ack-never-breaker",
    title: "No acknowledgement, and a circuit breaker",
    summary: `With a circuit breaker that opens after one failure, send ${helloTask} over a WebSocket, ${withTimeout}. It is never acknowledged nor answered. When it failed, send the same task as a new message. Exit 0 when both failed, 1 otherwise. Where there is no circuit breaker, exit 77.`,
    profile: "websocket",
    requirements: ["ACK-006"],
    takesMs: 20_000,
    env: ackTimeout(vainMs),
    behave: () => ({ message: isSend }),
    cases: [
      {
        aspect: "counted",
        title: "The message that was not acknowledged opens the breaker: the next one is not sent",
        level: "MUST",
        requirements: ["ACK-006"],
        judge: (session) => {
          const all = messagesIn(session);
          const ids = new Set(all.map((message) => envelopeOf(message)?.id));
          if (ids.size === 1) return pass;
          return failed(
            "one envelope on the wire",
            `${ids.size}; ${ending(session.end)}`,
            all.at(-1)?.request.at ?? -1,
          );
        },
      },
    ],
  },
  {
    name: "ack-then-answer",
    title: "An answer that comes late",
    summary: `Send ${helloTask} over a WebSocket, ${withTimeout}. It is acknowledged at once, and answered after one and a half times that long. Exit 0 once the answer has come.`,
    profile: "websocket",
    requirements: ["ACK-001"],
    takesMs: 1.5 * timeoutMs,
    env: ackTimeout(),
    behave: () => ({
      message(document, socket) {
        if (!isSend(document)) return false;
        acknowledge(document, socket);
        socket.later(1.5 * timeoutMs, () => socket.sendJson(answerTo(document)));
        return true;
      },
    }),
    cases: [
      {
        aspect: "once",
        title: "A message that was acknowledged is not sent again while its answer is awaited",
        level: "MUST",
        requirements: ["ACK-001", "ACK-004"],
        judge: messageCount(1, "one message, which is acknowledged"),
      },
    ],
  },
  {
    name: "ack-rejected",
    title: "An acknowledgement that rejects",
    summary: `Send ${helloTask} over a WebSocket, ${withTimeout}. It is acknowledged with the status \`rejected\`, and never answered. Exit 0 when the call failed, 1 when it gave a result or was still waiting after 5 seconds.`,
    profile: "websocket",
    requirements: ["ACK-001"],
    level: "SHOULD",
    env: ackTimeout(),
    behave: () => ({
      message(document, socket) {
        if (!isSend(document)) return false;
        sendAck(document, socket, { status: "rejected", error: "no room" });
        return true;
      },
    }),
    cases: [
      {
        aspect: "final",
        title: "A message that was rejected is not sent again",
        level: "MUST",
        requirements: ["ACK-001"],
        judge: messageCount(1, "one message, which is rejected"),
      },
    ],
  },
  {
    name: "ack-lost-connection",
    title: "A connection that is lost before the acknowledgement",
    summary: `Send ${helloTask} over a WebSocket, ${withTimeout}. The agent ends the TCP connection without a word when it comes; on the next WebSocket it is acknowledged and answered. Exit 0 once the answer has come.`,
    profile: "websocket",
    requirements: ["ACK-004", "WS-004"],
    takesMs: 6000,
    env: ackTimeout(),
    behave: () => ({
      message(document, socket) {
        if (!isSend(document)) return false;
        if (socket.number === 0) socket.destroy();
        else reply(document, socket);
        return true;
      },
    }),
    cases: [
      {
        aspect: "again",
        title: "An envelope that awaits its acknowledgement is sent on the next WebSocket",
        level: "MUST",
        requirements: ["ACK-004", "WS-004"],
        judge: transmissionCount(2, 3, "the same envelope on the next WebSocket"),
      },
      ...againCases,
    ],
  },
];

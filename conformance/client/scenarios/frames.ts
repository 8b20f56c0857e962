import { validateMessageAck } from "../../../generated/validators/message-ack.js";
import type { Verdict } from "../../case.js";
import { asObject } from "../../documents.js";
import { closeOf, opcodes } from "../../socket-frames.js";
import { ending, failed, pass } from "../checks.js";
import { answerTo, isSend, peerId } from "../conforming.js";
import { writeJson } from "../json.js";
import { envelopeOf, messageCount, messagesIn } from "../messages.js";
import type { Scenario } from "../scenario.js";
import type { Session } from "../session.js";
import { acknowledge, noPing, reply, together, twoTasks } from "../socket-cases.js";
import { framesIn, objectsIn, someFrame, upgradesIn } from "../sockets.js";
import { helloTask } from "./http.js";

const firstPush = "01J00000000000000000000001";
const secondPush = "01J00000000000000000000002";

/** An envelope that the agent pushes: an update of a task that the client did not ask for. */
const push = (id: string, percent: number, recipient: unknown) => ({
  id,
  asap_version: "0.1",
  timestamp: new Date().toISOString(),
  sender: peerId,
  recipient,
  payload_type: "task.update",
  payload: {
    task_id: "task_pushed",
    update_type: "progress",
    status: "working",
    progress: { percent },
    input_request: null,
  },
  correlation_id: null,
  trace_id: null,
  requires_ack: id === secondPush,
  extensions: null,
});

/** Acks of the client, where it sends any: notifications with a MessageAck for an envelope that asked for it. */
function acksAreRight(session: Session): Verdict {
  const expected = "nothing, or a notification asap.ack with a MessageAck for an envelope that asked for one";
  if (messagesIn(session).length === 0) return failed(expected, `no message; ${ending(session.end)}`, -1);
  for (const { request, json } of objectsIn(session)) {
    if (json.method === undefined || json.method === "asap.send") continue;
    const envelope = envelopeOf({ document: json });
    const payload = asObject(envelope?.payload);
    const isRight =
      json.method === "asap.ack" &&
      !("id" in json) &&
      envelope?.payload_type === "MessageAck" &&
      validateMessageAck(payload) &&
      payload?.original_envelope_id === secondPush;
    if (!isRight) return failed(expected, JSON.stringify(json).slice(0, 300), request.at);
  }
  return pass;
}

/** Scenarios of frames that come at any time, and of answers that are not as usual. */
export const frameScenarios: readonly Scenario[] = [
  {
    name: "socket-pings",
    title: "Pings of the agent",
    summary: `Send ${helloTask} over a WebSocket. When it opens, the agent sends the application ping \`{"type": "ping"}\` and a protocol ping. Exit 0 once the answer has come.`,
    profile: "websocket",
    requirements: ["WSB-008"],
    behave: () => ({
      opened(socket) {
        socket.sendJson({ type: "ping" });
        socket.send({ opcode: opcodes.ping, data: "conformance" });
      },
    }),
    cases: [
      {
        aspect: "pong",
        title: "An application ping is answered with an application pong",
        level: "MUST",
        requirements: ["WSB-008"],
        judge: (session) => {
          const pong = objectsIn(session).some(({ json }) => json.type === "pong" && !("method" in json));
          if (pong) return pass;
          return failed(
            'the message {"type": "pong"}',
            `no pong; ${ending(session.end)}`,
            upgradesIn(session)[0]?.at ?? -1,
          );
        },
      },
      {
        aspect: "protocol-pong",
        title: "A protocol ping is answered with a protocol pong that carries the same data",
        level: "SHOULD",
        requirements: ["WS-005"],
        judge: someFrame(
          "a pong frame with the data of the ping",
          ({ opcode, data }) => opcode === opcodes.pong && data.toString() === "conformance",
        ),
      },
      noPing,
    ],
  },
  {
    name: "socket-heartbeat",
    title: "A heartbeat of the client",
    summary: `Send ${helloTask} over a WebSocket that is kept alive by a heartbeat every ASAP_CONFORMANCE_HEARTBEAT_MS milliseconds. The agent answers after 1.2 seconds. Exit 0 once the answer has come.`,
    profile: "websocket",
    requirements: ["WS-002"],
    takesMs: 1200,
    env: {
      ASAP_CONFORMANCE_HEARTBEAT_MS: {
        summary: "milliseconds between two heartbeats, in place of 30,000",
        value: () => "250",
      },
    },
    behave: () => ({
      message(document, socket) {
        if (!isSend(document)) return false;
        acknowledge(document, socket);
        socket.later(1200, () => socket.sendJson(answerTo(document)));
        return true;
      },
    }),
    cases: [
      {
        aspect: "pings",
        title: "The client sends a protocol ping at every heartbeat",
        level: "SHOULD",
        requirements: ["WS-005"],
        judge: (session) => {
          const pings = framesIn(session).filter(
            ({ frame }) => frame.direction === "received" && frame.opcode === opcodes.ping,
          );
          if (pings.length >= 2) return pass;
          return failed(
            "two ping frames or more",
            `${pings.length}; ${ending(session.end)}`,
            upgradesIn(session)[0]?.at ?? -1,
          );
        },
      },
      { ...noPing, title: "The heartbeat is no application ping, which a server of version 1.1.0 does not know" },
    ],
  },
  {
    name: "socket-fragments",
    title: "An answer in fragments",
    summary: `Send ${helloTask} over a WebSocket. The answer comes in three fragments, with a protocol ping between two of them. Exit 0 once it has come.`,
    profile: "websocket",
    requirements: ["WSB-024"],
    behave: () => ({
      message(document, socket) {
        if (!isSend(document)) return false;
        acknowledge(document, socket);
        const text = writeJson(answerTo(document));
        socket.send({ data: text.slice(0, 20), fin: false });
        socket.send({ opcode: opcodes.ping, data: "between" });
        socket.send({ opcode: opcodes.continuation, data: text.slice(20, 60), fin: false });
        socket.send({ opcode: opcodes.continuation, data: text.slice(60) });
        return true;
      },
    }),
    cases: [
      {
        aspect: "once",
        title: "A message that is answered in fragments is not sent again",
        level: "MUST",
        requirements: ["WSB-024"],
        judge: messageCount(1, "one message, which is answered"),
      },
    ],
  },
  {
    name: "socket-invalid-utf8",
    title: "A frame that is not UTF-8",
    summary: `Send ${helloTask} over a WebSocket. It is answered with a text frame that is not UTF-8. Exit 0 once the call has ended, in whichever way.`,
    profile: "websocket",
    requirements: ["WSB-024"],
    behave: () => ({
      message(document, socket) {
        if (!isSend(document) || socket.number > 0) return false;
        socket.send({ data: Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]) });
        return true;
      },
    }),
    cases: [
      {
        aspect: "closed",
        title: "A text frame that is not UTF-8 is closed with 1007",
        level: "MUST",
        requirements: ["WSB-024"],
        judge: someFrame(
          "a close frame of code 1007",
          (frame) => frame.opcode === opcodes.close && closeOf(frame).code === 1007,
        ),
      },
    ],
  },
  {
    name: "socket-plain-answer",
    title: "An answer that is not JSON-RPC",
    summary: `Send ${helloTask} over a WebSocket. It is answered with \`{"detail": "Internal Server Error"}\`, without jsonrpc and without an id. Exit 0 when the call failed, 1 when it gave a result.`,
    profile: "websocket",
    requirements: ["WSB-022"],
    behave: () => ({
      message(document, socket) {
        if (!isSend(document)) return false;
        acknowledge(document, socket);
        socket.sendJson({ detail: "Internal Server Error" });
        return true;
      },
    }),
    cases: [
      {
        aspect: "final",
        title: "A message whose answer is not JSON-RPC is not sent again",
        level: "MUST",
        requirements: ["WSB-022"],
        judge: messageCount(1, "one message, whose answer is fatal"),
      },
    ],
  },
  {
    name: "socket-plain-answer-oldest",
    title: "An answer that is not JSON-RPC, with two messages under way",
    summary: `Send ${twoTasks}, over one WebSocket and at the same time. When both have come the agent sends \`{"detail": "Internal Server Error"}\`, which is for the one that came first, and then answers the other. Exit 0 when one call failed and the other got its own result, 1 otherwise.`,
    profile: "websocket",
    requirements: ["WSB-022"],
    behave: together(2, (all) => {
      for (const [document, socket] of all) acknowledge(document, socket);
      const [[, socket] = [], [second, own] = []] = all;
      socket?.sendJson({ detail: "Internal Server Error" });
      if (second !== undefined) own?.sendJson(answerTo(second));
    }),
    cases: [
      {
        aspect: "both",
        title: "Neither message is sent again",
        level: "MUST",
        requirements: ["WSB-022"],
        judge: messageCount(2, "two messages, one of which is answered"),
      },
    ],
  },
  {
    name: "socket-pushes",
    title: "Pushes of the agent",
    summary: `Send ${helloTask} over a WebSocket. Before the answer the agent pushes two TaskUpdates of the task \`task_pushed\`: one as a response whose id is null, with 25 percent, and one as a request asap.send, with 50 percent and requires_ack. Exit 0 once your library has handed out both and the answer has come.`,
    profile: "websocket",
    requirements: ["WSB-019", "WS-003"],
    behave: () => ({
      message(document, socket) {
        if (!isSend(document)) return false;
        const { sender } = document.params.envelope;
        socket.sendJson({ jsonrpc: "2.0", result: { envelope: push(firstPush, 25, sender) }, id: null });
        const params = { envelope: push(secondPush, 50, sender) };
        socket.sendJson({ jsonrpc: "2.0", method: "asap.send", params, id: "push-1" });
        reply(document, socket);
        return true;
      },
    }),
    cases: [
      {
        aspect: "acks",
        title: "A push that asks for it is acknowledged by a MessageAck, where it is acknowledged at all",
        level: "MUST",
        requirements: ["MSG-003", "ACK-001"],
        judge: acksAreRight,
      },
    ],
  },
];

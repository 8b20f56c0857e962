import { opcodes } from "../../socket-frames.js";
import { ending, failed, pass } from "../checks.js";
import { isSend } from "../conforming.js";
import type { ClientCase, Scenario, Script, Variable } from "../scenario.js";
import type { Received, Session } from "../session.js";
import { reply } from "../socket-cases.js";
import { upgradesIn, waits } from "../sockets.js";
import { helloTask } from "./http.js";

const lost = 1006;
const baseMs = 250;
const quickMs = 100;
const cappedMs = 150;
const longestMs = 300;

/** Answers each message, and ends its WebSocket after that: the first with the first code, and so on. */
const endingAfterAnswers =
  (codes: readonly number[], upgrade?: () => Script["upgrade"]): (() => Script) =>
  () => {
    const own = upgrade?.();
    return {
      ...(own === undefined ? {} : { upgrade: own }),
      message(document, socket) {
        if (!isSend(document)) return false;
        reply(document, socket);
        const code = codes[socket.number];
        if (code === lost) socket.destroy();
        else if (code !== undefined) socket.close(code, code === 1001 ? "Server shutting down" : "");
        return true;
      },
    };
  };

/** Refuses the WebSockets at some positions, counted from 0, with 503. */
const refusing = (positions: readonly number[]) => () => {
  let count = 0;
  return (): ReturnType<NonNullable<Script["upgrade"]>> =>
    positions.includes(count++) ? { status: 503, body: { detail: "Service Unavailable" } } : undefined;
};

const firstWait = (ms: number): Readonly<Record<"ASAP_CONFORMANCE_RECONNECT_MS", Variable>> => ({
  ASAP_CONFORMANCE_RECONNECT_MS: {
    summary: "milliseconds to wait before the first attempt to connect again, in place of 1,000; it doubles from there",
    value: () => String(ms),
  },
});

const times = (count: string) =>
  `Send ${helloTask} over a WebSocket, ${count} times: each one 200 milliseconds after the answer of the one before, and if your library refuses it because it is not connected, try again until it is taken. Make no other peer or client in between.`;

/** A judge of how many WebSockets were opened. */
function opened(count: number): ClientCase["judge"] {
  return (session) => {
    const open = upgradesIn(session).filter(({ sent }) => sent?.status === 101).length;
    if (open >= count) return pass;
    return failed(
      `${count} WebSockets, one after another`,
      `${open}; ${ending(session.end)}`,
      upgradesIn(session).at(-1)?.at ?? -1,
    );
  };
}

const closes = ({ frames = [] }: Received, from: "sent" | "received") =>
  frames.some(({ direction, opcode }) => direction === from && opcode === opcodes.close);

/** Whether each close frame of the agent was answered by one. */
function closesAnswered(session: Session) {
  const expected = "a close frame for each that the agent sent";
  const closed = upgradesIn(session).filter((request) => closes(request, "sent"));
  if (closed.length === 0) return failed(expected, `no WebSocket was closed; ${ending(session.end)}`, -1);
  const wrong = closed.find((request) => !closes(request, "received"));
  return wrong === undefined ? pass : failed(expected, "none", wrong.at);
}

/** Scenarios of connections that end. */
export const reconnectScenarios: readonly Scenario[] = [
  {
    name: "reconnect",
    title: "A connection that is lost",
    summary: `${times("two")} After the first answer the agent ends the TCP connection without a word. Exit 0 once both are answered.`,
    profile: "websocket",
    requirements: ["WS-004"],
    takesMs: 1000,
    behave: endingAfterAnswers([lost]),
    cases: [
      {
        aspect: "opened",
        title: "A WebSocket that was lost is opened again",
        level: "MUST",
        requirements: ["WS-004", "WSB-020"],
        judge: opened(2),
      },
      {
        aspect: "wait",
        title: "The first wait is 1 second",
        level: "MUST",
        requirements: ["WS-004"],
        judge: waits([1000]),
      },
    ],
  },
  {
    name: "reconnect-waits",
    title: "A connection that is lost, and refused for a while",
    summary: `${times("three")} The first wait before connecting again is ASAP_CONFORMANCE_RECONNECT_MS milliseconds. After the first answer and after the second the agent ends the TCP connection without a word; after the first it also refuses the next two WebSockets with HTTP status 503. Exit 0 once all three are answered.`,
    profile: "websocket",
    requirements: ["WS-004"],
    takesMs: 3000,
    env: firstWait(baseMs),
    behave: endingAfterAnswers([lost, lost], refusing([1, 2])),
    cases: [
      {
        aspect: "doubled",
        title: "The waits double while it is in vain",
        level: "MUST",
        requirements: ["WS-004"],
        judge: waits([baseMs, 2 * baseMs, 4 * baseMs], 0, 1100),
      },
      {
        aspect: "start-over",
        title: "The waits start over after a success",
        level: "MUST",
        requirements: ["WS-004"],
        judge: waits([baseMs], 3, 1100),
      },
    ],
  },
  {
    name: "reconnect-longest-wait",
    title: "A connection that is refused for long",
    summary: `${times("two")} The first wait before connecting again is ASAP_CONFORMANCE_RECONNECT_MS milliseconds, and the longest ASAP_CONFORMANCE_RECONNECT_MAX_MS. After the first answer the agent ends the TCP connection without a word, and refuses the next five WebSockets with HTTP status 503. Exit 0 once both are answered.`,
    profile: "websocket",
    requirements: ["WS-004"],
    takesMs: 3000,
    env: {
      ...firstWait(cappedMs),
      ASAP_CONFORMANCE_RECONNECT_MAX_MS: {
        summary: "milliseconds of the longest wait before an attempt to connect again, in place of 30,000",
        value: () => String(longestMs),
      },
    },
    behave: endingAfterAnswers([lost], refusing([1, 2, 3, 4, 5])),
    cases: [
      {
        aspect: "waits",
        title: "No wait is longer than the longest one",
        level: "MUST",
        requirements: ["WS-004"],
        judge: waits([cappedMs, ...Array<number>(5).fill(longestMs)], 0, 1500),
      },
    ],
  },
  {
    name: "reconnect-codes",
    title: "Connections that are closed",
    summary: `${times("four")} The first wait before connecting again is ASAP_CONFORMANCE_RECONNECT_MS milliseconds. The agent closes the first WebSocket with 1001 and the reason Server shutting down, the second with 1011, the third with 1012, each after its answer. Exit 0 once all four are answered.`,
    profile: "websocket",
    requirements: ["WSB-020"],
    takesMs: 1500,
    env: firstWait(quickMs),
    behave: endingAfterAnswers([1001, 1011, 1012]),
    cases: [
      {
        aspect: "opened",
        title: "A WebSocket that was closed with 1001, 1011 or 1012 is opened again",
        level: "MUST",
        requirements: ["WSB-020"],
        judge: opened(4),
      },
      {
        aspect: "closes",
        title: "A close frame is answered with a close frame",
        level: "MUST",
        requirements: ["WS-002"],
        judge: closesAnswered,
      },
    ],
  },
  {
    name: "reconnect-policy",
    title: "A connection that is closed with 1008",
    summary: `${times("two")} After the first answer the agent closes the WebSocket with 1008. Exit 0 once both are answered.`,
    profile: "websocket",
    requirements: ["WSB-020"],
    takesMs: 1000,
    behave: endingAfterAnswers([1008]),
    cases: [
      {
        aspect: "opened",
        title: "A WebSocket that was closed with 1008 is opened again, after half a second or more",
        level: "MUST",
        requirements: ["WSB-020"],
        judge: waits([1000], 0, 20_000),
      },
    ],
  },
];

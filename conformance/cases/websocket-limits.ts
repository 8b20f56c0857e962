import { limits } from "../../generated/limits.js";
import type { Case, Verdict } from "../case.js";
import { accepted, describe, PASS, show } from "../checks.js";
import { answered, answersTo, closedWith, isAnswer, saidBy, saidIn, sayTask, talk } from "../conversation.js";
import { asObject } from "../documents.js";
import { hasWebSocket } from "../prerequisites.js";
import { opcodes, type WireFrame } from "../socket-frames.js";
import type { SocketAction } from "../websocket.js";

const messageBurst = 30;
const perSecond = Number(limits.websocket_messages_per_second);

const isOver = (frames: readonly WireFrame[]) =>
  saidIn(frames).filter(isAnswer).length >= messageBurst ||
  frames.some(({ direction, opcode }) => direction === "received" && opcode === opcodes.close);

const allOrClosed: SocketAction = { await: "an answer to each message, or a close frame", until: isOver };

const unlimited: Verdict = {
  outcome: "not-applicable",
  reason: `none of ${messageBurst} messages was refused: the limit is off or higher`,
};

const messages: Case = {
  id: "limits.websocket",
  title:
    "The 11th message of a second on one WebSocket is answered -32001 with its id, then the connection is closed with 1008",
  area: "limits",
  prerequisites: [hasWebSocket],
  level: "MUST",
  requirements: ["WSB-010"],
  steps: (context) => [
    talk(context, [
      ...Array.from({ length: messageBurst }, (_, at) =>
        sayTask(context, { frame: { id: at, method: "asap.nothing" } }),
      ),
      allOrClosed,
    ]),
  ],
  judge: ([exchange]): Verdict => {
    const fail = (expected: string, found: string): Verdict => ({ outcome: "fail", expected, found, at: 0 });
    if (exchange?.response?.status !== 101)
      return fail("a WebSocket", exchange === undefined ? "nothing" : describe(exchange));
    const given = saidBy(exchange).filter(isAnswer);
    const at = given.findIndex(({ json }) => asObject(json?.error)?.code === overRate);
    const refusal = given[at]?.json;
    if (refusal === undefined && given.length === messageBurst) return unlimited;
    const before = `${show(refusal?.error)} under the id ${show(refusal?.id)} as answer ${at + 1} of ${given.length}`;
    const answeredIds = new Set(given.slice(0, at).map(({ json }) => json?.id));
    const isOwn = Number.isInteger(refusal?.id) && Number(refusal?.id) < messageBurst && !answeredIds.has(refusal?.id);
    if (refusal === undefined || !isOwn || at < perSecond || at !== given.length - 1)
      return fail(`${perSecond} answers or more, then ${overRate} with the id of its message and nothing else`, before);
    if (asObject(refusal.error)?.message !== overRateText) return fail(`the message "${overRateText}"`, before);
    const closed = closedWith(exchange);
    const found = closed === null ? "no close frame" : `a close frame with ${closed.code}`;
    return closed?.code === 1008 ? PASS : fail("a close frame with 1008", found);
  },
};

const overRate = -32001;
const overRateText = "Rate limit exceeded; too many messages per second";

const answers: Case = {
  id: "limits.websocket.answers",
  title: "The tasks that came before one message too many are answered before the connection is closed",
  area: "limits",
  prerequisites: [hasWebSocket],
  level: "SHOULD",
  requirements: ["WSB-010"],
  steps: (context) => {
    const tasks = Array.from({ length: messageBurst }, (_, at) => sayTask(context, { frame: { id: at } }));
    return [talk(context, [...tasks, allOrClosed])];
  },
  judge: (exchanges, context): Verdict => {
    for (let id = 0; id < perSecond; id += 1) {
      const finding = answered(id, [accepted(0)])(exchanges, context);
      if (finding !== null) return { outcome: "fail", ...finding };
    }
    return answersTo(exchanges[0], messageBurst - 1).length === 0 ? PASS : unlimited;
  },
};

/** The message rate of a WebSocket, where the agent has one. */
export const messageLimitCases: readonly Case[] = [messages, answers];

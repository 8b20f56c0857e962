import type { Case } from "../case.js";
import { judged, show } from "../checks.js";
import { closedWith, frameOf, heard, opened, opening, talk } from "../conversation.js";
import { hasWebSocket, mayStop } from "../prerequisites.js";
import { opcodes } from "../socket-frames.js";
import type { Exchange } from "../wire.js";

const code = 1001;
const reason = "Server shutting down";

/** The agent ended the connection with code and reason after it was asked to end. */
const endsAsAsked = heard(0, `a close frame ${code} with the reason ${show(reason)} after SIGTERM`, (exchange) => {
  const { stop, frames = [] } = exchange;
  const closed = frames.findIndex(({ direction, opcode }) => direction === "received" && opcode === opcodes.close);
  if (stop === undefined || (closed >= 0 && closed < stop.at)) return `${endOf(exchange)}, before that`;
  const { code: its, reason: said } = closedWith(exchange) ?? {};
  return exchange.failure === undefined && its === code && said === reason ? null : endOf(exchange);
});

/** How a connection ended, in words. */
function endOf(exchange: Exchange): string {
  if (exchange.failure !== undefined) return exchange.failure.message;
  const closed = closedWith(exchange);
  if (closed === null) return "the end of the connection without a close frame";
  const words = closed.reason === "" ? "without a reason" : `with the reason ${show(closed.reason)}`;
  return `a close frame ${closed.code ?? "without a code"} ${words}`;
}

/** How an agent ends that is asked to. */
export const shutdownCases: readonly Case[] = [
  {
    id: "websocket.shutdown",
    title: "An agent that is asked to end closes each WebSocket with 1001 and a reason",
    area: "websocket",
    level: "MUST",
    requirements: ["WS-007"],
    phase: "end",
    prerequisites: [hasWebSocket, mayStop],
    steps: (context) => [talk(context, [...opening(context), { stop: true }, frameOf("close")])],
    judge: judged(opened, endsAsAsked),
  },
];

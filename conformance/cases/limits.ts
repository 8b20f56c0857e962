import { limits } from "../../generated/limits.js";
import { routes } from "../../generated/routes.js";
import type { Case, Verdict } from "../case.js";
import { describe, errorOf, jsonOf, PASS, show, textOf } from "../checks.js";
import { closedWith, isAnswer, saidBy, saidIn, sayTask, talk } from "../conversation.js";
import { asObject, get, postText } from "../documents.js";
import { readExposition, total } from "../exposition.js";
import { headerOf } from "../http-response.js";
import { opcodes, type WireFrame } from "../socket-frames.js";
import type { Exchange } from "../wire.js";
import { watch } from "./errors.js";

const isLimited = (exchange: Exchange) => exchange.response?.status === 429;

function shapeFault(exchange: Exchange): string | null {
  const answer = asObject(jsonOf(exchange));
  const data = asObject(errorOf(exchange)?.data);
  if (answer?.jsonrpc !== "2.0" || answer.id !== null || errorOf(exchange)?.code !== 429) return describe(exchange);
  return typeof data?.retry_after === "number" && typeof data.limit === "string" ? null : `data is ${show(data)}`;
}

const burstSize = 130;

const burst: Case = {
  id: "limits.burst",
  title:
    "A burst of malformed requests runs into the rate limit, other routes do not, and what was refused is not counted",
  area: "limits",
  level: "MUST",
  requirements: ["RATE-001", "RATE-004", "RATE-006", "MET-006"],
  phase: "last",
  unless: (context) => (context.burst ? null : "bursts are sent only when asked for"),
  steps: () => [
    get(routes.metrics.path, { expectsLimit: true }),
    ...Array.from({ length: burstSize }, () => postText("{", { expectsLimit: true })),
    get(routes.metrics.path, { expectsLimit: true }),
    get(routes.manifest.path, { expectsLimit: true }),
  ],
  judge: (exchanges): Verdict => {
    const fail = (at: number, expected: string, found: string): Verdict => ({ outcome: "fail", expected, found, at });
    const at = exchanges.findIndex(isLimited);
    const first = exchanges[at];
    const last = exchanges.at(-1);
    if (first === undefined || last === undefined) {
      return {
        outcome: "not-applicable",
        reason: `none of ${burstSize} requests was refused: the limit is off or higher`,
      };
    }
    const shape = shapeFault(first);
    if (shape !== null) return fail(at, "a JSON-RPC error of code 429", shape);
    const answered = exchanges.filter(
      ({ request, response }) => request.method === "POST" && response?.status === 200,
    ).length;
    const [before, after] = [requestsCounted(exchanges[0]), requestsCounted(exchanges.at(-2))];
    if (before !== null && after !== null && after - before !== answered) {
      return fail(burstSize + 1, `${answered} requests more in asap_requests_total`, `${after - before} more`);
    }
    return last.response?.status === 200
      ? PASS
      : fail(exchanges.length - 1, "the manifest, which is not limited", describe(last));
  },
};

const messageBurst = 30;
const perSecond = Number(limits.websocket_messages_per_second);

const messages: Case = {
  id: "limits.websocket",
  title:
    "The 11th message of a second on one WebSocket is answered -32001 with its id, then the connection is closed with 1008",
  area: "limits",
  level: "MUST",
  requirements: ["WSB-010"],
  steps: (context) => [
    talk(context, [
      ...Array.from({ length: messageBurst }, (_, at) =>
        sayTask(context, { frame: { id: at, method: "asap.nothing" } }),
      ),
      { await: "an answer to each message, or a close frame", until: (frames) => isOver(frames) },
    ]),
  ],
  judge: ([exchange]): Verdict => {
    const fail = (expected: string, found: string): Verdict => ({ outcome: "fail", expected, found, at: 0 });
    if (exchange?.response?.status !== 101)
      return fail("a WebSocket", exchange === undefined ? "nothing" : describe(exchange));
    const given = saidBy(exchange).filter(isAnswer);
    const at = given.findIndex(({ json }) => asObject(json?.error)?.code === overRate);
    const refusal = given[at]?.json;
    if (refusal === undefined && given.length === messageBurst) {
      const reason = `none of ${messageBurst} messages was refused: the limit is off or higher`;
      return { outcome: "not-applicable", reason };
    }
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

const isOver = (frames: readonly WireFrame[]) =>
  saidIn(frames).filter(isAnswer).length >= messageBurst ||
  frames.some(({ direction, opcode }) => direction === "received" && opcode === opcodes.close);

function requestsCounted(exchange: Exchange | undefined): number | null {
  const page = exchange?.response?.status === 200 ? readExposition(textOf(exchange)) : "";
  return typeof page === "string" ? null : total(page, "asap_requests_total");
}

/** The rate limit, as far as the run meets it. */
export const limitCases: readonly Case[] = [
  watch(
    {
      id: "limits.form",
      title: "A request over the rate limit is answered 429 with a JSON-RPC error, id null and the limit in data",
      requirements: ["RATE-002"],
      expected: "a JSON-RPC error of code 429 with id null, retry_after and limit",
      concerns: (exchange) => isLimited(exchange) && exchange.request.path === routes.rpc.path,
      found: shapeFault,
    },
    "limits",
  ),
  watch(
    {
      id: "limits.retry-after",
      title: "A 429 answer says in whole seconds when to come again",
      requirements: ["RATE-003"],
      expected: "Retry-After: a whole number of at least 1",
      concerns: isLimited,
      found: (exchange) => {
        const value = headerOf(exchange.response, "retry-after");
        return /^[1-9]\d*$/.test(value ?? "") ? null : `Retry-After: ${show(value)}`;
      },
    },
    "limits",
  ),
  watch(
    {
      id: "limits.other-routes",
      title: "Other routes than POST /asap are not rate limited",
      requirements: ["RATE-006"],
      expected: "no 429 outside POST /asap",
      concerns: (exchange) => isLimited(exchange),
      found: (exchange) =>
        exchange.request.path === routes.rpc.path && exchange.request.method === "POST"
          ? null
          : `429 on ${exchange.request.method} ${exchange.request.path}`,
    },
    "limits",
  ),
  messages,
  burst,
];

import type { Case, Context, Step } from "../case.js";
import { answers, asExchange, describeTalk, isAnswer, saidBy, say, talk } from "../conversation.js";
import { hasWebSocket } from "../prerequisites.js";
import type { WireRequest } from "../wire.js";
import { envelopeCases } from "./envelope.js";
import { errorCases } from "./errors.js";
import { idempotencyCases } from "./idempotency.js";
import { jsonrpcCases } from "./jsonrpc.js";
import { replayCases } from "./replay.js";
import { taskCases } from "./task.js";

/** Cases over HTTP that are tried over a WebSocket too. */
const chosen = [
  "jsonrpc.jsonrpc.string",
  "jsonrpc.id.missing",
  "jsonrpc.id.null",
  "jsonrpc.id.echoed.string",
  "jsonrpc.id.echoed.digits",
  "jsonrpc.id.echoed.one",
  "jsonrpc.id.on-error.integer",
  "jsonrpc.id.on-structure-fault",
  "jsonrpc.method.asap.nothing",
  "jsonrpc.params.array",
  "jsonrpc.text.bom",
  "jsonrpc.deep-nesting",
  "jsonrpc.duplicate-members",
  "jsonrpc.order-of-stages",
  "envelope.proto-member",
  "jsonrpc.answer.form",
  "jsonrpc.answer.no-error-member",
  "envelope.absent",
  "envelope.null",
  "envelope.sender.upper-case",
  "envelope.surprise.extra",
  "envelope.recipient.another-agent",
  "task.echo",
  "task.answer.fits-envelope",
  "task.answer.correlation",
  "task.answer.version",
  "task.unknown-type.no.such",
  "task.payload.surprise.extra",
  "task.unknown-skill",
  "errors.located.envelope-missing",
  "replay.old-301",
  "replay.ahead-31",
  "idempotency.same-bytes",
  "idempotency.envelope-id",
];

/** Steps of a case over HTTP as conversations of one request each. */
function overSocket(context: Context, steps: readonly Step[]): Step[] {
  const said = ({ body = "", document, share }: WireRequest): WireRequest => {
    const shared = share === undefined ? {} : { share: `websocket ${share}` };
    return talk(context, [say(body), answers(1)], { ...shared, ...(document === undefined ? {} : { document }) });
  };
  return steps.map((step) => (typeof step === "function" ? (earlier) => said(step(earlier)) : said(step)));
}

/** A case over HTTP, tried over a WebSocket: the answers are those of HTTP. */
export function mirrored(one: Case): Case {
  return {
    ...one,
    id: `websocket.same.${one.id}`,
    title: `${one.title}, over a WebSocket as over HTTP`,
    area: "websocket",
    prerequisites: [hasWebSocket, ...(one.prerequisites ?? [])],
    requirements: ["WSB-001", ...one.requirements],
    steps: (context) => overSocket(context, one.steps(context)),
    judge: (exchanges, context) => {
      const views = exchanges.map((exchange) => {
        const said = saidBy(exchange).find(isAnswer);
        if (said !== undefined) return asExchange(exchange, said);
        const { response: _, ...silent } = exchange;
        if (exchange.response?.status !== 101) return exchange;
        return { ...silent, failure: { kind: "timeout", message: describeTalk(exchange) } as const };
      });
      return one.judge(views, context);
    },
  };
}

const overHttp = [...jsonrpcCases, ...envelopeCases, ...taskCases, ...replayCases, ...idempotencyCases, ...errorCases];

/** What is the same over a WebSocket as over HTTP. */
export const sameCases: readonly Case[] = overHttp.filter(({ id }) => chosen.includes(id)).map(mirrored);

import { routes } from "../../generated/routes.js";
import type { Case, Verdict } from "../case.js";
import { describe, errorOf, jsonOf, PASS, show } from "../checks.js";
import { asObject, get, postText } from "../documents.js";
import { headerOf } from "../http-response.js";
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
  title: "A burst of malformed requests runs into the rate limit, and other routes do not",
  area: "limits",
  level: "MUST",
  requirements: ["RATE-001", "RATE-004", "RATE-006"],
  phase: "last",
  unless: (context) => (context.burst ? null : "bursts are sent only when asked for"),
  steps: () => [
    ...Array.from({ length: burstSize }, () => postText("{", { expectsLimit: true })),
    get(routes.manifest.path, { expectsLimit: true }),
  ],
  judge: (exchanges): Verdict => {
    const at = exchanges.findIndex(isLimited);
    if (at < 0)
      return {
        outcome: "not-applicable",
        reason: `none of ${burstSize} requests was refused: the limit is off or higher`,
      };
    const first = exchanges[at];
    const shape = first === undefined ? "nothing" : shapeFault(first);
    if (shape !== null) return { outcome: "fail", expected: "a JSON-RPC error of code 429", found: shape, at };
    const last = exchanges.at(-1);
    if (last?.response?.status === 200) return PASS;
    return {
      outcome: "fail",
      expected: "the manifest, which is not limited",
      found: last ? describe(last) : "nothing",
      at: burstSize,
    };
  },
};

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
  burst,
];

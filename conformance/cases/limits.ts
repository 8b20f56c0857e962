import { routes } from "../../generated/routes.js";
import type { Case, Verdict } from "../case.js";
import { describe, errorOf, jsonOf, PASS, show, textOf } from "../checks.js";
import { asObject, get, postText } from "../documents.js";
import { readExposition, total } from "../exposition.js";
import { headerOf } from "../http-response.js";
import { mayBurst } from "../prerequisites.js";
import type { Exchange } from "../wire.js";
import { watch } from "./errors.js";
import { messageLimitCases } from "./websocket-limits.js";

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
  prerequisites: [mayBurst],
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
  ...messageLimitCases,
  burst,
];

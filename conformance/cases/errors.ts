import { errors } from "../../generated/errors.js";
import { routes } from "../../generated/routes.js";
import { validateHttpDetail } from "../../generated/validators/http-detail.js";
import { validateJsonRpcFailure } from "../../generated/validators/json-rpc-failure.js";
import { validateValidationIssue } from "../../generated/validators/validation-issue.js";
import type { Case, Verdict } from "../case.js";
import {
  accepted,
  describe,
  errorData,
  errorOf,
  expect,
  fault,
  jsonOf,
  judged,
  PASS,
  show,
  status,
  textOf,
} from "../checks.js";
import { type Changes, post, task, taskDocument, twin } from "../documents.js";
import { headerOf } from "../http-response.js";
import { refusal } from "../refusal.js";
import type { Exchange } from "../wire.js";

interface Watch {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  /** MUST unless set. */
  readonly level?: Case["level"];
  readonly expected: string;
  /** Whether the exchange has anything to do with the rule. */
  readonly concerns: (exchange: Exchange) => boolean;
  /** What is wrong with it; null when nothing. */
  readonly found: (exchange: Exchange) => string | null;
}

/** A case that looks at every exchange of the run. */
export function watch(
  { id, title, requirements, level = "MUST", expected, concerns, found }: Watch,
  area: Case["area"] = "errors",
): Case {
  return {
    id,
    title,
    area,
    level,
    requirements,
    watches: true,
    steps: () => [],
    judge: ([exchange]): Verdict => {
      if (exchange === undefined || !concerns(exchange))
        return { outcome: "not-applicable", reason: "no such answer was seen" };
      const wrong = found(exchange);
      return wrong === null ? PASS : { outcome: "fail", expected, found: wrong, at: 0 };
    },
  };
}

const isError = (exchange: Exchange) => errorOf(exchange) !== undefined;
const isRpc = (exchange: Exchange) => exchange.request.path === routes.rpc.path && exchange.response !== undefined;
const faultsOf = (exchange: Exchange) => errorData(exchange)?.validation_errors;

const messageOf = new Map<unknown, string>(Object.values(errors).map((one) => [one.jsonrpc, one.message]));

/** Traces of an agent's inside; what the request holds itself is none. */
const traces: readonly RegExp[] = [
  /(?:\n|\\n)[ \t]{1,40}at [^\n]{1,300}?:\d+:\d+/g,
  /Traceback \(most recent call last\)/g,
  /File \\?"[^"]{1,300}", line \d+/g,
  /(?:\/home\/|\/usr\/|\/opt\/|\/var\/|\/root\/|file:\/\/\/)[\w.-]{1,100}\//g,
  /node_modules[/\\]/g,
  /\b[A-Z]:\\{1,2}(?:Users|Program|Windows)/g,
  /goroutine \d+ \[/g,
];

function leak(exchange: Exchange): string | null {
  const text = textOf(exchange);
  const sent = exchange.sent.toString("latin1");
  const hits = traces.flatMap((pattern) => [...text.matchAll(pattern)].map(([hit]) => hit));
  const trace = hits.find((hit) => !sent.includes(hit));
  if (trace !== undefined) return `the answer holds ${show(trace.trim())}`;
  const token = /^authorization: *\S+ +(\S{8,})\r?$/im.exec(sent)?.[1];
  return token !== undefined && text.includes(token) ? "the answer holds the caller's token" : null;
}

const watches: readonly Case[] = [
  watch({
    id: "errors.message",
    title: "The message of every error is the fixed text of its code",
    requirements: ["CODE-001"],
    expected: "the text of the code",
    concerns: (exchange) => isError(exchange) && messageOf.has(errorOf(exchange)?.code),
    found: (exchange) => {
      const { code, message } = errorOf(exchange) ?? {};
      return message === messageOf.get(code)
        ? null
        : `${show(code)} says ${show(message)}, not ${show(messageOf.get(code))}`;
    },
  }),
  watch({
    id: "errors.status",
    title: "Every JSON-RPC error travels with HTTP status 200, save for 429 and 503",
    requirements: ["CODE-002"],
    expected: "HTTP 200",
    concerns: (exchange) => isRpc(exchange) && isError(exchange),
    found: (exchange) => ([200, 429, 503].includes(exchange.response?.status ?? 0) ? null : describe(exchange)),
  }),
  watch({
    id: "errors.no-server-error",
    title:
      "No request of this run is answered with a 5xx status, save for 503, unless the issuer of its token is at fault",
    requirements: ["CODE-005"],
    expected: "a status under 500, or 503 for an agent that has too much to do",
    concerns: (exchange) => isRpc(exchange) && !["fails", "errs"].includes(exchange.request.issuer ?? ""),
    found: (exchange) => {
      const { status = 0 } = exchange.response ?? {};
      return status < 500 || status === 503 ? null : describe(exchange);
    },
  }),
  watch({
    id: "errors.no-leak",
    title: "No answer holds a stack, a file path or the caller's token",
    requirements: ["CODE-003", "CODE-007"],
    expected: "no trace of the agent's inside",
    concerns: (exchange) => exchange.response !== undefined && (exchange.response.status >= 400 || isError(exchange)),
    found: leak,
  }),
  watch({
    id: "errors.form",
    title: "Every JSON-RPC error fits its schema and has no result beside it",
    requirements: ["RPC-003", "RPC-014", "JSON-001"],
    expected: "an answer that fits JsonRpcFailure",
    concerns: (exchange) => isRpc(exchange) && isError(exchange),
    found: (exchange) => fault(validateJsonRpcFailure, jsonOf(exchange)),
  }),
  watch({
    id: "errors.faults-form",
    title: "Every validation fault is told with type, loc and msg",
    requirements: ["RPC-017"],
    level: "SHOULD",
    expected: "items with type, loc and msg",
    concerns: (exchange) => faultsOf(exchange) !== undefined,
    found: (exchange) => {
      const faults = faultsOf(exchange);
      if (!Array.isArray(faults) || faults.length === 0) return `validation_errors is ${show(faults)}`;
      return faults.map((one) => fault(validateValidationIssue, one)).find((wrong) => wrong !== null) ?? null;
    },
  }),
  watch({
    id: "errors.json",
    title: "Every answer that says it is JSON can be read as JSON, without NaN or Infinity",
    requirements: ["PARSE-004", "HTTP-012"],
    expected: "JSON",
    concerns: (exchange) =>
      (exchange.response?.body.length ?? 0) > 0 &&
      /^application\/json/i.test(headerOf(exchange.response, "content-type") ?? ""),
    found: (exchange) => (jsonOf(exchange) === undefined ? show(textOf(exchange)) : null),
  }),
  watch({
    id: "errors.detail",
    title: "What is refused before JSON-RPC is told in a detail body",
    requirements: ["HTTP-004", "HTTP-008", "HTTP-009", "HTTP-010"],
    level: "SHOULD",
    expected: 'a body like {"detail":"…"}',
    concerns: (exchange) => {
      const { headers, raw } = exchange.request;
      const badEncoding = exchange.response?.status === 400 && headers?.["Content-Encoding"] !== undefined;
      return (
        isRpc(exchange) && raw === undefined && (badEncoding || [413, 415].includes(exchange.response?.status ?? 0))
      );
    },
    found: (exchange) => fault(validateHttpDetail, jsonOf(exchange)),
  }),
  watch({
    id: "errors.content-type",
    title: "Every JSON-RPC answer has the content type application/json",
    requirements: ["HTTP-012"],
    expected: "Content-Type: application/json",
    concerns: (exchange) => isRpc(exchange) && (isError(exchange) || /^\s*\{"jsonrpc"/.test(textOf(exchange))),
    found: (exchange) => {
      const type = headerOf(exchange.response, "content-type");
      return /^application\/json\s*(;|$)/i.test(type ?? "") ? null : `Content-Type: ${show(type)}`;
    },
  }),
];

interface Located {
  readonly id: string;
  readonly code: number;
  readonly members: readonly string[];
  readonly changes: Changes;
}

const locatedFaults: readonly Located[] = [
  { id: "envelope-missing", code: -32602, members: ["sender"], changes: { envelope: { sender: undefined } } },
  { id: "envelope-type", code: -32602, members: ["trace_id"], changes: { envelope: { trace_id: 7 } } },
  { id: "envelope-extra", code: -32602, members: ["surprise"], changes: { envelope: { surprise: 1 } } },
  {
    id: "envelope-two",
    code: -32602,
    members: ["payload_type", "asap_version"],
    changes: { envelope: { payload_type: undefined, asap_version: 1 } },
  },
  { id: "payload-missing", code: -32602, members: ["skill_id"], changes: { payload: { skill_id: undefined } } },
  { id: "payload-extra", code: -32602, members: ["surprise"], changes: { payload: { surprise: 1 } } },
  { id: "frame-missing", code: -32600, members: ["method"], changes: { frame: { method: undefined } } },
  { id: "frame-extra", code: -32600, members: ["surprise"], changes: { frame: { surprise: 1 } } },
  { id: "params-type", code: -32602, members: ["params"], changes: { frame: { params: [] } } },
];

const located = locatedFaults.map(({ id, code, members, changes }) =>
  refusal({
    id: `errors.located.${id}`,
    title: `The faults name ${members.join(" and ")}`,
    area: "errors",
    level: "SHOULD",
    requirements: ["RPC-017"],
    code,
    request: (context) => post(taskDocument(context, changes)),
    checks: [
      expect(1, `a fault whose loc has ${members.join(", and one whose loc has ")}`, (exchange) => {
        const faults = faultsOf(exchange);
        const locs = Array.isArray(faults) ? faults.map((one) => (Array.isArray(one?.loc) ? one.loc : [])) : [];
        const unnamed = members.filter((member) => !locs.some((loc) => loc.includes(member)));
        return unnamed.length === 0 ? null : `no fault names ${unnamed.join(", ")}: ${show(locs, 200)}`;
      }),
    ],
  }),
);

const unsupported: Case = {
  id: "errors.before-jsonrpc",
  title: "A body in an encoding nobody knows is refused before JSON-RPC",
  area: "errors",
  level: "MUST",
  requirements: ["HTTP-008"],
  steps: (context) => [twin(context), task(context, {}, { headers: { "Content-Encoding": "x-unknown" } })],
  judge: judged(accepted(0), status(1, 415)),
};

const stillServing: Case = {
  id: "errors.still-serving",
  title: "After all of that the agent still carries out a task",
  area: "errors",
  level: "MUST",
  requirements: ["CODE-005", "PARSE-005"],
  phase: "last",
  steps: (context) => [task(context)],
  judge: judged(accepted(0)),
};

/** Errors: their form over the whole run, and that faults are named. */
export const errorCases: readonly Case[] = [...located, unsupported, ...watches, stillServing];

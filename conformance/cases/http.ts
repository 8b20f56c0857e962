import { brotliCompressSync, gzipSync } from "node:zlib";
import { limits } from "../../generated/limits.js";
import { routes } from "../../generated/routes.js";
import { validateHttpDetail } from "../../generated/validators/http-detail.js";
import type { Case, Context, Level, Step } from "../case.js";
import { accepted, bodyFits, type Check, describe, expect, header, judged, status, textOf } from "../checks.js";
import { get, post, postText, task, taskDocument, twin } from "../documents.js";
import { headerOf } from "../http-response.js";
import { isCompact } from "../raw-json.js";
import { acceptance } from "../refusal.js";
import type { WireRequest } from "../wire.js";

const limit = Number(limits.max_request_bytes);
const gigabyte = 2 ** 30;

interface HttpFault {
  readonly id: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly level?: Level;
  readonly request: (context: Context) => Step;
  readonly status: readonly number[];
  readonly checks?: readonly Check[];
}

/** A request that fails before JSON-RPC: bound to an accepted twin, answered with a status and a detail body. */
function httpFault(from: HttpFault): Case {
  return {
    id: `http.${from.id}`,
    title: from.title,
    area: "http",
    level: from.level ?? "MUST",
    requirements: from.requirements,
    steps: (context) => [twin(context), from.request(context)],
    judge: judged(accepted(0), status(1, ...from.status), ...(from.checks ?? [bodyFits(1, validateHttpDetail)])),
  };
}

const wrongMethods: Case[] = [
  ...["GET", "PUT", "DELETE", "PATCH", "OPTIONS"].map((method): [string, string, string] => [
    method,
    routes.rpc.path,
    "rpc",
  ]),
  ["POST", routes.manifest.path, "manifest"] as [string, string, string],
  ["POST", routes.agent_health.path, "agent_health"] as [string, string, string],
  ["PUT", routes.metrics.path, "metrics"] as [string, string, string],
].map(([method, path, name]) =>
  httpFault({
    id: `wrong-method.${name}.${method.toLowerCase()}`,
    title: `${method} ${path} is answered 405 with Allow`,
    requirements: ["HTTP-002"],
    request: () => ({ method, path, ...(method === "POST" || method === "PUT" ? { body: "{}" } : {}) }),
    status: [405],
    checks: [
      expect(1, `Allow: ${name === "rpc" ? "POST" : "GET"} among others`, (exchange) => {
        const allow = headerOf(exchange.response, "allow");
        if (allow === undefined) return "no Allow header";
        const methods = allow.split(",").map((one) => one.trim().toUpperCase());
        return methods.includes(name === "rpc" ? "POST" : "GET") && !methods.includes(method)
          ? null
          : `Allow: ${allow}`;
      }),
      bodyFits(1, validateHttpDetail),
    ],
  }),
);

const paths: Case[] = [
  ["GET", "/asap-conformance-no-such-path", "unknown-path.get", ["HTTP-003"]],
  ["POST", "/asap/nope", "unknown-path.post", ["HTTP-003"]],
  ["GET", routes.websocket.path, "websocket-path-plain", ["HTTP-013"]],
  ["GET", "/docs", "docs", ["HTTP-014"]],
  ["GET", "/redoc", "redoc", ["HTTP-014"]],
  ["GET", "/openapi.json", "openapi", ["HTTP-014"]],
].map(([method, path, id, requirements]) =>
  httpFault({
    id: String(id),
    title: `${method} ${path} is answered 404 with a detail body`,
    requirements: requirements as string[],
    request: () => ({ method: String(method), path: String(path), ...(method === "POST" ? { body: "{}" } : {}) }),
    status: [404],
  }),
);

const encoded = (context: Context, encoding: string, body: (plain: string) => Uint8Array | string): WireRequest => {
  const document = taskDocument(context);
  return postText(body(JSON.stringify(document)), {
    document,
    headers: { "Content-Encoding": encoding },
    group: "task",
  });
};

const encodings: Case[] = [
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
  ["identity", (plain: string) => plain],
].map(([name, compress]) =>
  acceptance({
    id: `http.encoding.${name}`,
    title: `A body in ${name} encoding is accepted`,
    area: "http",
    requirements: ["HTTP-007"],
    request: (context) => encoded(context, String(name), compress as (plain: string) => Uint8Array | string),
  }),
);

const badEncodings: Case[] = [
  ...["deflate", "zstd", "gzip, br", "gzip, gzip"].map((encoding) =>
    httpFault({
      id: `encoding.${encoding.replace(/\W+/g, "-")}.unsupported`,
      title: `The Content-Encoding ${encoding} is answered 415`,
      requirements: ["HTTP-008"],
      request: (context) => encoded(context, encoding, (plain) => plain),
      status: [415],
      checks: [],
    }),
  ),
  ...(["gzip", "br"] as const).map((encoding) =>
    httpFault({
      id: `encoding.${encoding}.not-compressed`,
      title: `A plain body that says it is ${encoding} is answered 400`,
      requirements: ["HTTP-009"],
      request: (context) => encoded(context, encoding, (plain) => plain),
      status: [400],
      checks: [],
    }),
  ),
  httpFault({
    id: "encoding.gzip.cut-off",
    title: "A gzip body that is cut off is answered 400",
    requirements: ["HTTP-009"],
    request: (context) => encoded(context, "gzip", (plain) => gzipSync(plain).subarray(0, 60)),
    status: [400],
    checks: [],
  }),
];

const padded = (context: Context, size: number) => {
  const text = JSON.stringify(taskDocument(context));
  return Buffer.concat([Buffer.from(text), Buffer.alloc(size - Buffer.byteLength(text), " ")]);
};

const sizes: Case[] = [
  httpFault({
    id: "size.declared",
    title: "A declared length over the limit is answered 413",
    requirements: ["HTTP-004", "HTTP-006"],
    request: () => postText("{}", { framing: gigabyte }),
    status: [413],
    checks: [],
  }),
  httpFault({
    id: "size.declared-on-get",
    title: "A declared length over the limit is answered 413 on every route",
    requirements: ["HTTP-006"],
    request: () => get(routes.manifest.path, { body: "{}", framing: gigabyte }),
    status: [413],
    checks: [],
  }),
  httpFault({
    id: "size.declared-before-method",
    title: "A declared length over the limit is answered 413 before a wrong method",
    requirements: ["HTTP-006"],
    request: () => ({ method: "PUT", path: routes.rpc.path, body: "{}", framing: gigabyte }),
    status: [413],
    checks: [],
  }),
  httpFault({
    id: "size.streamed",
    title: "A body in chunks that grows over the limit is answered 413",
    requirements: ["HTTP-004"],
    request: (context) => postText(padded(context, limit + 1), { framing: "chunked" }),
    status: [413],
    checks: [],
  }),
  httpFault({
    id: "size.inflated",
    title: "A body that inflates over the limit is answered 413",
    requirements: ["HTTP-010"],
    request: (context) => postText(gzipSync(padded(context, limit + 1)), { headers: { "Content-Encoding": "gzip" } }),
    status: [413],
    checks: [],
  }),
  acceptance({
    id: "http.size.exact",
    title: "A body of exactly the size limit is accepted",
    area: "http",
    requirements: ["HTTP-005"],
    request: (context) => postText(padded(context, limit), { group: "large" }),
  }),
];

const framing: Case[] = [
  acceptance({
    id: "http.answer.compact",
    title: "The answer is compact JSON in raw UTF-8",
    area: "http",
    level: "SHOULD",
    requirements: ["JSON-008"],
    request: (context) => task(context, { envelope: { trace_id: "spür-☃" } }),
    checks: [
      expect(0, "JSON without space and without escapes", (exchange) =>
        isCompact(textOf(exchange)) && textOf(exchange).includes("spür-☃") ? null : textOf(exchange).slice(0, 120),
      ),
    ],
  }),
  acceptance({
    id: "http.post",
    title: "JSON-RPC is served on POST /asap with the content type application/json",
    area: "http",
    requirements: ["HTTP-001", "HTTP-012"],
    request: twin,
    checks: [header(0, "Content-Type", /^application\/json\s*(;|$)/i, "application/json")],
  }),
  acceptance({
    id: "http.chunked",
    title: "A body sent in chunks is accepted",
    area: "http",
    requirements: ["HTTP-015"],
    request: (context) => task(context, {}, { framing: "chunked" }),
  }),
  ...["text/plain", "application/x-www-form-urlencoded", ""].map((type) =>
    acceptance({
      id: `http.content-type.${type === "" ? "absent" : type.replace(/\W+/g, "-")}`,
      title: `A request ${type === "" ? "without Content-Type" : `of type ${type}`} is served`,
      area: "http",
      requirements: ["HTTP-011"],
      request: (context) => {
        const { headers: _, ...plain } = task(context);
        return type === "" ? plain : { ...plain, headers: { "Content-Type": type } };
      },
    }),
  ),
  {
    id: "http.length-too-short",
    title: "A body longer than its Content-Length is a parse error or a bad request, and the agent goes on",
    area: "http",
    level: "MUST",
    requirements: ["PARSE-001", "CODE-005"],
    steps: (context) => [
      twin(context),
      post(taskDocument(context), { framing: 20, headers: { Connection: "close" } }),
      task(context),
    ],
    judge: judged(
      accepted(0),
      expect(1, "a parse error or HTTP 400", (exchange) =>
        exchange.response?.status === 400 || /-32700/.test(textOf(exchange)) ? null : describe(exchange),
      ),
      accepted(2),
    ),
  },
  {
    id: "http.not-http",
    title: "Bytes that are no HTTP are not answered with a 5xx, and the agent goes on",
    area: "http",
    level: "MUST",
    requirements: ["CODE-005"],
    steps: (context) => [
      twin(context),
      { method: "GET", path: "/", raw: Buffer.from("\x00\x01 not http at all\r\n\r\n", "latin1") },
      task(context),
    ],
    judge: judged(
      accepted(0),
      ([, garbage]) => {
        const status = garbage?.response?.status ?? 0;
        const refused =
          (status >= 400 && status < 500) || ["reset", "malformed"].includes(garbage?.failure?.kind ?? "");
        const found = garbage === undefined ? "nothing" : describe(garbage);
        return refused ? null : { expected: "a 4xx, an answer that is no HTTP or a closed connection", found, at: 1 };
      },
      accepted(2),
    ),
  },
];

/** HTTP: methods, paths, encodings, sizes and framing. */
export const httpCases: readonly Case[] = [
  ...wrongMethods,
  ...paths,
  ...encodings,
  ...badEncodings,
  ...sizes,
  ...framing,
];

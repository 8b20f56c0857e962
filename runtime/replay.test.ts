import { readFileSync } from "node:fs";
import { connect as connectSocket, type Socket } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cutMark, shifted, variants } from "./testing/recorded-variants.js";
import { type Server, serve } from "./transport/node.js";
import { ulid } from "./ulid.js";

interface Exchange {
  readonly name: string;
  readonly transport: string;
  readonly server: string;
  readonly request: { method: string; path: string; headers: Record<string, string>; body?: string };
  readonly response: { status: number; headers: Record<string, string>; body: string };
}

const captures = readFileSync(new URL("../conformance/captures.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Exchange);

interface Outcome {
  readonly status: number;
  /** `result`, the code of an error, or undefined where the body is no JSON-RPC. */
  readonly rpc: number | "result" | undefined;
  readonly payloadType?: string | undefined;
}

/** Where we differ from the record, why, and what we answer instead. */
interface Exception {
  readonly row: string;
  readonly outcome: Partial<Outcome>;
}

const lax = "wire section 18 row 5: lax forms are refused";
const unknownSkill = "an unknown skill_id is -32602";
const exceptions: Readonly<Record<string, Exception>> = {
  ok_id_float_integral: { row: "wire section 18 row 3: coerced ids are -32600", outcome: { rpc: -32600 } },
  ok_timestamp_epoch_seconds: { row: lax, outcome: { rpc: -32602 } },
  ok_timestamp_epoch_string: { row: lax, outcome: { rpc: -32602 } },
  ok_requires_ack_string_yes: { row: lax, outcome: { rpc: -32602 } },
  ok_urn_trailing_newline: { row: lax, outcome: { rpc: -32602 } },
  payload_StateQuery_version_string: { row: lax, outcome: { rpc: -32602 } },
  ok_unicode_input: { row: unknownSkill, outcome: { rpc: -32602 } },
  ok_empty_conversation_and_skill: { row: unknownSkill, outcome: { rpc: -32602 } },
  bad_nan_in_input: { row: "NaN is no JSON (RFC 8259)", outcome: { rpc: -32700 } },
  bad_id_object: { row: "wire section 18 row 4: id is never empty", outcome: { rpc: -32600 } },
  bad_id_fractional: { row: "wire section 18 row 4: id is never empty", outcome: { rpc: -32600 } },
  bad_payload_type_camel_on_echo: { row: "wire section 4: spellings are normalised", outcome: { rpc: "result" } },
  wellknown_health_head: { row: "wire section 18 row 13: HEAD is served", outcome: { status: 200 } },
  docs_on_debug: { row: "wire section 7: no debug pages", outcome: { status: 404 } },
};

/** Section 18 rows 1 and 2: what the reference answers with -32603 though the sender is at fault. */
const senderFaults = [
  "bad_urn_upper",
  "bad_urn_three_segments",
  "bad_urn_underscore",
  "bad_urn_upper_debug_server",
  "bad_urn_and_missing_payload",
  "bad_payload_missing_field",
  "bad_payload_extra_field",
  "bad_payload_empty",
  "bad_payload_missing_field_debug",
  "payload_TaskUpdate_percent_101",
  "payload_TaskUpdate_percent_string",
  "payload_TaskUpdate_bad_type",
  "payload_TaskResponse_bad_status",
  "payload_MessageSend_bad_role",
  "payload_McpToolResult_fail_no_error",
  "payload_McpToolResult_both",
  "payload_MessageAck_bad_status",
];
const exceptionOf = (name: string): Exception | undefined =>
  senderFaults.includes(name)
    ? { row: "wire section 18 rows 1 and 2: the sender's fault is -32602", outcome: { rpc: -32602 } }
    : exceptions[name];

/** The body as sent, with times moved by `byMs` and a fresh envelope id unless the record is about repeats. */
function freshBody(record: Exchange, byMs: number): Buffer {
  const { body = "", headers } = record.request;
  const zipped = headers["Content-Encoding"] === "gzip" && body.startsWith("base64:");
  if (body.startsWith("base64:") && !zipped) return Buffer.from(body.slice(7), "base64");
  const length = Number(cutMark.exec(body)?.[1] ?? 0);
  let text = zipped ? gunzipSync(Buffer.from(body.slice(7), "base64")).toString() : body.padEnd(length, "x");
  text = text.replace(
    /("timestamp": ?)("?)([^",}]+)\2/,
    (_all, name, mark, value) => name + mark + shifted(value, byMs) + mark,
  );
  if (!record.name.startsWith("ok_duplicate_")) text = text.replace("01HX5K3MQVN8000000000ENV01", ulid());
  return zipped ? gzipSync(text) : Buffer.from(text);
}

/** Entity tags the records name are those of the recorded manifest; ours stands in for it. */
async function withOwnTag(record: Exchange, server: Server): Promise<Exchange> {
  const condition = record.request.headers["If-None-Match"];
  if (condition === undefined) return record;
  const own = (await fetch(`${server.url}${record.request.path}`)).headers.get("etag") ?? "";
  const headers = { ...record.request.headers, "If-None-Match": condition.replace(/"[0-9a-f]{64}"/, own) };
  return { ...record, request: { ...record.request, headers } };
}

/** Sends a record's bytes over a socket of its own and reads the answer to the end. */
function send(port: number, record: Exchange, body: Buffer): Promise<Outcome> {
  const { method, path, headers } = record.request;
  const chunked = headers["Transfer-Encoding"] === "chunked";
  const declared = Number(headers["Content-Length"] ?? 0);
  const whole = declared <= 1_000_000 && record.name !== "bad_small_limit_2000_get_manifest_with_big_cl";
  const lines = Object.entries(headers).map(([name, value]) =>
    name === "Content-Length" && whole ? `${name}: ${body.length}` : `${name}: ${value}`,
  );
  return new Promise((resolve, reject) => {
    const socket = connectSocket(port, "127.0.0.1", () => {
      socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (chunked)
        socket.write(
          Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")]),
        );
      else if (whole) socket.write(body);
    });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(outcomeOf(Buffer.concat(chunks).toString("utf8"))));
  });
}

function outcomeOf(raw: string): Outcome {
  const [head = "", body = ""] = raw.split("\r\n\r\n");
  return rpcOutcome(Number(head.split(" ")[1]), body);
}

/** Reads an outcome out of a body; recorded bodies may be cut short. */
function rpcOutcome(status: number, body: string): Outcome {
  if (!body.startsWith('{"jsonrpc"')) return { status, rpc: undefined };
  const code = /^\{"jsonrpc":"2.0",(?:"id":null,)?"error":\{"code":(-?\d+)/.exec(body)?.[1];
  if (code !== undefined) return { status, rpc: Number(code) };
  return { status, rpc: "result", payloadType: /"payload_type":"([^"]*)"/.exec(body)?.[1] };
}

describe("the recorded HTTP exchanges of the reference replay with the same outcome", () => {
  const all = captures.filter(({ transport }) => transport === "http");
  const cut = all.filter(({ request, response }) => cutMark.test(request.body ?? "") && response.status === 200);
  const http = all.filter((record) => !cut.includes(record));
  const traced = http.filter(({ server }) => server.includes("tracing"));
  const identity = http.filter(({ server }) => server.startsWith("oauth"));
  const servers = new Map<string, Server>();
  const blocked: Socket[] = [];
  let lastRecordedMs = 0;

  beforeAll(async () => {
    for (const [name, make] of Object.entries(variants)) {
      const [agent, options] = make();
      servers.set(name, await serve(agent, { ...options, port: 0 }));
    }
  });
  afterAll(async () => {
    for (const socket of blocked) socket.destroy();
    await Promise.all([...servers.values()].map((server) => server.close()));
  });

  test("every record belongs to a variant, to tracing or to identity, but for the one whose body was cut", () => {
    expect(cut.map(({ name }) => name)).toEqual(["ok_accept_encoding_gzip_no_resp_compression"]);
    const known = http.filter(({ server }) => server in variants);
    expect(known.length + traced.length + identity.length).toBe(http.length);
    expect(known.length).toBeGreaterThan(150);
    expect(
      Object.keys(exceptions)
        .concat(senderFaults)
        .filter((name) => !http.some((record) => record.name === name)),
    ).toEqual([]);
  });

  for (const record of http.filter(({ server }) => server in variants)) {
    const exception = exceptionOf(record.name);
    test(`${record.server}: ${record.name}${exception === undefined ? "" : ` (${exception.row})`}`, async () => {
      const recordedMs = Date.parse(/"result".*?"timestamp":"([^"]+)"/.exec(record.response.body)?.[1] ?? "");
      if (!Number.isNaN(recordedMs)) lastRecordedMs = recordedMs;
      const server = servers.get(record.server) as Server;
      const { port } = server;
      const body = freshBody(record, Date.now() - lastRecordedMs);
      await before(record, port, body);

      const { status, rpc, payloadType } = rpcOutcome(record.response.status, record.response.body);
      const mirrors = record.server === "models";
      const same = { status, rpc, ...(mirrors || payloadType === undefined ? {} : { payloadType }) };
      const expected = exception === undefined ? same : { status, rpc, ...exception.outcome };
      expect(await send(port, await withOwnTag(record, server), body)).toMatchObject(expected);
    });
  }

  /** Brings the server into the state the record was made in, where records of it are missing. */
  async function before(record: Exchange, port: number, body: Buffer): Promise<void> {
    const missing: Record<string, number> = { rate_default_2: 1, rate_default_7: 1, rate_default_10: 1 };
    for (let count = 0; count < (missing[record.name] ?? 0); count++) await send(port, record, body);
    if (record.name !== "thread_pool_exhausted_503") return;
    const socket = connectSocket(port, "127.0.0.1");
    const first = body.toString().replace(/"id": "[^"]+", "asap_version"/, '"id": "first", "asap_version"');
    socket.write(
      `POST /asap HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${Buffer.byteLength(first)}\r\n\r\n${first}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    blocked.push(socket);
  }
});

import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { connect } from "./client.js";
import { healthCheck } from "./discovery/health.js";
import { discover } from "./discovery/manifest.js";
import { discoverFromRegistry } from "./discovery/registry.js";
import { type Received, type SentRequest, scriptedPeer, sent } from "./testing/scripted-peer.js";

/** Traffic between the reference client and a recording peer. */
interface Recording {
  readonly name: string;
  readonly transport: string;
  readonly request: { readonly line: string; readonly headers: readonly [string, string][]; readonly body: string };
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: string };
  readonly result?: { readonly exc?: string };
}

const records = readFileSync(new URL("../conformance/captures.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Recording);
const exchanges = records.filter(({ transport }) => transport === "client-http");
const pathOf = ({ request }: Recording) => request.line.split(" ")[1] ?? "";
const isSend = (record: Recording) => record.request.line.startsWith("POST ") && /\/asap /.test(record.request.line);
const sends = exchanges.filter(isSend);

const headerOf = ({ request }: Recording, name: string) =>
  request.headers.find(([key]) => key.toLowerCase() === name)?.[1];

function requestOf(record: Recording): SentRequest {
  const { body } = record.request;
  if (headerOf(record, "content-encoding") !== "br") return JSON.parse(body) as SentRequest;
  const bytes = Buffer.from(body.replace(/^base64:/, ""), "base64");
  return JSON.parse(brotliDecompressSync(bytes).toString()) as SentRequest;
}

/** A peer that answers as the recording peer did; where ids matter, with those of the request. */
function replayingPeer(correct: (response: Record<string, unknown>, request: SentRequest) => unknown) {
  return scriptedPeer((got) => {
    const recorded = exchanges.filter((record) => pathOf(record) === got.path);
    const record = recorded[Math.min(got.count, recorded.length - 1)];
    if (record === undefined) return undefined;
    const { status, headers, body } = record.response;
    const isJson = got.method === "POST" && status === 200;
    return { status, headers, body: isJson ? JSON.stringify(correct(JSON.parse(body), sent(got))) : body };
  });
}

interface Answer {
  id: unknown;
  result?: { envelope: { correlation_id: unknown } };
}

function fitting(response: Record<string, unknown>, request: SentRequest): unknown {
  const answer = response as unknown as Answer;
  if (answer.result !== undefined) answer.result.envelope.correlation_id = request.params.envelope.id;
  return { ...response, id: request.id };
}

const attempts = { retry: { baseMs: 0 }, sleep: async () => {} };
const to = { sender: "urn:asap:agent:pyclient", recipient: "urn:asap:agent:sink", transport: "http" } as const;
const options = { ...to, ...attempts };

describe("the bytes of this client beside those of the reference", () => {
  test("there are recordings to compare with", () => {
    expect(sends.length).toBeGreaterThanOrEqual(10);
  });

  test.each(sends.map((record) => [record.name, record] as const))(
    "%s: same members, order and values",
    async (_, record) => {
      await using peer = await replayingPeer(fitting);
      const recorded = requestOf(record);
      const { payload, trace_id, extensions } = recorded.params.envelope;
      const client = await connect(peer.url + pathOf(record), options);
      const call = {
        ...(trace_id == null ? {} : { traceId: trace_id as string }),
        ...(extensions == null ? {} : { extensions: extensions as object as Record<string, unknown> }),
      };
      await client.send("TaskRequest", payload as never, call).catch(() => undefined);
      const got = peer.requests[0] as Received;
      expect(`${got.method} ${got.path} HTTP/1.1`).toBe(record.request.line);
      const ours = sent(got);
      const fixed = (request: SentRequest) => ({
        ...request,
        id: request.id.replace(/\d+$/, "N"),
        params: {
          ...request.params,
          envelope: { ...request.params.envelope, id: "ID", timestamp: "TIME" },
          idempotency_key: "KEY",
        },
      });
      expect(JSON.stringify(fixed(ours))).toBe(JSON.stringify(fixed(recorded)));
      expect(ours.params.envelope.id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
      expect(ours.params.envelope["timestamp"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    },
  );

  test.each(sends.map((record) => [record.name, record] as const))(
    "%s: same headers that matter",
    async (_, record) => {
      await using peer = await replayingPeer(fitting);
      const isPlain = headerOf(record, "content-encoding") === undefined;
      const compressMinBytes = isPlain ? Number.POSITIVE_INFINITY : 1_024;
      const client = await connect(peer.url + pathOf(record), { ...options, compressMinBytes });
      await client.send("TaskRequest", requestOf(record).params.envelope.payload as never).catch(() => undefined);
      const got = peer.requests[0] as Received;
      expect(got.headers["content-type"]).toBe(headerOf(record, "content-type"));
      expect(got.headers["x-idempotency-key"]).toBe(sent(got).params.idempotency_key);
      expect(headerOf(record, "x-idempotency-key")).toBe(requestOf(record).params.idempotency_key);
      expect(got.headers["content-encoding"] === undefined).toBe(isPlain);
      expect(Number(got.headers["content-length"])).toBe(got.bytes.byteLength);
      expect(got.headers["accept-encoding"]).toContain("gzip");
      expect(got.headers).not.toHaveProperty("authorization");
    },
  );

  test.each([...new Set(sends.map(pathOf))].filter((path) => path !== "/asap"))(
    "%s: as many attempts as the reference makes",
    async (path) => {
      await using peer = await replayingPeer(fitting);
      const client = await connect(peer.url + path, options);
      await client.run("echo", {}).catch(() => undefined);
      expect(peer.to(path)).toHaveLength(sends.filter((record) => pathOf(record) === path).length);
    },
  );
});

describe("what this client makes of the answers the reference got", () => {
  const asRecorded = (response: Record<string, unknown>) => response;
  const send = async (path: string, correct: Parameters<typeof replayingPeer>[0]) => {
    await using peer = await replayingPeer(correct);
    const client = await connect(peer.url + path, options);
    return await client.run("echo", {});
  };

  test("a right answer is a result", async () => {
    expect(await send("/asap", fitting)).toEqual({ ok: true });
  });

  test("the answer to another envelope is refused (the reference takes it; CLIENT-012)", async () => {
    await expect(send("/asap", asRecorded)).rejects.toMatchObject({ code: "asap:transport/response_mismatch" });
  });

  test("client_response_wrong_id_accepted: refused here (CLIENT-012)", async () => {
    const keepId = (response: Record<string, unknown>, request: SentRequest) =>
      Object.assign(fitting(response, request) as object, { id: response["id"] });
    await expect(send("/badid/asap", keepId)).rejects.toMatchObject({
      code: "asap:transport/response_mismatch",
      data: { member: "id" },
    });
  });

  test.each([
    ["client_retry_500", "/err500/asap", "asap:transport/http_status", { status: 500 }],
    ["client_retry_429_retry_after_1", "/err429/asap", "asap:transport/rate_limited", { status: 429, retry_after: 1 }],
    [
      "client_no_retry_401",
      "/err401/asap",
      "asap:transport/http_status",
      { status: 401, detail: "Authentication required" },
    ],
    ["client_rpc_error", "/rpcerr/asap", "asap:transport/remote_error", { jsonrpc_code: -32601 }],
    ["client_redirect_307", "/redirect/asap", "asap:transport/http_status", { status: 307 }],
    ["client_response_envelope_extra_field", "/extraenv/asap", "asap:transport/invalid_response", {}],
    ["client_response_error_null_and_result", "/nulldata/asap", "asap:transport/invalid_response", {}],
  ])("%s: fails here too", async (name, path, code, data) => {
    expect(records.find((record) => record.name === `outcome ${name}`)?.result?.exc).toBeDefined();
    await expect(send(path, fitting)).rejects.toMatchObject({ code, data: expect.objectContaining(data) });
  });

  test.each([
    ["client_discover", ""],
    ["client_discover_extra_field (read all the same: section 18, row 15)", "/extra"],
    ["client_discover_oauth2_scheme (read all the same: section 19, row 17)", "/oauth2scheme"],
  ])("%s: is read", async (_, path) => {
    await using peer = await replayingPeer(asRecorded);
    const manifest = await discover(peer.url + path, { cache: false });
    expect(manifest.id).toBe("urn:asap:agent:sink");
    expect(manifest).not.toHaveProperty("new_field");
  });

  test("client_health is read, client_health_503 fails with the agent's words", async () => {
    await using peer = await replayingPeer(asRecorded);
    expect(await healthCheck(peer.url)).toMatchObject({ agent_id: "urn:asap:agent:sink", load: null });
    await expect(healthCheck(`${peer.url}/sick`)).rejects.toMatchObject({
      code: "asap:discovery/unhealthy",
      data: { status: 503, health: { agent_id: "urn:asap:agent:sink" } },
    });
  });

  test.each(["registry", "registry_extra", "registry_array"])("%s is read (section 13.3)", async (name) => {
    await using peer = await replayingPeer(asRecorded);
    const view = await discoverFromRegistry(`${peer.url}/${name}.json`, { cache: false });
    expect(view.findBySkill("code_review")).toMatchObject([{ id: "urn:asap:agent:example" }]);
    expect(view.skipped).toEqual([]);
  });
});

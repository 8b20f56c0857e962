import { once } from "node:events";
import { connect } from "node:net";
import { brotliCompressSync, createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { answersOf, httpText, overSocket, type RpcReply, taskRequest, taskText } from "./testing/asap-request.js";
import { type Server, serve } from "./transport/node.js";

const lines: string[] = [];
const take = (event: string, fields: object) =>
  lines.push(JSON.stringify([event, fields], (_key, value) => (value instanceof Error ? value.message : value)));
const agent = createAgent({
  id: "urn:asap:agent:server",
  nonces: true,
  log: { debug: take, info: take, warn: take, error: take },
  skills: {
    echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }),
    typed: skill({
      description: "Typed",
      input: { type: "object", properties: { n: { type: "integer" } }, required: ["n"], additionalProperties: false },
      run: (input) => ({ n: input["n"] }),
    }),
  },
});
let server: Server;
beforeAll(async () => {
  server = await serve(agent, { port: 0, rateLimit: "off" });
});
afterAll(() => server.close());

const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/asap`, { method: "POST", body: body as BodyInit, headers });
const rpc = async (body: string | Uint8Array): Promise<RpcReply> => {
  const answer = await post(body);
  expect(answer.status).toBe(200);
  return (await answer.json()) as RpcReply;
};
const alive = async () => expect((await rpc(taskText())).result?.envelope.payload.result).toBeDefined();
const polluted = () => ({}) as { polluted?: unknown };

describe("bytes that are no UTF-8 (PARSE-003)", () => {
  test.each([
    ["an overlong slash", [0xc0, 0xaf]],
    ["an overlong NUL", [0xc0, 0x80]],
    ["an overlong three-byte form", [0xe0, 0x80, 0xaf]],
    ["a high surrogate", [0xed, 0xa0, 0x80]],
    ["a low surrogate", [0xed, 0xb0, 0x80]],
    ["a pair of surrogates", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ["a continuation byte alone", [0x80]],
    ["a truncated character", [0xe2, 0x98]],
    ["a code point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["the byte FF", [0xff]],
    ["Latin-1", [0xe9]],
  ])("%s is a parse error that says so, with id null", async (_name, bytes) => {
    const [before, after] = taskText({ input: { message: "CUT" } }).split("CUT") as [string, string];
    for (const body of [
      Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]),
      Buffer.concat([Buffer.from(before + after), Buffer.from(bytes)]),
    ]) {
      const { id, error } = await rpc(body);
      expect({ id, code: error?.code, message: error?.message }).toEqual({
        id: null,
        code: -32700,
        message: "Parse error",
      });
      expect(error?.data.error).toMatch(/^Invalid UTF-8 encoding: /);
    }
    await alive();
  });

  test("UTF-16 is a parse error as well", async () => {
    expect((await rpc(Buffer.from(taskText(), "utf16le"))).error?.code).toBe(-32700);
    expect((await rpc(Buffer.from(`\ufeff${taskText()}`))).error?.code).toBe(-32700);
  });
});

describe("JSON values as input", () => {
  const echoed = async (value: string) => {
    const answer = await post(taskText().replace('"hi"', () => value));
    const text = await answer.text();
    expect(answer.status).toBe(200);
    return /"echoed":\{"message":(.*)\}\},"final_state"/s.exec(text)?.[1] ?? (JSON.parse(text) as RpcReply).error?.code;
  };

  test.each([
    "null",
    "true",
    "[]",
    "{}",
    "-0.5",
    "1e2",
    '""',
    '"\\u0000\\n\\/"',
    '"\u007f\u2028"',
    "[[],{}]",
    '{"":0,"a":[1,2]}',
    "[1,null,[2]]",
    "123456789",
    "\t[ ]\r\n",
  ])("%j is accepted", async (value) => {
    const text = await echoed(value);
    expect(JSON.parse(String(text))).toEqual(JSON.parse(value));
  });

  test.each([
    "[1,]",
    "[,1]",
    "[1 2]",
    "{a:1}",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a" 1}',
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "0x1",
    "1_0",
    "Infinity",
    "-NaN",
    "nul",
    "True",
    "'a'",
    '"\\u12"',
    '"\\a"',
    '"\t"',
    '"\n"',
    "[",
    '"',
    "\\u0061",
    "\u00a01",
    "1;",
    "\u2028",
  ])("PARSE-001: %j is a parse error", async (value) => {
    expect(await echoed(value)).toBe(-32700);
  });

  test.each([
    "1e400",
    "-1e400",
    "9007199254740993",
    "1".repeat(1_000),
    "1e-400",
    "-0",
    '"\\ud800"',
    '"\\udfff\\ud800"',
  ])("PARSE-004: the edge case %s is answered with JSON that has no Infinity", async (value) => {
    const text = String(await echoed(value));
    expect(() => JSON.parse(text)).not.toThrow();
    expect(text).not.toMatch(/Infinity|NaN|\ufffd/);
  });

  test("PARSE-005: 200,000 members and 1,000,000 elements are served", async () => {
    const members = Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`m${n}`, n]));
    const wide = (await rpc(taskText({ input: members }))).result?.envelope.payload.result["echoed"];
    expect(Object.keys(wide as object)).toHaveLength(200_001);
    const list = await (await post(taskText({ input: { list: new Array(1_000_000).fill(0) } }))).text();
    expect(list.match(/0,/g)?.length).toBeGreaterThanOrEqual(999_999);
  });

  test("PARSE-005: 1,000,000 levels are refused, and nobody waits for it", async () => {
    for (const text of [`${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`, '{"a":'.repeat(1_000_000)]) {
      expect((await rpc(text)).error?.code).toBe(-32600);
    }
    await alive();
  });
});

describe("members named like parts of every object (JSON-010)", () => {
  const forms = [
    '"__proto__":{"polluted":1}',
    '"\\u005f_proto__":{"polluted":1}',
    '"constructor":{"prototype":{"polluted":1}}',
    '"prototype":{"polluted":1}',
    '"toString":"x"',
    '"hasOwnProperty":null',
    '"valueOf":5',
    '"__defineGetter__":1',
    '"then":{}',
  ];
  const good = JSON.stringify({ ...taskRequest(), id: "req-1" });
  /** The good request with a member more at the start of the object that follows a mark. */
  const within = (mark: string, member: string): string => {
    const at = good.indexOf(mark) + mark.length;
    return `${good.slice(0, at)}${member},${good.slice(at)}`.replace(/"id":"0[^"]+"/, `"id":"${Math.random()}"`);
  };

  test.each(forms)(
    "%s is refused at the root, in the envelope and in the payload, and kept in the input",
    async (form) => {
      const at = async (mark: string) => (await rpc(within(mark, form))).error;
      expect((await at("{"))?.code).toBe(-32600);
      expect((await at('"envelope":{'))?.data.error).toBe("Invalid envelope structure");
      expect((await at('"payload":{'))?.data["code"]).toBe("asap:protocol/invalid_payload");
      expect(await at('"params":{')).toBeUndefined();

      const answer = await (await post(within('"input":{', form))).text();
      expect(answer).toContain(`"echoed":{${form.replace("\\u005f", "_")},"message":"hi"}`);
      expect(polluted().polluted).toBeUndefined();
      expect(Object.prototype.toString.call(polluted())).toBe("[object Object]");
    },
  );

  test("they are no extension, no task, no skill and no message type", async () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const extensions = `{"${name}":{"nonce":5}}`;
      expect((await rpc(within('"envelope":{', `"extensions":${extensions}`))).error).toBeUndefined();
      expect((await rpc(taskText({ payload: { skill_id: name } }))).error?.code).toBe(-32602);
      expect((await rpc(taskText({ envelope: { payload_type: name } }))).error?.code).toBe(-32601);
      expect(agent.task(name)).toBeUndefined();
    }
    expect(polluted().polluted).toBeUndefined();
  });

  test("a schema of a skill that refuses further members refuses __proto__", async () => {
    const text = taskText({ payload: { skill_id: "typed", input: { n: 1 } } });
    expect((await rpc(text)).result).toBeDefined();
    const { error } = await rpc(text.replace('"n":1', '"n":1,"__proto__":{"n":2}').replace(/"id":"0/, '"id":"1'));
    expect(error?.data.validation_errors).toEqual([
      { type: "extra_forbidden", loc: ["payload", "input", "__proto__"], msg: "Extra inputs are not permitted" },
    ]);
  });
});

describe("compressed bombs (HTTP-010)", () => {
  test("200 MB of zeros in gzip are 413, inflating stops at the limit, and memory stays", async () => {
    const gzip = createGzip({ level: 9 });
    const packed: Buffer[] = [];
    gzip.on("data", (chunk: Buffer) => packed.push(chunk));
    const zeros = Buffer.alloc(1_000_000);
    for (let n = 0; n < 200; n++) if (!gzip.write(zeros)) await once(gzip, "drain");
    gzip.end();
    await once(gzip, "end");
    const bomb = Buffer.concat(packed);
    expect(bomb.length).toBeLessThan(300_000);
    await alive();
    const before = process.memoryUsage().rss;
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 1);
    const answer = await post(bomb, { "content-encoding": "gzip" });
    most = Math.max(most, process.memoryUsage().rss);
    clearInterval(timer);
    expect(answer.status).toBe(413);
    expect(await answer.text()).toMatch(
      /^\{"detail":"Decompressed request size \(\d+ bytes\) exceeds maximum \(10485760 /,
    );
    expect(most - before).toBeLessThan(64 * 1024 * 1024);
    await alive();
  });

  test("the same in brotli, in a body of some hundred bytes", async () => {
    const bomb = brotliCompressSync(Buffer.alloc(50_000_000));
    const answer = await post(bomb, { "content-encoding": "br" });
    expect(answer.status).toBe(413);
    await alive();
  });
});

describe("secrets (CODE-007)", () => {
  test("values of a message never come back in an error, nor into log lines", async () => {
    const canary = "canary-5f3a91";
    const secrets = { token: canary, password: canary, nested: { api_key: [canary] } };
    const headers = { authorization: `Bearer ${canary}`, "x-idempotency-key": canary, cookie: canary };
    lines.length = 0;
    const bad = [
      taskText({ input: secrets, root: { jsonrpc: canary } }),
      taskText({ input: secrets, root: { params: canary } }),
      taskText({ input: secrets, envelope: { sender: canary } }),
      taskText({ input: secrets, envelope: { timestamp: canary, extensions: canary } }),
      taskText({ input: secrets, envelope: { correlation_id: 5, trace_id: [canary] } }),
      taskText({ payload: { input: canary, config: canary, conversation_id: [canary] } }),
      taskText({ payload: { skill_id: "typed", input: { n: canary } } }),
      `${taskText({ input: secrets })}${canary}`,
      taskText({ input: secrets, envelope: { timestamp: "2020-01-01T00:00:00Z" } }),
    ];
    for (const text of bad) {
      const answer = await (
        await post(text, { ...headers, "x-idempotency-key": `${canary}${bad.indexOf(text)}` })
      ).text();
      expect(answer).toContain('"error"');
      expect(answer).not.toContain(canary);
    }
    expect((await post(taskText({ input: secrets }), headers)).status).toBe(200);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join("\n")).not.toContain(canary);
  });
});

describe("raw connections", () => {
  test("CODE-005: 200 connections that say half a header do not stop an honest one", async () => {
    const silent = Array.from({ length: 200 }, () => connect(server.port, "127.0.0.1"));
    for (const socket of silent) socket.on("error", () => {}).write("POST /asap HTTP/1.1\r\nHost:");
    const [answer] = answersOf(await overSocket(server.port, httpText(taskText())));
    expect(answer?.status).toBe(200);
    expect(silent.filter((socket) => socket.destroyed)).toEqual([]);
    for (const socket of silent) socket.destroy();
    await alive();
  });
});

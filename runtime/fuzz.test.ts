import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAgent } from "./agent.js";
import { skill } from "./skill.js";
import { taskRequest } from "./testing/asap-request.js";
import { createFetchHandler } from "./transport/fetch.js";
import { type Server, serve } from "./transport/node.js";

const soak = Number(process.env["ASAP_SOAK"] ?? 1);

/** Mulberry32: the same numbers for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  "",
  "x",
  "\ud800",
  "\u0000",
  "__proto__",
  "2026-01-01T00:00:00Z",
  [],
  {},
  [[]],
  { a: 1 },
  "task.request",
  "urn:asap:agent:a",
  "x".repeat(5_000),
  [1, "2", null],
  { __proto__: null, nonce: 5 },
];
const names = ["id", "params", "envelope", "payload", "input", "__proto__", "constructor", "", "é", "nonce", "config"];
const bits = ['"', "{", "}", "[", "]", ",", ":", "\\", "\\u", "\0", "1e9", "-", "é", "\ufeff", "null", "\n", "\u2028"];

type Members = Record<string, unknown>;

/** Changes something somewhere in a value. */
function change(value: Members, below: (n: number) => number): void {
  const holders: Members[] = [];
  const collect = (each: unknown): void => {
    if (typeof each !== "object" || each === null) return;
    holders.push(each as Members);
    for (const member of Object.values(each)) collect(member);
  };
  collect(value);
  const holder = holders[below(holders.length)] as Members;
  const keys = Object.keys(holder);
  const key = keys[below(Math.max(1, keys.length))] ?? "x";
  const other = () => structuredClone(odd[below(odd.length)]);
  switch (below(4)) {
    case 0:
      delete holder[key];
      break;
    case 1:
      Object.defineProperty(holder, names[below(names.length)] as string, {
        value: other(),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      break;
    default:
      holder[key] = other();
  }
}

/** Cuts, repeats or inserts text somewhere. */
function tear(text: string, below: (n: number) => number): string {
  const [a, b] = [below(text.length + 1), below(text.length + 1)].sort((x, y) => x - y) as [number, number];
  switch (below(4)) {
    case 0:
      return text.slice(0, a);
    case 1:
      return text.slice(0, a) + text.slice(b);
    case 2:
      return text.slice(0, b) + text.slice(a);
    default:
      return text.slice(0, a) + bits[below(bits.length)] + text.slice(a);
  }
}

function mutant(seed: number): string {
  const below = generator(seed);
  const request = taskRequest({ envelope: { extensions: { nonce: `n${seed}` }, id: `e${seed}` } });
  for (let count = below(4); count >= 0; count--) change(request as unknown as Members, below);
  let text = JSON.stringify(request);
  if (below(3) === 0) for (let count = below(3); count >= 0; count--) text = tear(text, below);
  return text;
}

const makeAgent = () =>
  createAgent({
    id: "urn:asap:agent:server",
    nonces: true,
    skills: {
      echo: skill({ description: "Echo", run: (input) => ({ echoed: input }) }),
      x: skill({ description: "X", input: { type: "object", required: ["n"] }, run: async () => ({}) }),
    },
    handlers: { taskCancel: () => ({ task_id: "t", status: "cancelled" }) },
  });

let server: Server;
beforeAll(async () => {
  server = await serve(makeAgent(), { port: 0, rateLimit: "off" });
});
afterAll(() => server.close());

const leak = /\bat .+:\d+:\d+|node_modules|node:internal|\.[jt]s\b|\/work\/|Error:|ajv|undefined|\[object/;

function judge(text: string, answer: string): string {
  const reply = JSON.parse(answer) as Members & { error?: { code: number; message: string; data: Members } };
  expect(Object.keys(reply), text).toEqual(["jsonrpc", "error" in reply ? "error" : "result", "id"]);
  expect(reply["jsonrpc"], text).toBe("2.0");
  const { error } = reply;
  if (error === undefined) return "result";
  expect(Object.keys(error)).toEqual(["code", "message", "data"]);
  expect([-32700, -32600, -32601, -32602], text).toContain(error.code);
  const said = JSON.stringify({ ...error.data, method: "", payload_type: "", error: "", details: {}, message: "" });
  expect(said, text).not.toMatch(leak);
  return String(error.code);
}

describe("mutated messages", () => {
  const count = 1_500 * soak;
  test(
    `CODE-005, PARSE-005: ${count} of them get a JSON-RPC answer without internals, over HTTP and by fetch handler`,
    async () => {
      const handler = createFetchHandler(makeAgent(), { rateLimit: "off" });
      const seen = new Map<string, number>();
      for (let seed = 0; seed < count; seed++) {
        const text = mutant(seed);
        const init = { method: "POST", body: text };
        const answer = await fetch(`${server.url}/asap`, init);
        expect(answer.status, text).toBe(200);
        const outcome = judge(text, await answer.text());
        const other = await handler(new Request("http://edge.example/asap", init));
        expect(other.status, text).toBe(200);
        expect(judge(text, await other.text()), text).toBe(outcome);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }
      expect([...seen.keys()].sort()).toEqual(["-32600", "-32601", "-32602", "-32700", "result"]);
      expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    },
    120_000 * soak,
  );
});

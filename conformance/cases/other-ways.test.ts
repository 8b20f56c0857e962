import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, serve } from "../../runtime/node.js";
import { asObject } from "../documents.js";
import { judgeServer, type Report } from "../index.js";
import { at, error, json, sent } from "../mutants/edit.js";
import { refuses } from "../mutants/guard-edit.js";
import { judgeGuarded } from "../mutants/judge-guarded.js";
import { createPlainAgent } from "../mutants/plain-agent.js";
import { close, frames, is } from "../mutants/socket-edit.js";
import type { SocketMutant } from "../mutants/tunnel.js";
import { type Mutant, wrap } from "../mutants/wrap.js";
import { missingOf } from "../prerequisites.js";
import { sampleContext } from "../sample-context.js";
import { cases } from "./index.js";

let server: Server;
beforeAll(async () => {
  server = await serve(createPlainAgent(), { port: 0, rateLimit: "off" });
});
afterAll(() => server.close());

/** Cases that did not pass, with what was found, of an agent that does something in another way. */
async function findings(change: Omit<Mutant, "name" | "killedBy">, only: readonly string[]): Promise<string[]> {
  const wrapped = await wrap(server.url, { name: "", killedBy: "", ...change });
  try {
    return foundIn(await judgeServer(wrapped.url, { only, reruns: 0, timeoutMs: 20_000 }));
  } finally {
    await wrapped.close();
  }
}

const foundIn = ({ cases }: Report) =>
  cases
    .filter(({ outcome }) => outcome !== "pass")
    .map(({ id, outcome, found, reason }) => `${id} ${outcome}: ${found ?? reason}`);

/** JSON as other languages write it: with spaces, and in ASCII alone. */
const spaced = (text: string): string =>
  text
    .replace(/("(?:[^"\\]|\\.)*")\s*:/g, "$1 : ")
    .replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

describe("an agent that conforms in a way of its own", () => {
  it("may write JSON with spaces and in ASCII", async () => {
    const found = await findings(
      {
        answer: (answered) => ({ ...answered, body: Buffer.from(spaced(answered.body.toString("utf8"))) }),
        socket: frames((frame) => (frame.opcode === 1 ? [{ ...frame, data: spaced(frame.data.toString()) }] : [frame])),
      },
      ["jsonrpc.id.*", "idempotency.*", "websocket.same.jsonrpc.id.*", "websocket.same.idempotency.*"],
    );
    expect(found).toEqual([]);
  });

  it("may take tokens of the type JWT and those without a type alone", async () => {
    const mutant = refuses("", [], ({ header }) => header.typ !== undefined && header.typ !== "JWT");
    const report = await judgeGuarded(mutant, { only: ["auth.header.type.*", "auth.claims.*", "auth.opaque.*"] });
    const odd = report.cases.filter(({ outcome }) => outcome !== "pass" && outcome !== "not-applicable");
    expect(report.reason).toBeUndefined();
    expect(odd.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(
      ["at-jwt", "lower-case", "upper-case", "whole"].map((name) => `auth.header.type.${name} warn`),
    );
  });

  it("may refuse an upgrade with a bare 403, which is advised against", async () => {
    const socket = {
      head: (head: string) =>
        head.replace(
          /^HTTP\/1\.1 40[\s\S]*/,
          "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        ),
    };
    const report = await judgeGuarded({ name: "", killedBy: [], wire: { socket } }, { only: ["auth.websocket.*"] });
    const odd = report.cases.filter(({ outcome }) => outcome !== "pass").map(({ id, outcome }) => `${id} ${outcome}`);
    expect(odd).toEqual(["auth.websocket.status warn", "auth.websocket.detail warn"]);
  });

  it("may tell faults of a payload without the code of another implementation", async () => {
    const answer = error((inner) => {
      const { code, validation_errors: faults } = asObject(inner.data) ?? {};
      return code === "asap:protocol/invalid_payload" ? { data: { validation_errors: faults } } : {};
    });
    const ask = sent((own) =>
      own.payload_type === "task.response" || own.payload_type === "mcp_tool_result"
        ? { payload_type: "task.request", payload: {} }
        : {},
    );
    expect(await findings({ ask, answer }, ["envelope.correlation.*.not-needed"])).toEqual([]);
  });

  it("may close on a binary frame with any code", async () => {
    const socket = frames((frame) => (is("close")(frame) ? [close(1008)] : [frame]));
    expect(await findings({ socket }, ["websocket.binary.*"])).toEqual([]);
  });

  it("may refuse a message that is too large under its own id, and close then", async () => {
    const socket: SocketMutant = {
      editor: ({ toClient }) => ({
        answered: (frame) => {
          if (!frame.data.includes("request_too_large")) return [frame];
          toClient({ data: JSON.stringify({ ...JSON.parse(frame.data.toString()), id: "large" }) });
          return [close(1009)];
        },
      }),
    };
    expect(await findings({ socket }, ["websocket.size.over"])).toEqual([]);
  });

  it.each(["301 Moved Permanently", "401 Unauthorized", "405 Method Not Allowed", "426 Upgrade Required"])(
    "may refuse an upgrade elsewhere with %s",
    async (status) => {
      const head = (text: string) => text.replace(/^HTTP\/1\.1 4.*/, `HTTP/1.1 ${status}`);
      expect(await findings({ socket: { head } }, ["websocket.path.*"])).toEqual([]);
    },
  );

  it("may have several workers, whose uptimes differ", async () => {
    const answer = at(
      "/.well-known/asap/health",
      json((body) => ({ ...body, uptime_seconds: 1e6 - performance.now() })),
    );
    expect(await findings({ answer }, ["health.uptime"])).toEqual([]);
  });

  it("may refuse JSON that is nested too deep with a status of its own", async () => {
    const answer: Mutant["answer"] = (answered, asked) =>
      asked.body.includes("[".repeat(1000)) ? { ...answered, status: 400, body: Buffer.from("no") } : answered;
    expect(await findings({ answer }, ["jsonrpc.deep-nesting"])).toEqual([]);
  });
});

describe("an agent that asks for a bearer token", () => {
  const about = cases.find(({ id }) => id === "auth.bearer.none");
  const missing = (auth: unknown) =>
    about === undefined ? "no case" : (missingOf(about, { ...sampleContext, manifest: { auth } })?.reason ?? null);

  it("may name the scheme in any letter case", () => {
    expect(["bearer", "Bearer", "BEARER"].map((scheme) => missing({ schemes: [scheme] }))).toEqual([null, null, null]);
    expect(missing({ schemes: [7, "basic"] })).toMatch(/asks for no bearer token/);
  });
});

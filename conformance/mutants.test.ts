import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, serve } from "../runtime/node.js";
import { asObject } from "./documents.js";
import { judgeServer } from "./index.js";
import { json } from "./mutants/edit.js";
import { createPlainAgent } from "./mutants/plain-agent.js";
import { close, refusal } from "./mutants/socket-edit.js";
import { type Mutant, wrap } from "./mutants/wrap.js";
import type { FrameSpec } from "./socket-frames.js";

const agent = () => createPlainAgent();

const backwards = (_: string, value: unknown): unknown => {
  const object = asObject(value);
  return object === undefined ? value : Object.fromEntries(Object.entries(object).reverse());
};

const refused = JSON.stringify(refusal({}, null));

const servers: Server[] = [];
let url: string;

beforeAll(async () => {
  const server = await serve(agent(), { port: 0, rateLimit: "off" });
  servers.push(server);
  url = server.url;
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** Ids of the cases that a mutant of the agent at a URL breaks. */
async function brokenBy(
  mutant: Mutant,
  target: string,
  options: Parameters<typeof judgeServer>[1] = {},
): Promise<string[]> {
  const wrapped = await wrap(target, mutant);
  const report = await judgeServer(wrapped.url, { reruns: 0, ...options });
  await wrapped.close();
  return report.cases.filter(({ outcome }) => outcome === "fail" || outcome === "warn").map(({ id }) => id);
}

describe("the suite", () => {
  it("finds nothing in an agent that a wrapper leaves as it is", async () => {
    expect(await brokenBy({ name: "unchanged", killedBy: "" }, url)).toEqual([]);
  });

  it("warns, and no more, of an agent that writes members in another order", async () => {
    const reversed = json((body) => JSON.parse(JSON.stringify(body, backwards)));
    const wrapped = await wrap(url, { name: "reversed", killedBy: "", answer: reversed });
    const report = await judgeServer(wrapped.url);
    await wrapped.close();
    expect(report.outcome).toBe("conforms");
    expect(report.cases.filter(({ outcome }) => outcome === "warn").map(({ id }) => id)).toEqual([
      "jsonrpc.id.echoed.huge",
      "jsonrpc.answer.member-order",
      "task.answer.every-member",
      "websocket.answer.same-bytes.unknown-method",
      "websocket.answer.same-bytes.bad-envelope",
    ]);
  });

  const replying = (reply: (data: Buffer) => FrameSpec): Mutant["socket"] => ({
    editor: ({ toClient }) => ({
      asked: ({ data }) => {
        toClient(reply(data));
        return [];
      },
    }),
  });
  it.each<[string, Mutant["socket"]]>([
    ["refuses every upgrade", "none"],
    ["takes messages in silence", { editor: () => ({ asked: () => [], answered: () => [] }) }],
    ["echoes every message", replying((data) => ({ data }))],
    ["refuses every message", replying(() => ({ data: refused }))],
    ["closes at once", replying(() => close(1000))],
  ])("passes no case over WebSocket for an agent that %s", async (name, socket) => {
    const wrapped = await wrap(url, { name, killedBy: "", ...(socket === undefined ? {} : { socket }) });
    const report = await judgeServer(wrapped.url, { only: ["websocket", "acks"], timeoutMs: 500, concurrency: 24 });
    await wrapped.close();
    expect(report.cases.filter(({ outcome }) => outcome === "pass").map(({ id }) => id)).toEqual([]);
    expect(report.counts.run).toBe(report.counts.planned);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AgentOptions, createAgent, skill, Type } from "../runtime/index.js";
import { type Server, serve } from "../runtime/node.js";
import { asObject } from "./documents.js";
import { cases, judgeServer } from "./index.js";
import { json } from "./mutants/edit.js";
import { guarded, limiting, mutants } from "./mutants/index.js";
import { close, refusal } from "./mutants/socket-edit.js";
import { type Mutant, wrap } from "./mutants/wrap.js";
import type { FrameSpec } from "./socket-frames.js";

const echo = skill({
  description: "Echo back the input",
  input: Type.Object({}, { additionalProperties: true }),
  run: async (input) => ({ echoed: input }),
});
const agent = (auth?: AgentOptions["auth"]) =>
  createAgent({
    ...(auth === undefined ? {} : { auth }),
    id: "urn:asap:agent:echo-agent",
    name: "Echo",
    version: "1.0.0",
    description: "Answers with what it was asked.",
    skills: { echo },
  });

const backwards = (_: string, value: unknown): unknown => {
  const object = asObject(value);
  return object === undefined ? value : Object.fromEntries(Object.entries(object).reverse());
};

const refused = JSON.stringify(refusal({}, null));

const areaOf = new Map(cases.map(({ id, area }) => [id, area]));
/** Cases of the area but those that send large messages, and the named one. */
const smallOrNamed = (killedBy: string) =>
  cases
    .filter(({ id, area }) => id === killedBy || (area === "websocket" && !id.startsWith("websocket.size.")))
    .map(({ id }) => id);
const servers: Server[] = [];
let url: string;
const seen = new Set<string>();

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
  const report = await judgeServer(wrapped.url, options);
  await wrapped.close();
  const broken = report.cases.filter(({ outcome }) => outcome === "fail" || outcome === "warn").map(({ id }) => id);
  if (mutant.socket !== "none") for (const id of broken) seen.add(id);
  return broken;
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

  it.each(mutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "sees %s by %s",
    async (_, killedBy, mutant) => {
      const patience = mutant.socket === undefined ? {} : { timeoutMs: 500, concurrency: 24 };
      const area = areaOf.get(killedBy) ?? killedBy;
      const only = area === "websocket" ? smallOrNamed(killedBy) : [area];
      expect(await brokenBy(mutant, url, { only, ...patience })).toContain(killedBy);
    },
  );

  it.each(limiting.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "sees %s by %s, at an agent with a rate limit",
    async (_, killedBy, mutant) => {
      const server = await serve(agent(), { port: 0, rateLimit: "20/second" });
      servers.push(server);
      expect(await brokenBy(mutant, server.url, { only: ["health", "replay", "limits"], burst: true })).toContain(
        killedBy,
      );
    },
  );

  it.each(guarded.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "sees %s by %s, at an agent that asks for a token",
    async (_, killedBy, mutant) => {
      const sender = "urn:asap:agent:judge";
      const server = await serve(agent({ validateToken: () => sender }), { port: 0, rateLimit: "off" });
      servers.push(server);
      expect(await brokenBy(mutant, server.url, { only: ["acks"], token: "t", sender, timeoutMs: 500 })).toContain(
        killedBy,
      );
    },
  );

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

  it("has no case that sees nothing wrong in any of them", () => {
    const others = cases.filter(({ area }) => !["auth", "lifecycle", "state", "webhooks"].includes(area));
    expect(others.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });
});

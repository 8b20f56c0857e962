import { createAgent, skill, Type } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { type WebhookOptions, webhooks } from "../../runtime/webhooks.js";
import { cases, type JudgeOptions, judgeServer, type Report } from "../index.js";
import { echo } from "./plain-agent.js";
import type { PostingMutant } from "./posting.js";
import { once } from "./registry.js";
import { startRelay } from "./relay.js";
import { wrap } from "./wrap.js";

const slow = skill({
  description: "Work in steps",
  input: Type.Object({ steps: Type.Integer(), ms: Type.Integer() }),
  async *run({ steps, ms }, call) {
    for (let step = 1; step <= steps; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      call.signal.throwIfAborted();
      yield { percent: (100 * step) / steps };
    }
    return { steps };
  },
});

/** Ids of the cases about webhooks. */
export const webhookCases: readonly string[] = cases.filter(({ area }) => area === "webhooks").map(({ id }) => id);

/** Serves an agent that posts webhooks, with a mutant in it, and has it judged by a receiver on this host. */
export async function judgePosting(mutant: PostingMutant, options: JudgeOptions = {}): Promise<Report> {
  const { name, options: own, relay: given, makeRelay, ask, answer } = mutant;
  const relays = makeRelay?.() ?? given;
  const usual: WebhookOptions = { egress: { allowLoopback: true } };
  const agent = createAgent({
    id: "urn:asap:agent:echo-agent",
    description: "Posts webhooks.",
    streaming: true,
    skills: { echo, slow },
    webhooks: webhooks({ ...usual, ...own }),
  });
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  const relay = relays === undefined ? undefined : await startRelay(relays);
  const wrapped = await wrap(server.url, {
    name,
    killedBy: "",
    ask: (asked) => relay?.ask(ask?.(asked) ?? asked) ?? ask?.(asked) ?? asked,
    ...(answer !== undefined && { answer }),
    ...(relay !== undefined && { socket: relay.socket }),
  });
  try {
    return await judgeServer(wrapped.url, {
      callbackHost: "127.0.0.1",
      concurrency: 64,
      ...options,
      ...once,
    });
  } finally {
    await wrapped.close();
    await agent.close(0);
    await server.close();
    await relay?.close();
  }
}

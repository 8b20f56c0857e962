import { createAgent } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { webhooks } from "../../runtime/webhooks.js";
import type { Case, Context } from "../case.js";
import { conclude, suiteOf } from "../conclude.js";
import { asObject } from "../documents.js";
import { newUlid } from "../ids.js";
import type { Report } from "../index.js";
import { profileOf } from "../profiles.js";
import type { Callbacks } from "../receiver.js";
import { resultMaker } from "../result.js";
import { loadRules } from "../rules.js";
import { sampleContext } from "../sample-context.js";
import { createWire, type Exchange } from "../wire.js";
import { sent } from "./edit.js";
import { echo } from "./plain-agent.js";
import { type Mutant, wrap } from "./wrap.js";

/** A place for webhooks that is on no network of this host, and that nothing is posted to. */
const elsewhere: Callbacks = { url: (inbox) => `https://receiver.example/${inbox}`, place: "public", retries: 1 };

/** Takes the callback to that place out of a request, so that the agent takes the task and posts nothing. */
const withoutElsewhere = sent((envelope) => {
  const payload = asObject(envelope.payload);
  const url = asObject(payload?.config)?.callback_url;
  return String(url).startsWith("https://receiver.example/") ? { payload: { ...payload, config: null } } : {};
});

/**
 * Has an agent that posts webhooks judged by cases on addresses as if the suite listened elsewhere than on this host: with
 * a receiver on this host the agent must be allowed to reach it, and cases on its addresses do not apply.
 */
export async function judgeAddresses({ name, answer }: Mutant, cases: readonly Case[]): Promise<Report> {
  const agent = createAgent({
    id: "urn:asap:agent:echo-agent",
    description: "Posts webhooks, and not to this host.",
    skills: { echo },
    webhooks: webhooks({}),
  });
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  const wrapped = await wrap(server.url, { name, killedBy: "", ask: withoutElsewhere, ...(answer && { answer }) });
  const wire = createWire(wrapped.url, { timeoutMs: 3000, maxResponseBytes: 1 << 20, headers: {}, now: Date.now });
  const startedAt = Date.now();
  const began = performance.now();
  const context: Context = {
    ...sampleContext,
    baseUrl: wrapped.url,
    timeoutMs: 3000,
    mint: "no tokens are made",
    callbacks: elsewhere,
    now: Date.now,
    newId: () => newUlid(Date.now()),
  };
  try {
    const { rule, version } = await loadRules();
    const toResult = resultMaker(rule, wrapped.url, { headers: new Set(), values: [] }, startedAt);
    const results = await Promise.all(
      cases.map(async (one) => {
        const exchanges: Exchange[] = [];
        for (const step of one.steps(context))
          exchanges.push(await wire.exchange(typeof step === "function" ? step(exchanges) : step));
        return toResult(one, { verdict: one.judge(exchanges, context), exchanges, elapsedMs: 0 });
      }),
    );
    return conclude({
      mode: "server",
      suite: suiteOf(version),
      target: { name: wrapped.url, agentId: null, agentVersion: null },
      startedAt,
      durationMs: performance.now() - began,
      planned: cases.map(({ id, level, area }) => ({ id, level, profile: profileOf(area) })),
      results,
      notes: [],
    });
  } finally {
    wire.close();
    await wrapped.close();
    await agent.close(0);
    await server.close();
  }
}

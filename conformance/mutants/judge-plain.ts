import type { AgentOptions } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { type JudgeOptions, judgeServer, type Report } from "../index.js";
import { createPlainAgent } from "./plain-agent.js";
import { once } from "./registry.js";
import { type Mutant, wrap } from "./wrap.js";

/** URN that the suite speaks as where the agent asks for a token. */
const judge = "urn:asap:agent:judge";
const judgesToken = "t";

/** What an agent has beside the ways of the protocol that every agent has, and what the suite is told of it. */
interface Setting {
  readonly agent: Partial<AgentOptions>;
  readonly rateLimit: string;
  readonly options: JudgeOptions;
}

const settings: Readonly<Record<"plain" | "limited" | "token", Setting>> = {
  plain: { agent: {}, rateLimit: "off", options: {} },
  limited: { agent: {}, rateLimit: "20/second", options: { burst: true } },
  token: {
    agent: { auth: { validateToken: (token) => (token === judgesToken ? judge : null) } },
    rateLimit: "off",
    options: { token: judgesToken, sender: judge },
  },
};

/** Serves an agent that echoes, with a mutant before it, and has it judged. */
export async function judgePlain(
  mutant: Mutant,
  kind: keyof typeof settings,
  options: JudgeOptions = {},
): Promise<Report> {
  const setting = settings[kind];
  const agent = createPlainAgent(setting.agent);
  const server = await serve(agent, { port: 0, rateLimit: setting.rateLimit });
  const wrapped = await wrap(server.url, mutant);
  const stop = mutant.stops === true ? { stop: () => server.close() } : {};
  try {
    return await judgeServer(wrapped.url, { concurrency: 24, ...setting.options, ...stop, ...options, ...once });
  } finally {
    await wrapped.close();
    await server.close();
  }
}

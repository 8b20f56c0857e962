import { createAgent } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { type JudgeOptions, judgeServer, type Report } from "../index.js";
import { type BearingMutant, bearerToken } from "./bearing.js";
import { echo } from "./plain-agent.js";
import { once } from "./registry.js";
import { wrap } from "./wrap.js";

const sender = "urn:asap:agent:judge";

/** Serves an agent that asks for a bearer token, with a mutant before it where one is given, and has it judged. */
export async function judgeBearing(mutant?: BearingMutant, options: JudgeOptions = {}): Promise<Report> {
  const agent = createAgent({
    id: "urn:asap:agent:echo-agent",
    description: "Asks for a token.",
    skills: { echo },
    auth: { validateToken: (token) => (token === bearerToken ? sender : null) },
  });
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  const { killedBy: _, ...change } = mutant ?? { name: "unchanged", killedBy: [] };
  const wrapped = await wrap(server.url, { ...change, killedBy: "" });
  try {
    return await judgeServer(wrapped.url, { token: bearerToken, sender, concurrency: 24, ...options, ...once });
  } finally {
    await wrapped.close();
    await server.close();
  }
}

import { createAgent, skill, Type } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { memoryState } from "../../runtime/state/memory.js";
import { type JudgeOptions, judgeServer, type Report } from "../index.js";
import { echo } from "./plain-agent.js";
import { once } from "./registry.js";
import { type Mutant, wrap } from "./wrap.js";

const slow = skill({
  description: "Work in steps, with a checkpoint after each",
  input: Type.Object({ steps: Type.Integer(), ms: Type.Integer() }),
  async *run({ steps, ms }, call) {
    for (let step = 1; step <= steps; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      await call.checkpoint({ step });
      yield { percent: (100 * step) / steps };
    }
    return { steps };
  },
});

/** Serves an agent that keeps its tasks and has a slow skill that saves its state, with a mutant before it, and has it judged. */
export async function judgeLiving(
  { name, ask, answer, socket }: Omit<Mutant, "killedBy">,
  options: JudgeOptions = {},
): Promise<Report> {
  const agent = createAgent({
    id: "urn:asap:agent:echo-agent",
    description: "Keeps its tasks.",
    streaming: true,
    skills: { echo, slow },
    state: memoryState(),
  });
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  const wrapped = await wrap(server.url, {
    name,
    killedBy: "",
    ...(ask && { ask }),
    ...(answer && { answer }),
    ...(socket && { socket }),
  });
  try {
    return await judgeServer(wrapped.url, { concurrency: 24, ...options, ...once });
  } finally {
    await wrapped.close();
    await agent.close(0);
    await server.close();
  }
}

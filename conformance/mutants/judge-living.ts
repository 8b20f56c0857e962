import { createAgent, skill, Type } from "../../runtime/index.js";
import { serve } from "../../runtime/node.js";
import { memoryState } from "../../runtime/state/memory.js";
import { cases, type JudgeOptions, judgeServer, type Report } from "../index.js";
import type { LivingMutant } from "./living.js";
import { wrap } from "./wrap.js";

const echo = skill({
  description: "Echo back the input",
  input: Type.Object({}, { additionalProperties: true }),
  run: async (input) => ({ echoed: input }),
});
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

/** The areas that agents which keep their tasks are judged by here. */
export const livingAreas = ["lifecycle", "state"];

/** Ids of the cases of an area. */
export const casesOf = (area: string): string[] => cases.filter((one) => one.area === area).map(({ id }) => id);

/** A running agent that keeps its tasks. */
export interface Living {
  /** Has the agent judged, with a mutant before it where one is given. */
  judge(mutant?: LivingMutant): Promise<Report>;
  close(): Promise<void>;
}

/** Serves an agent that keeps its tasks, has a slow skill that saves its state. */
export async function serveLiving(): Promise<Living> {
  const agent = createAgent({
    id: "urn:asap:agent:echo-agent",
    description: "Keeps its tasks.",
    streaming: true,
    skills: { echo, slow },
    state: memoryState(),
  });
  const server = await serve(agent, { port: 0, rateLimit: "off" });
  return {
    async judge(mutant) {
      const { killedBy: _, timeoutMs, ...change } = mutant ?? { name: "unchanged", killedBy: [] };
      const wrapped = await wrap(server.url, { ...change, killedBy: "" });
      const patience: JudgeOptions = timeoutMs === undefined ? {} : { timeoutMs };
      const report = await judgeServer(wrapped.url, { only: livingAreas, concurrency: 24, ...patience });
      await wrapped.close();
      return report;
    },
    async close() {
      await agent.close(0);
      await server.close();
    },
  };
}

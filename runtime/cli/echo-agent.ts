import { setTimeout as wait } from "node:timers/promises";
import { type Agent, type AgentOptions, createAgent } from "../agent.js";
import { skill } from "../skill.js";

/** Agent id of `asap serve` when none is given. */
export const echoAgentId = "urn:asap:agent:echo-agent";

/** Takes any object and gives it back. */
export const echo = skill({
  description: "Answers with its input.",
  pure: true,
  run: (input) => ({ echoed: input }),
});

/** Takes its time, in steps, and reports after each of them; where tasks are stored it goes on after its last step. */
export const slow = skill({
  description: "Works in steps and reports its progress after each of them.",
  input: {
    type: "object",
    properties: {
      steps: { type: "integer", minimum: 1, maximum: 1000, default: 5, description: "How many steps." },
      ms: {
        type: "integer",
        minimum: 0,
        maximum: 60_000,
        default: 100,
        description: "Time for each step, in milliseconds.",
      },
    },
  },
  output: {
    type: "object",
    properties: { steps: { type: "integer" }, ms: { type: "integer" } },
    required: ["steps", "ms"],
  },
  resumes: true,
  async *run(input, call) {
    const steps = Number(input["steps"] ?? 5);
    const ms = Number(input["ms"] ?? 100);
    const done = Number(call.checkpointed?.["step"] ?? 0);
    for (let step = done + 1; step <= steps; step += 1) {
      await wait(ms, undefined, { signal: call.signal });
      await call.checkpoint({ step });
      yield { percent: (100 * step) / steps, message: `step ${step} of ${steps}` };
    }
    return { steps, ms };
  },
});

/**
 * Makes the agent that `asap serve` runs: the skills `echo` and `slow`.
 *
 * @param options options of the agent; its id is urn:asap:agent:echo-agent by default
 */
export function createEchoAgent(
  options: Partial<Pick<AgentOptions, "id" | "log" | "state" | "auth" | "webhooks">> = {},
): Agent {
  return createAgent({
    id: echoAgentId,
    name: "Echo Agent",
    version: "1.0.0",
    description: "Answers with what it is given; made for trying things out.",
    streaming: true,
    skills: { echo, slow },
    ...options,
  });
}

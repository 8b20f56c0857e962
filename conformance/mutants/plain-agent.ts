import { type AgentOptions, createAgent, skill, Type } from "../../runtime/index.js";

/** A skill that answers with its input. */
export const echo = skill({
  description: "Echo back the input",
  input: Type.Object({}, { additionalProperties: true }),
  run: async (input) => ({ echoed: input }),
});

/**
 * An agent that conforms and does no more than answer with what it was asked.
 *
 * @param more what it has beside that
 */
export const createPlainAgent = (more: Partial<AgentOptions> = {}) =>
  createAgent({
    id: "urn:asap:agent:echo-agent",
    name: "Echo",
    version: "1.0.0",
    description: "Answers with what it was asked.",
    skills: { echo },
    ...more,
  });

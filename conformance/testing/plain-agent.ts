import { createAgent, skill, Type } from "../../runtime/index.js";

/** An agent that conforms and does no more than answer with what it was asked. */
export const createPlainAgent = () =>
  createAgent({
    id: "urn:asap:agent:echo-agent",
    description: "Answers with what it was asked.",
    skills: {
      echo: skill({
        description: "Echo back the input",
        input: Type.Object({}, { additionalProperties: true }),
        run: async (input) => ({ echoed: input }),
      }),
    },
  });
